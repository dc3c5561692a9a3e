import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

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
      const [{ rows }] = await sql<{ rows: number }[]>`
        select (seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows from pg_stat_xact_all_tables
        where schemaname = 'private' and relname = 'job_attempts'`;
      return rows;
    });
    assert.ok(read < 50, `${read} rows of attempts were read`);
  });
});
