import assert from "node:assert/strict";
import { createLive, type Live, type LiveOptions } from "../../../platform/live.ts";
import { until } from "../../support/until.ts";

/** A process that listens to a database whose notifications the test sends. */
async function listening(
  tell: (world: {
    live: Live;
    notify(user_id: string, job_id: string): void;
    state(connected: boolean): void;
    opened(): number;
  }) => void | Promise<void>,
  options?: LiveOptions,
): Promise<void> {
  let payload = (_text: string) => {};
  let state = (_connected: boolean) => {};
  let opened = 0;
  const live = createLive({
    listen(_channel, onPayload, onState) {
      opened++;
      payload = onPayload;
      state = onState!;
      return { close: () => Promise.resolve() };
    },
  }, options);
  try {
    await tell({
      live,
      notify: (user_id, job_id) => payload(JSON.stringify({ user_id, job_id })),
      state: (connected) => state(connected),
      opened: () => opened,
    });
  } finally {
    await live.close();
  }
}

Deno.test("a change reaches those who watch the job or its owner, and nobody else", () =>
  listening(({ live, notify, opened }) => {
    const heard: string[] = [];
    live.subscribe("job-1", (jobs) => heard.push(`job-1: ${jobs}`));
    live.subscribe("user-1", (jobs) => heard.push(`user-1: ${jobs}`));
    live.subscribe("job-2", () => heard.push("job-2"));
    live.subscribe("user-2", () => heard.push("user-2"));
    notify("user-1", "job-1");
    assert.deepEqual(heard.sort(), ["job-1: job-1", "user-1: job-1"]);
    assert.equal(opened(), 1, "one connection serves all");
  }));

Deno.test("who has left hears nothing, also when the same function stays subscribed elsewhere", () =>
  listening(({ live, notify }) => {
    let heard = 0;
    const count = () => void heard++;
    const leave = live.subscribe("job-1", count);
    live.subscribe("job-1", count);
    leave();
    leave();
    notify("user-1", "job-1");
    assert.equal(heard, 1);
  }));

Deno.test("of a burst the first change is told at once, and all the others together", () =>
  listening(async ({ live, notify }) => {
    const heard: (readonly string[] | null)[] = [];
    live.subscribe("user-1", (jobs) => heard.push(jobs));
    for (let n = 0; n < 100; n++) notify("user-1", `job-${n % 10}`);
    assert.deepEqual(heard, [["job-0"]]);
    await until(() => heard.length > 1);
    assert.deepEqual(heard.slice(1).map((jobs) => jobs!.length), [10]);
  }, { calmMs: 20 }));

Deno.test("everybody looks again when the connection is lost and when it is back", () =>
  listening(({ live, state }) => {
    const heard: unknown[] = [];
    live.subscribe("job-1", (jobs) => heard.push(jobs));
    state(true);
    assert.equal(live.connected, true);
    state(false);
    assert.equal(live.connected, false);
    assert.deepEqual(heard, [null, null]);
  }));

Deno.test("while nothing can be heard everybody looks now and then, a few at a time, and not once it can be", () =>
  listening(async ({ live, state }) => {
    const looks = Array.from({ length: 10 }, () => 0);
    looks.forEach((_, n) => live.subscribe(`user-${n}`, () => looks[n]++));
    state(false);
    assert.equal(looks.reduce((sum, n) => sum + n), 3, "the others wait for their turn");
    await until(() => looks.every((count) => count >= 2));
    state(true);
    await until(() => looks.every((count) => count >= 3));
    await new Promise((resolve) => setTimeout(resolve, 450));
    const before = [...looks];
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.deepEqual(looks, before);
  }, { pollMs: 10, looksPerTick: 3 }));
