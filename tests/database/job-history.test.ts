import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import type { Sql } from "../../platform/database.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

/** Of these tables, in this transaction; and by what its session did before and has not told of yet. */
async function rowsRead(sql: Sql, ...tables: string[]): Promise<number> {
  const [{ rows }] = await sql<{ rows: number }[]>`
    select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows from pg_stat_xact_all_tables
    where schemaname in ('private', 'public') and relname = any (${tables})`;
  return rows;
}

describe("the job engine on a long history", () => {
  let db: TestDatabase;
  before(async () => void (db = await freshDatabase()));
  after(() => db.close());

  it("looks at what runs and what began in the last minute, and at nothing that is over", async () => {
    const user = await db.createUser();
    const [{ job }] = await db.asUser(user, (sql) =>
      sql<{ job: string }[]>`
        select job_id as job from public.enqueue_job('seedream-4-5', '{"prompt": "a lamp", "num_outputs": 1}')`);
    await db.sql`
      insert into private.job_attempts (job_id, number, worker, model, state, started_at, deadline_at)
      select ${job}, n, 'then', 'seedream-4-5', 'failed', now() - interval '1 day', now() - interval '1 day'
      from generate_series(2, 5001) n`;
    await db.sql`analyze private.job_attempts`;
    await db.sql`insert into private.provider_limits (model, creates_per_minute) values ('seedream-4-5', 10)`;
    const read = await db.asService(async (sql) => {
      await sql`select private.take_turn('test', 8, 8, 0)`;
      await sql`select private.take_turn('test', 8, 8, 1)`;
      return await rowsRead(sql, "job_attempts");
    });
    assert.ok(read < 50, `${read} rows of attempts were read`);
  });

  it("sweeps what is due, and looks at nothing that is over, whatever is known of the table", async () => {
    const user = await db.createUser();
    const [{ job }] = await db.asUser(user, (sql) =>
      sql<{ job: string }[]>`
        select job_id as job from public.enqueue_job('seedream-4-5', '{"prompt": "a lamp", "num_outputs": 1}')`);
    // Many have been called off and are long done with, so that the index of them has grown.
    await db.sql`
      insert into private.job_attempts (job_id, number, worker, model, state, started_at, deadline_at, cancel_wanted_at, cancel_due_at)
      select ${job}, n, 'then', 'seedream-4-5', 'canceled', now() - interval '1 day', now() - interval '1 day', now(), now()
      from generate_series(2, 5001) n`;
    await db.sql`update private.job_attempts set cancel_due_at = null`;
    await db.sql`update private.job_line set place = null, waits_for = 'time', run_at = now() + interval '1 day'`;
    await db
      .sql`insert into private.workers (name, seen_at) values ('test', now()) on conflict (name) do update set seen_at = now()`;
    // The first to come across what is gone from the index says so there.
    await db.sql`select private.sweep_jobs()`;
    const { woke, read } = await db.sql.begin(async (sql) => {
      const before = await rowsRead(sql, "job_attempts");
      const [{ woke }] = await sql`select (private.sweep_jobs() ->> 'woke')::boolean as woke`;
      return { woke, read: await rowsRead(sql, "job_attempts") - before };
    });
    assert.equal(woke, false);
    assert.ok(read < 50, `${read} rows of attempts were read`);
  });
});

// Plans are kept from when the tables were small, and how small decides what Postgres believes to be cheap.
for (const jobs of [0, 3, 20, 100]) {
  describe(`the job engine on a history that was not there when its plans were made, of ${jobs} jobs`, () => {
    let db: TestDatabase;
    before(async () => void (db = await freshDatabase()));
    after(() => db.close());

    it("takes a job from the head of the line, and ends it, by keys", async () => {
      const enqueue = async (count: number) => {
        for (let n = 0; n < count; n++) {
          await db.asUser(
            await db.createUser(),
            (sql) => sql`select public.enqueue_job('seedream-4-5', '{"prompt": "a lamp"}')`,
          );
        }
      };
      await enqueue(jobs);
      await db.sql`analyze`;
      await enqueue(2);
      const read = await db.sql.begin(async (sql) => {
        const end = async () => {
          const [job] = await sql`select * from private.claim_jobs('test', 1)`;
          const output = {
            position: 0,
            path: `${job.attempt_id}/0.png`,
            content_type: "image/png",
            bytes: 1,
            sha256: "a".repeat(64),
            width: 1,
            height: 1,
          };
          const [{ outcome }] = await sql`
          select outcome from private.complete_jobs(${
            sql.json([{ attempt: job.attempt_id, outputs: [output], metrics: { outputs: 1 } }])
          })`;
          assert.equal(outcome, "settled");
          return job.job_id as string;
        };
        const rows = () => rowsRead(sql, "job_line", "job_attempts", "jobs", "job_outputs", "credit_holds");
        const job = await end();
        await sql`
        insert into private.job_attempts (job_id, number, worker, model, state, started_at, deadline_at)
        select ${job}, n, 'then', 'seedream-4-5', 'running', now() - interval '1 day', now() - interval '1 day'
        from generate_series(2, 5001) n`;
        await enqueue(150);
        const before = await rows();
        await end();
        return await rows() - before;
      });
      assert.ok(read < 50, `${read} rows were read`);
    });
  });
}
