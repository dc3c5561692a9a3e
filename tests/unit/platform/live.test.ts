import assert from "node:assert/strict";
import { createLive } from "../../../platform/live.ts";

/** A database that only listens, and whose notifications the test sends. */
function listeningDatabase() {
  const handlers: { payload?: (text: string) => void; state?: (connected: boolean) => void; opened: number } = {
    opened: 0,
  };
  const db = {
    listen(_channel: string, payload: (text: string) => void, state?: (connected: boolean) => void) {
      Object.assign(handlers, { payload, state, opened: handlers.opened + 1 });
      return { close: () => Promise.resolve() };
    },
  };
  return {
    db,
    handlers,
    notify: (user_id: string, job_id: string) => handlers.payload?.(JSON.stringify({ user_id, job_id })),
  };
}

Deno.test("a change reaches those who watch the job or its owner, and nobody else", () => {
  const { db, notify, handlers } = listeningDatabase();
  const live = createLive(db);
  const heard: string[] = [];
  live.subscribe("job-1", () => heard.push("job-1"));
  live.subscribe("user-1", () => heard.push("user-1"));
  live.subscribe("job-2", () => heard.push("job-2"));
  notify("user-1", "job-1");
  assert.deepEqual(heard.sort(), ["job-1", "user-1"]);
  assert.equal(handlers.opened, 1, "one connection serves all");
});

Deno.test("who has left hears nothing, also when the same function stays subscribed elsewhere", () => {
  const { db, notify } = listeningDatabase();
  const live = createLive(db);
  let heard = 0;
  const count = () => heard++;
  const leave = live.subscribe("job-1", count);
  live.subscribe("job-1", count);
  leave();
  leave();
  notify("user-1", "job-1");
  assert.equal(heard, 1);
});

Deno.test("everybody looks again when the connection is lost and when it is back", () => {
  const { db, handlers } = listeningDatabase();
  const live = createLive(db);
  let heard = 0;
  live.subscribe("job-1", () => heard++);
  handlers.state?.(true);
  assert.equal(live.connected, true);
  handlers.state?.(false);
  assert.equal(live.connected, false);
  assert.equal(heard, 2);
});
