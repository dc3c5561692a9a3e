/** The points of a job's way through a worker, each of which it can be brought to, many at once, and killed at. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Hold, When } from "./holds.ts";
import type { CallName } from "./job-provider.ts";
import {
  countJobs,
  enqueueJobs,
  expireLeases,
  type JobWorld,
  keepSweeping,
  startWorkerProcess,
  untilAllEnded,
  type WorkerProcess,
} from "./job-world.ts";
import { until } from "./until.ts";

export interface Step {
  name: string;
  /** Where jobs are gathered first, so that all of them come to the next point at once. */
  gather?: { call: CallName; when: When };
  /** Where they are held. */
  at: { call: CallName; when: When } | { statement: RegExp; when: When } | "claiming" | "waiting" | "done";
  /** Words where it makes no difference: pictures take the provider half a second each to draw. */
  model?: string;
  /** What is then true of a job (j) and its attempt (a). */
  is: string;
  directives?: string;
}

const WORDS = "gemini-flash";
const PICTURES = "seedream-4-5";
const ASKS = /private\.(take_turn|claim_jobs)/;
const created = { call: "create", when: "after" } as const;
const uploaded = { call: "upload", when: "after" } as const;

export const STEPS: Step[] = [
  { name: "before it has asked for work", at: { statement: ASKS, when: "before" }, is: "j.status = 'queued'" },
  { name: "while its claim is being written", at: "claiming", is: "j.status = 'queued'" },
  {
    name: "after its claim, before it knows",
    at: { statement: ASKS, when: "after" },
    is: "j.status = 'running' and a.prediction_id is null",
  },
  { name: "before the provider hears of it", at: { call: "create", when: "before" }, is: "a.prediction_id is null" },
  { name: "after the prediction is made, before the answer", at: created, is: "a.prediction_id is null" },
  {
    name: "after the answer, before the prediction is noted",
    gather: created,
    at: { statement: /private\.record_prediction/, when: "before" },
    is: "a.prediction_id is null",
  },
  {
    name: "after the prediction is noted, before it knows",
    gather: created,
    at: { statement: /private\.record_prediction/, when: "after" },
    is: "a.prediction_id is not null and j.status = 'running'",
  },
  {
    name: "while the provider works",
    at: "waiting",
    is: "a.prediction_id is not null and j.status = 'running'",
    directives: "[slow:4]",
  },
  {
    name: "while an output comes down",
    model: PICTURES,
    at: { call: "download", when: "after" },
    is: "j.status = 'running'",
  },
  {
    name: "while an output goes up",
    at: { call: "upload", when: "before" },
    is: "j.status = 'running'",
  },
  { name: "after an output is stored, before the answer", at: uploaded, is: "j.status = 'running'" },
  {
    name: "after the answer, before it is settled",
    gather: uploaded,
    at: { statement: /private\.complete_job/, when: "before" },
    is: "j.status = 'running'",
  },
  {
    name: "after it is settled, before it knows",
    gather: uploaded,
    at: { statement: /private\.complete_job/, when: "after" },
    is: "j.status = 'succeeded'",
  },
  { name: "after it is settled and known", at: "done", is: "j.status = 'succeeded'" },
];

export interface HeldJobs {
  jobs: string[];
  /** How many of them have come to the step. */
  held: number;
  hold: Hold;
}

/** Queues jobs and brings them to a step of this worker, the only one there is. */
export async function bringTo(world: JobWorld, step: Step, count: number): Promise<HeldJobs> {
  const hold = await holdAt(world, step.gather ?? step.at);
  const jobs = await enqueueJobs(world, count, step.directives, step.model ?? WORDS);
  return await heldAt(world, step, jobs, hold);
}

async function heldAt(world: JobWorld, step: Step, jobs: string[], first: Hold): Promise<HeldJobs> {
  let hold = first;
  if (step.gather) {
    await until(() => first.reached() >= jobs.length, "the jobs are gathered", 180_000);
    hold = await holdAt(world, step.at);
    first.release();
  }
  const direct = typeof step.at === "object" && "call" in step.at;
  const count = async () => hold.reached() === 0 ? 0 : direct ? hold.reached() : await countJobs(world, jobs, step.is);
  return { jobs, held: await settled(count, jobs.length), hold };
}

async function holdAt(world: JobWorld, at: Step["at"]): Promise<Hold> {
  if (at === "claiming") return await holdClaims(world);
  if (typeof at === "string") return { reached: () => 1, open() {}, release() {}, drop() {} };
  return "call" in at ? world.provider.hold(at.call, at.when) : world.statements.hold(at.statement, at.when);
}

/** Within the claim's transaction: it waits for its turn to count what the provider allows, and is undone when dropped. */
async function holdClaims({ db, look }: JobWorld): Promise<Hold> {
  const held = await db.sql.reserve();
  await held`select pg_advisory_lock(hashtextextended('kredo.creates', 0))`;
  let reached = 0;
  const looking = setInterval(async () => {
    const waiting = await look((sql) =>
      sql`select pid from pg_stat_activity where datname = ${db.name} and wait_event = 'advisory'`
    );
    reached = Math.max(reached, waiting.length);
  }, 50);
  const unlock = async () => {
    clearInterval(looking);
    await held`select pg_advisory_unlock(hashtextextended('kredo.creates', 0))`;
    held.release();
  };
  return {
    reached: () => reached,
    open() {},
    release: () => void unlock(),
    drop() {
      void look((sql) =>
        sql`
        select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = ${db.name} and wait_event = 'advisory'`
      )
        .then(unlock);
    },
  };
}

/** What a figure comes to: what was hoped for, or what it no longer leaves. */
async function settled(look: () => Promise<number>, hoped: number): Promise<number> {
  for (let [last, since] = [0, Date.now()];; await sleep(50)) {
    const now = await look();
    if (now !== last) [last, since] = [now, Date.now()];
    if (now >= hoped || Date.now() - since > (now > 0 ? 3_000 : 10_000)) return now;
  }
}

/**
 * Kills workers at a step until `wanted` jobs were killed there, and lets the next worker bring them to their end. The
 * provider is asked once for each of them, whatever happened.
 * @returns how many were killed there, and the worker that is left
 */
export async function killAt(
  world: JobWorld,
  step: Step,
  wanted: number,
  first: WorkerProcess,
): Promise<{ killed: number; kills: number; worker: WorkerProcess }> {
  let [killed, kills, worker] = [0, 0, first];
  // With its statements prepared on every connection, a worker sends what many jobs ask without waiting between them.
  if (step.gather) {
    await enqueueJobs(world, wanted, "", WORDS);
    await untilEndedBySweeps(world);
  }
  while (killed < wanted) {
    const { jobs, held, hold } = await bringTo(world, step, wanted - killed);
    if (held === 0) {
      // What was held had been asked before there was anything to do.
      hold.release();
      await untilEndedBySweeps(world);
      continue;
    }
    await worker.kill();
    hold.drop();
    killed += held;
    kills++;
    await expireLeases(world);
    worker = await startWorkerProcess(world, { concurrency: Math.max(8, wanted) });
    await untilAllEnded(world);
    assert.equal(
      await countJobs(world, jobs, "j.status = 'succeeded'"),
      jobs.length,
      `${step.name}: jobs that succeeded`,
    );
    assert.deepEqual(await createdFor(world, jobs), jobs.map(() => 1), `${step.name}: predictions of each job`);
  }
  return { killed, kills, worker };
}

/**
 * Stops a worker at a step, lets another one bring the jobs to their end, and lets the first one go on with what it
 * believed. @returns how many jobs it was stopped over, and the worker that is left
 */
export async function stopAt(
  world: JobWorld,
  step: Step,
  count: number,
  first: WorkerProcess,
): Promise<{ stopped: number; worker: WorkerProcess }> {
  const { jobs, held, hold } = await bringTo(world, step, count);
  if (held === 0) {
    hold.release();
    await untilEndedBySweeps(world);
    return await stopAt(world, step, count, first);
  }
  first.signal("SIGSTOP");
  hold.open();
  await expireLeases(world);
  const worker = await startWorkerProcess(world, { concurrency: Math.max(8, count) });
  await untilEndedBySweeps(world);
  const before = await countJobs(world, jobs, "j.status = 'succeeded'");
  hold.release();
  first.signal("SIGCONT");
  assert.equal(await first.leave(), 0, `${step.name}: it leaves when it is asked\n${first.output()}`);
  await untilEndedBySweeps(world);
  assert.equal(before, jobs.length, `${step.name}: jobs that succeeded meanwhile`);
  return { stopped: held, worker };
}

export async function untilEndedBySweeps(world: JobWorld): Promise<void> {
  const stop = keepSweeping(world);
  await untilAllEnded(world).finally(stop);
}

/** How many predictions were made for each of these jobs. */
export async function createdFor({ look, provider }: JobWorld, jobs: string[]): Promise<number[]> {
  const attempts = await look((sql) =>
    sql<
      { job_id: string; id: string }[]
    >`select job_id, id from private.job_attempts where job_id = any (${`{${jobs}}`}::uuid[])`
  );
  return jobs.map((job) =>
    attempts.filter(({ job_id }) => job_id === job).reduce(
      (sum, { id }) => sum + (provider.created.get(id)?.length ?? 0),
      0,
    )
  );
}
