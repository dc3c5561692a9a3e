import assert from "node:assert/strict";
import type { TestDatabase } from "./database.ts";

/** What became of one of the jobs that an operator named. */
export interface Handled {
  job_id: string;
  outcome: string;
  reason: string | null;
  new_job: string | null;
}

/** The life of jobs that nobody can make, and what operators do about them. */
export function deadLetters(db: TestDatabase, operator: string) {
  const MODEL = "seedream-4-5";

  async function enqueue(user: string, { model = MODEL, outputs = 1 } = {}): Promise<string> {
    const [{ job_id }] = await db.asUser(user, (sql) =>
      sql`
      select job_id from enqueue_job(${model}, ${sql.json({ prompt: "a lighthouse", num_outputs: outputs })})`);
    return job_id;
  }

  /** Hands the job to a worker. Gives its attempt. */
  async function claim(job: string): Promise<string> {
    const claimed = await db.asService((sql) =>
      sql<{ attempt_id: string; job_id: string }[]>`select attempt_id, job_id from private.claim_jobs('test', 1000)`
    );
    const found = claimed.find(({ job_id }) => job_id === job);
    assert.ok(found, "the job could be claimed");
    return found.attempt_id;
  }

  /** Ends an attempt for good. */
  async function fail(attempt: string, code = "provider_error"): Promise<void> {
    const [{ result }] = await db.asService((sql) =>
      sql`select private.fail_attempt(${attempt}, ${code}, 'The model stopped with an error.', false) as result`
    );
    assert.equal(result, "failed");
  }

  async function complete(attempt: string, outputs = 1): Promise<void> {
    const files = Array.from({ length: outputs }, (_, position) => ({
      position,
      path: `u/j/${attempt}/${position}.png`,
      content_type: "image/png",
      bytes: 3,
      sha256: "0".repeat(64),
      width: 2,
      height: 2,
    }));
    const [{ result }] = await db.asService((sql) =>
      sql`select private.complete_job(${attempt}, ${sql.json(files)}, '{}') as result`
    );
    assert.equal(result, "settled");
  }

  return {
    enqueue,
    claim,
    fail,
    complete,

    /** A job that failed for good. */
    async die(user: string, options: { model?: string; outputs?: number; code?: string } = {}): Promise<string> {
      const job = await enqueue(user, options);
      await fail(await claim(job), options.code);
      return job;
    },

    requeue: (jobs: string[], who = operator): Promise<Handled[]> =>
      db.asUser(who, (sql) => sql<Handled[]>`select * from operator_requeue_jobs(${jobs}::uuid[])`),

    discard: (jobs: string[], reason = "Nobody can make this", who = operator): Promise<Handled[]> =>
      db.asUser(who, (sql) => sql<Handled[]>`select * from operator_discard_jobs(${jobs}::uuid[], ${reason})`),

    /** As its row is. */
    async job(id: string) {
      const [row] = await db.sql`select * from public.jobs where id = ${id}`;
      return row;
    },

    async letter(job: string) {
      const [row] = await db.sql`select * from private.dead_letters where job_id = ${job}`;
      return row;
    },

    /** Who did what, in order. */
    events: async (job: string): Promise<string[]> =>
      (await db.sql`select event, actor from public.job_events where job_id = ${job} order by id`)
        .map(({ event, actor }) => `${event} by ${actor}`),
  };
}
