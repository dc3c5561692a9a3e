/** What a 429 of the provider means: the job keeps its try, and its model pauses for as long as the provider said. */
import assert from "node:assert/strict";
import { after, afterEach, before, describe, it } from "node:test";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

describe("a job that the provider's limits hand back", () => {
  let db: TestDatabase;
  before(async () => {
    db = await freshDatabase();
    await db.sql`update private.settings set value = '0' where key = 'provider_creates_per_minute'`;
  });
  after(() => db.close());
  afterEach(() => db.sql`delete from private.provider_limits`);

  /** A new job of a new person, claimed. */
  async function running(): Promise<{ user: string; job: string; attempt: string }> {
    const user = await db.createUser();
    await db.asUser(user, (sql) => sql`select public.enqueue_job('seedream-4-5', '{"prompt": "a lighthouse"}')`);
    const [{ job_id, attempt_id }] = await db.asService((sql) =>
      sql<{ job_id: string; attempt_id: string }[]>`select job_id, attempt_id from private.claim_jobs('test', 1)`
    );
    return { user, job: job_id, attempt: attempt_id };
  }
  const handBack = async (attempt: string, seconds: number): Promise<string> => {
    const [{ outcome }] = await db.asService((sql) =>
      sql<{ outcome: string }[]>`select private.hand_back(${attempt}, ${seconds}) as outcome`
    );
    return outcome;
  };
  const pause = async (): Promise<number | null> => {
    const [row] = await db.sql<{ seconds: number }[]>`
      select ceil(extract(epoch from paused_until - clock_timestamp()))::int as seconds from private.provider_limits`;
    return row?.seconds ?? null;
  };

  it("is not paused for by a longer answer than ten minutes", async () => {
    const { attempt } = await running();
    assert.equal(await handBack(attempt, 86_400), "retrying");
    assert.ok((await pause())! <= 600);
  });

  it("never shortens the pause that another one has brought", async () => {
    const [first, second] = [await running(), await running()];
    await handBack(first.attempt, 500);
    await handBack(second.attempt, 1);
    assert.ok((await pause())! > 100);
  });

  it("keeps an attempt that the provider has begun after all", async () => {
    const { job, attempt } = await running();
    await db.asService((sql) => sql`select private.record_prediction(${attempt}, ${`p-${job}`}, 'starting')`);
    assert.equal(await handBack(attempt, 1), "late");
    const [row] = await db.sql`select status, attempt_id, attempts from public.jobs where id = ${job}`;
    assert.deepEqual({ ...row }, { status: "running", attempt_id: attempt, attempts: 1 });
  });

  it("is not handed back by whoever held an attempt before, and its model does not pause for them", async () => {
    const { user, job, attempt } = await running();
    await db.asUser(user, (sql) => sql`select public.cancel_job(${job})`);
    assert.equal(await handBack(attempt, 60), "late");
    assert.equal(await pause(), null);
    const [row] = await db.sql`select status from public.jobs where id = ${job}`;
    assert.equal(row.status, "canceled");
  });
});
