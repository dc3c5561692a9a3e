/** What one person may have alive, and one model begin, counted for whoever asks for much at once. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { balanceOf, refusal } from "../support/ledger.ts";

describe("limits of jobs", () => {
  let db: TestDatabase;
  before(async () => {
    db = await freshDatabase();
    await set("provider_creates_per_minute", 0);
    await db.sql`select private.set_entitlement('free', 'rate', 100000)`;
  });
  after(() => db.close());

  const set = (key: string, value: number) =>
    db.sql`update private.settings set value = ${value}::text::jsonb where key = ${key}`;
  const enqueue = async (user: string, model = "seedream-4-5"): Promise<string> => {
    const [{ job_id }] = await db.asUser(user, (sql) =>
      sql<{ job_id: string }[]>`
        select job_id from public.enqueue_job(${model}, '{"prompt": "a lighthouse"}')`);
    return job_id;
  };
  const batch = (user: string, size: number) =>
    db.asUser(
      user,
      (sql) =>
        sql`select public.enqueue_batch('seedream-4-5', ${
          sql.json(Array.from({ length: size }, () => ({ prompt: "a lighthouse" })))
        })`,
    );

  it("lets nobody pass their own jobs that wait for their turn, though there is room by now", async () => {
    const user = await db.createUser();
    for (let n = 0; n < 6; n++) await enqueue(user);
    await set("line_places_per_user", 10);
    try {
      const last = await enqueue(user);
      const [row] = await db.sql`select waits_for from private.job_line where job_id = ${last}`;
      assert.equal(row.waits_for, "turn");
    } finally {
      await set("line_places_per_user", 4);
    }
  });

  it("counts every job of a batch among those that a person may have alive", async () => {
    await set("live_jobs_per_user", 5);
    try {
      const user = await db.createUser();
      await batch(user, 3);
      assert.equal(await refusal(batch(user, 3)), "KR007");
      assert.equal((await balanceOf(db, user)).held, 3, "nothing of it was reserved");
      await batch(user, 2);
    } finally {
      await set("live_jobs_per_user", 1_000);
    }
  });

  it("begins no more of a model than its own limit, in one claim for many", async () => {
    await db.sql`insert into private.provider_limits (model, creates_per_minute) values ('seedream-4-5', 3)`;
    const claims = await db.asService((sql) => sql`select job_id from private.claim_jobs('test', 20)`);
    assert.equal(claims.length, 3);
  });

  it("makes jobs of one model wait for its limit, and begins those of others in the same claim", async () => {
    const [{ begun }] = await db.sql<{ begun: number }[]>`
      select count(*)::int as begun from private.job_attempts where model = 'seedream-4-5'`;
    await db.sql`
      insert into private.provider_limits (model, creates_per_minute) values ('seedream-4-5', ${begun + 2})
      on conflict (model) do update set creates_per_minute = excluded.creates_per_minute`;
    for (let n = 0; n < 3; n++) await enqueue(await db.createUser());
    for (let n = 0; n < 4; n++) await enqueue(await db.createUser(), "seedream-4-0");
    const claims = await db.asService((sql) => sql`select model from private.claim_jobs('test', 20)`);
    const of = (model: string) => claims.filter((claim) => claim.model === model).length;
    assert.deepEqual([of("seedream-4-5"), of("seedream-4-0")], [2, 4]);
  });
});
