/** Attempts that were called off, and when a worker sees to what runs on for them at the provider. */
import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { freshDatabase, type TestDatabase } from "../support/database.ts";

describe("the prediction of a canceled attempt", () => {
  let db: TestDatabase;
  let job: string;
  let attempt: string;
  before(async () => void (db = await freshDatabase()));
  after(() => db.close());
  beforeEach(async () => {
    await db.sql`update private.job_attempts set cancel_due_at = null`;
    const user = await db.createUser();
    await db.asUser(user, (sql) => sql`select public.enqueue_job('seedream-4-5', '{"prompt": "a lighthouse"}')`);
    const [claim] = await db.asService((sql) => sql`select job_id, attempt_id from private.claim_jobs('test', 1)`);
    [job, attempt] = [claim.job_id, claim.attempt_id];
    cancel = () => db.asUser(user, (sql) => sql`select public.cancel_job(${job})`);
  });
  let cancel: () => Promise<unknown>;

  const take = async () =>
    (await db.asService((sql) =>
      sql<{ attempt_id: string; prediction_id: string | null }[]>`select * from private.canceled_attempts(20)`
    )).map(({ attempt_id, prediction_id }) => ({ attempt_id, prediction_id }));
  const record = (prediction: string) =>
    db.asService((sql) => sql`select private.record_prediction(${attempt}, ${prediction}, 'processing')`);
  const neverCreated = () => db.asService((sql) => sql`select private.mark_never_created(${attempt})`);
  /** Seconds until somebody sees to it; null when nobody has to. */
  const rest = async () => {
    const [{ seconds }] = await db.sql<{ seconds: number | null }[]>`
      select round(extract(epoch from cancel_due_at - clock_timestamp()))::int as seconds
      from private.job_attempts where id = ${attempt}`;
    return seconds;
  };

  /** Time passes. To name cancel_wanted_at plans anew, so when that was due is put back after it. */
  const skip = async (seconds: number) => {
    const due = await rest();
    await db.sql`
      update private.job_attempts set cancel_wanted_at = cancel_wanted_at - make_interval(secs => ${seconds}) where id = ${attempt}`;
    await db.sql`
      update private.job_attempts set cancel_due_at = clock_timestamp() + make_interval(secs => ${
      due! - seconds
    }) where id = ${attempt}`;
  };

  it("is stopped at once when its id is known, by one worker an interval, until one has said that it was", async () => {
    await record(`p-${attempt}`);
    await cancel();
    assert.deepEqual([await take(), await take()], [[{ attempt_id: attempt, prediction_id: `p-${attempt}` }], []]);
    await skip(20);
    assert.equal((await take()).length, 1);
    await db.asService((sql) => sql`select private.mark_cancel_sent(${attempt})`);
    assert.equal(await rest(), null);
  });

  it("is looked for after two leases when nobody has heard of it, for until then somebody may", async () => {
    await cancel();
    assert.deepEqual([await take(), await rest()], [[], 40]);
    await skip(41);
    assert.deepEqual([await take(), await take()], [[{ attempt_id: attempt, prediction_id: null }], []]);
    await neverCreated();
    assert.equal(await rest(), 300 + 40, "somebody may have been stopped before asking for it, until the deadline");
    await skip(341);
    await db
      .sql`update private.job_attempts set deadline_at = deadline_at - interval '341 seconds' where id = ${attempt}`;
    assert.equal((await take()).length, 1);
    await neverCreated();
    assert.equal(await rest(), null);
  });

  it("is looked for after the deadline where it was not there when its worker had died", async () => {
    await db.asService((sql) => sql`select private.fail_attempt(${attempt}, 'interrupted', null, true)`);
    assert.equal(await rest(), 300 + 40);
  });

  it("is looked for where the provider could not be asked before the deadline", async () => {
    await db.asService((sql) => sql`select private.fail_attempt(${attempt}, 'timeout', 'It took too long.', false)`);
    assert.equal(await rest(), 40);
  });

  it("is looked for less and less often, the longer that is in vain; but told to stop every two minutes", async () => {
    await cancel();
    await skip(3600);
    assert.equal((await take()).length, 1);
    assert.equal(await rest(), 3600);
    await record(`p-${attempt}`);
    assert.equal((await take()).length, 1);
    assert.equal(await rest(), 120);
  });

  it("is not said to be stopped by whoever does not know it", async () => {
    await cancel();
    await db.asService((sql) => sql`select private.mark_cancel_sent(${attempt})`);
    assert.equal(await rest(), 40);
  });

  it("is stopped when it turns up after nobody had found it", async () => {
    await cancel();
    await neverCreated();
    await record(`p-${attempt}`);
    assert.deepEqual(await take(), [{ attempt_id: attempt, prediction_id: `p-${attempt}` }]);
    await neverCreated();
    assert.notEqual(await rest(), null, "what is there is not said never to have been created");
  });

  it("brings a worker when its time has come, and not before", async () => {
    await db
      .sql`insert into private.workers (name, seen_at) values ('test', now()) on conflict (name) do update set seen_at = now()`;
    await db.sql`update private.job_line set run_at = now() + interval '1 day' where waits_for = 'time'`;
    const sweep = async () => (await db.sql`select private.sweep_jobs() as swept`)[0].swept.woke;
    await cancel();
    assert.equal(await sweep(), false);
    const [{ ms }] = await db.sql`
      select extract(epoch from private.next_turn_at() - clock_timestamp()) * 1000 as ms`;
    assert.ok(ms > 38_000 && ms <= 40_000, `${ms}`);
    await skip(41);
    assert.equal(await sweep(), true);
  });
});
