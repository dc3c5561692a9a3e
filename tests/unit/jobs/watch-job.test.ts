import assert from "node:assert/strict";
import { watchJob } from "../../../domain/jobs/watch-job.ts";
import { watchJobs } from "../../../domain/jobs/watch-jobs.ts";
import { AppError } from "../../../domain/errors.ts";
import type { Database, Sql } from "../../../platform/database.ts";
import { createLive, type Live, type OnChange } from "../../../platform/live.ts";
import { until } from "../../support/until.ts";

const ID = "6f9619ff-8b86-4011-b42d-00c04fc964ff";
const session = { userId: "u", email: "u@example.test", accessToken: "", claims: {} };

/** A job that the test changes, in a database that only reads it, with notifications that the test sends. */
function watchedJob() {
  let version = 0;
  const row = {
    id: ID,
    status: "queued",
    outputs: [],
    run_at: new Date(0),
    created_at: new Date(0),
    updated_at: new Date(0),
    story: { timeline: [], waits: null },
  };
  const world = { transactions: 0, subscribers: new Set<OnChange>(), failing: false, exists: true, lines: 1 };
  const sql = (text: TemplateStringsArray) => {
    if (text.join("").includes("as e\n")) return Promise.resolve(Array(world.lines).fill({ job_id: ID }));
    return Promise.resolve(world.exists ? [{ ...row }] : []);
  };
  const db = {
    asUser(_claims: unknown, run: (sql: Sql) => Promise<unknown>) {
      world.transactions++;
      if (world.failing) return Promise.reject(new AppError("unavailable"));
      return run(sql as unknown as Sql);
    },
  };
  const live: Live = {
    connected: true,
    subscribe(_subject, onChange) {
      world.subscribers.add(onChange);
      return () => void world.subscribers.delete(onChange);
    },
    close: () => Promise.resolve(),
  };
  const services = { db: db as unknown as Database, live };
  const stop = new AbortController();
  return {
    world,
    stop,
    services,
    change(status: string) {
      Object.assign(row, { status, updated_at: new Date(++version) });
    },
    tell: (jobs: string[] | null = [ID]) => world.subscribers.forEach((onChange) => onChange(jobs)),
    watch: () => watchJob(services, session, { id: ID, signal: stop.signal }),
    watchAll: () => watchJobs(services, session, { since: new Date(0), signal: stop.signal }),
  };
}

const statusOf = async (changes: AsyncGenerator<{ status: string } | "resync", void>) => {
  const { value, done } = await changes.next();
  return done ? "ended" : value === "resync" ? value : value?.status;
};

Deno.test("a watched job is told now, after each change, and no more once it has ended", async () => {
  const { watch, change, tell, world, stop } = watchedJob();
  const { job, changes } = await watch();
  assert.equal(job.status, "queued");
  for (const status of ["running", "succeeded"] as const) {
    const next = statusOf(changes);
    change(status);
    tell();
    assert.equal(await next, status);
  }
  assert.equal(await statusOf(changes), "ended");
  stop.abort();
  assert.equal(world.subscribers.size, 0);
});

Deno.test("a change that falls between two looks is not missed", async () => {
  const { watch, change, tell, stop } = watchedJob();
  const { changes } = await watch();
  change("running");
  tell();
  assert.equal(await statusOf(changes), "running");
  stop.abort();
});

Deno.test("a notification without news is not passed on", async () => {
  const { watch, change, tell, world, stop } = watchedJob();
  const { changes } = await watch();
  const next = statusOf(changes);
  tell();
  while (world.transactions < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  change("running");
  tell();
  assert.equal(await next, "running");
  stop.abort();
});

Deno.test("streams of one person that hear the same share one read", async () => {
  const { watch, watchAll, change, tell, world, stop } = watchedJob();
  const streams = [await watch(), await watch(), await watch()].map(({ changes }) => changes);
  const all = watchAll();
  assert.equal(await statusOf(all), "queued");
  const before = world.transactions;
  const told = Promise.all([...streams, all].map(statusOf));
  change("running");
  tell();
  assert.deepEqual(await told, Array(4).fill("running"));
  assert.equal(world.transactions - before, 1);
  stop.abort();
});

Deno.test("a database that is away for a moment does not end the watch", async () => {
  const { watch, change, tell, world, stop } = watchedJob();
  const { changes } = await watch();
  world.failing = true;
  const next = statusOf(changes);
  tell(null);
  while (world.transactions < 2) await new Promise((resolve) => setTimeout(resolve, 1));
  world.failing = false;
  change("running");
  assert.equal(await next, "running");
  stop.abort();
});

Deno.test("after a gap what changed is told, and what was told before is not told again", async () => {
  const { watchAll, change, tell, stop } = watchedJob();
  const all = watchAll();
  assert.equal(await statusOf(all), "queued");
  tell(null);
  const next = statusOf(all);
  await new Promise((resolve) => setTimeout(resolve, 20));
  change("running");
  tell(null);
  assert.equal(await next, "running");
  stop.abort();
  assert.equal(await statusOf(all), "ended");
});

Deno.test("more changes than are told one by one are one resync, and the watch goes on", async () => {
  const { watchAll, change, tell, world, stop } = watchedJob();
  world.lines = 1_000;
  const all = watchAll();
  assert.equal(await statusOf(all), "resync");
  change("running");
  tell();
  assert.equal(await statusOf(all), "running");
  stop.abort();
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

Deno.test("a job that is not there is not found", async () => {
  const { watch, world, stop } = watchedJob();
  world.exists = false;
  await assert.rejects(watch(), (error) => error instanceof AppError && error.code === "not_found");
  world.failing = true;
  await assert.rejects(watch(), (error) => error instanceof AppError && error.code === "unavailable");
  stop.abort();
  assert.equal(world.subscribers.size, 0);
});

Deno.test("hundreds of streams to which nothing happens read nothing, and one person's news is one read", async () => {
  const { world, stop, services } = watchedJob();
  let notify = (_payload: string) => {};
  const live = createLive({
    listen(_channel, onPayload, onState) {
      notify = onPayload;
      queueMicrotask(() => onState!(true));
      return { close: () => Promise.resolve() };
    },
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  const people = Array.from({ length: 300 }, (_, n) => ({ ...session, userId: `u${n % 100}` }));
  const first = people.map((person) =>
    watchJobs({ ...services, live }, person, { since: new Date(0), signal: stop.signal })
  ).map(async (changes) => {
    await changes.next();
    return changes.next();
  });
  // A hundred people at the beginning, and again once notifications can be heard.
  const before = 200;
  await until(() => world.transactions === before);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal(world.transactions, before, "silence costs nothing");
  notify(JSON.stringify({ user_id: "u7", job_id: ID }));
  await until(() => world.transactions > before);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(world.transactions, before + 1, "three streams, one read; and nobody else's");
  stop.abort();
  await Promise.all(first);
  await live.close();
});
