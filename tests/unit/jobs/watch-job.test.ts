import assert from "node:assert/strict";
import type { JobRow } from "../../../domain/jobs/job-row.ts";
import { watchJob } from "../../../domain/jobs/watch-job.ts";
import { AppError } from "../../../domain/errors.ts";
import type { Database, Sql } from "../../../platform/database.ts";
import type { Live } from "../../../platform/live.ts";

const ID = "6f9619ff-8b86-4011-b42d-00c04fc964ff";
const session = { userId: "u", email: "u@example.test", accessToken: "", claims: {} };

/** A job that the test changes, in a database that only reads it, with notifications that the test sends. */
function watchedJob({ connected = true } = {}) {
  let version = 0;
  const row = {
    id: ID,
    status: "queued",
    outputs: [],
    created_at: new Date(0),
    updated_at: new Date(0),
  } as unknown as JobRow;
  const world = { reads: 0, subscribers: new Set<() => void>(), failing: false, exists: true };
  const sql = () => {
    world.reads++;
    if (world.failing) throw new AppError("unavailable");
    return Promise.resolve(world.exists ? [{ ...row }] : []);
  };
  const db = { asUser: (_claims: unknown, run: (sql: Sql) => Promise<unknown>) => run(sql as unknown as Sql) };
  const live: Live = {
    connected,
    subscribe(_subject, onChange) {
      world.subscribers.add(onChange);
      return () => void world.subscribers.delete(onChange);
    },
    close: () => Promise.resolve(),
  };
  const stop = new AbortController();
  return {
    world,
    stop,
    change(status: JobRow["status"]) {
      Object.assign(row, { status, updated_at: new Date(++version) });
    },
    tell: () => world.subscribers.forEach((onChange) => onChange()),
    watch: (beatMs = 60_000, pollMs = 60_000) =>
      watchJob({ db: db as unknown as Database, live }, session, { id: ID, signal: stop.signal, beatMs, pollMs }),
  };
}
const statusOf = async (changes: AsyncGenerator<{ status: string } | null, void>) => {
  const { value, done } = await changes.next();
  return done ? "ended" : value === null ? "alive" : value?.status;
};

Deno.test("a watched job is told now, after each change, and no more once it has ended", async () => {
  const { watch, change, tell, world } = watchedJob();
  const { job, changes } = await watch();
  assert.equal(job.status, "queued");
  for (const status of ["running", "succeeded"] as const) {
    const next = statusOf(changes);
    change(status);
    tell();
    assert.equal(await next, status);
  }
  assert.equal(await statusOf(changes), "ended");
  assert.equal(world.subscribers.size, 0);
});

Deno.test("a change that falls between two looks is not missed", async () => {
  const { watch, change, tell } = watchedJob();
  const { changes } = await watch();
  change("running");
  tell();
  assert.equal(await statusOf(changes), "running");
});

Deno.test("a notification without news is not passed on, and silence is broken by a sign of life", async () => {
  const { watch, tell, stop } = watchedJob();
  const { changes } = await watch(30);
  const next = statusOf(changes);
  tell();
  assert.equal(await next, "alive");
  stop.abort();
});

Deno.test("a change whose notification got lost is found at the next beat", async () => {
  const { watch, change, stop } = watchedJob();
  const { changes } = await watch(20);
  change("running");
  assert.equal(await statusOf(changes), "running");
  stop.abort();
});

Deno.test("while notifications are down the job is polled", async () => {
  const { watch, change } = watchedJob({ connected: false });
  const { changes } = await watch(60_000, 10);
  change("succeeded");
  assert.equal(await statusOf(changes), "succeeded");
});

Deno.test("a database that is away for a moment does not end the watch", async () => {
  const { watch, change, world } = watchedJob({ connected: false });
  const { changes } = await watch(60_000, 5);
  world.failing = true;
  const next = statusOf(changes);
  await new Promise((resolve) => setTimeout(resolve, 30));
  world.failing = false;
  change("succeeded");
  assert.equal(await next, "succeeded");
});

Deno.test("who leaves is forgotten, asleep or not yet begun", async () => {
  const asleep = watchedJob();
  const { changes } = await asleep.watch();
  const next = statusOf(changes);
  asleep.stop.abort();
  assert.equal(await next, "ended");
  assert.equal(asleep.world.subscribers.size, 0);

  const unread = watchedJob();
  await unread.watch();
  unread.stop.abort();
  assert.equal(unread.world.subscribers.size, 0);
});

Deno.test("a job that is not there is not found, and leaves nothing behind", async () => {
  const { watch, world } = watchedJob();
  world.exists = false;
  await assert.rejects(watch(), (error) => error instanceof AppError && error.code === "not_found");
  world.failing = true;
  await assert.rejects(watch(), (error) => error instanceof AppError && error.code === "unavailable");
  assert.equal(world.subscribers.size, 0);
});
