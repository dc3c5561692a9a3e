/** How long a running attempt may be left alone. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

describe("the lease of an attempt", () => {
  let db: TestDatabase;
  let user: string;
  let job: string;
  let attempt: string;
  before(async () => void (db = await freshDatabase()));
  after(() => db.close());
  beforeEach(async () => {
    user = await db.createUser();
    await db.asUser(user, (sql) => sql`select public.enqueue_job('seedream-4-5', '{"prompt": "a lighthouse"}')`);
    const [claim] = await db.asService((sql) => sql`select job_id, attempt_id from private.claim_jobs('test', 1)`);
    [job, attempt] = [claim.job_id, claim.attempt_id];
  });
  const extend = async (): Promise<boolean> => {
    const [{ current }] = await db.asService((sql) => sql`select private.extend_lease(${attempt}) as current`);
    return current;
  };

  const rest = async () => {
    const [{ seconds, most }] = await db.sql<{ seconds: number; most: number }[]>`
      select extract(epoch from next_check_at - clock_timestamp())::float as seconds, private.setting_int('lease_seconds')::int as most
      from private.job_leases where job_id = ${job}`;
    return { seconds, most };
  };

  it("is handed on after lease_seconds at the latest, however often somebody has looked in vain", async () => {
    await db.sql`update private.job_leases set checks = 6, next_check_at = now() where job_id = ${job}`;
    const due = await db.asService((sql) => sql`select attempt_id from private.due_attempts(10)`);
    assert.deepEqual(due.map((row) => row.attempt_id), [attempt]);
    const { seconds, most } = await rest();
    assert.ok(seconds <= most, `${seconds} s of ${most}`);
  });

  it("is handed on before one that has been due for less long", async () => {
    const first = attempt;
    await db.asUser(
      await db.createUser(),
      (sql) => sql`select public.enqueue_job('seedream-4-5', '{"prompt": "a lighthouse"}')`,
    );
    const [claim] = await db.asService((sql) => sql`select attempt_id from private.claim_jobs('test', 1)`);
    await db.sql`
      update private.job_leases set next_check_at = now() - case attempt_id when ${first} then interval '1 second' else interval '5 seconds' end
      where attempt_id in (${first}, ${claim.attempt_id})`;
    const due = await db.asService((sql) => sql`select attempt_id from private.due_attempts(10)`);
    assert.deepEqual(due.map((row) => row.attempt_id), [claim.attempt_id, first]);
  });

  it("is extended by lease_seconds while its attempt lives, and then by nobody", async () => {
    await db.sql`update private.job_leases set next_check_at = now() where job_id = ${job}`;
    assert.equal(await extend(), true);
    const { seconds, most } = await rest();
    assert.ok(seconds > most - 5 && seconds <= most, `${seconds} s of ${most}`);
    await db.asUser(user, (sql) => sql`select public.cancel_job(${job})`);
    assert.equal(await extend(), false);
  });
});
