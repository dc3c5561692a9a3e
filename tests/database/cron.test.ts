import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Cron, startCron } from "../../sandbox/cron/mod.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { refusal } from "../support/ledger.ts";
import { until } from "../support/until.ts";

// What our code relies on in pg_cron. The same holds on Supabase.

let db: TestDatabase;
before(async () => void (db = await freshDatabase()));
after(() => db.close());

describe("pg_cron", () => {
  let cron: Cron;
  before(() => void (cron = startCron({ adminUrl: db.adminUrl })));
  after(() => cron.stop());

  const schedule = async (name: string, when: string, command: string): Promise<number> =>
    (await db.asPostgres((sql) => sql`select cron.schedule(${name}, ${when}, ${command}) as id`))[0].id;
  const unschedule = (name: string) => db.asPostgres((sql) => sql`select cron.unschedule(${name})`);
  const runsOf = (id: number) =>
    db.sql<{ status: string; return_message: string; username: string }[]>`
      select status, return_message, username from cron.job_run_details
      where jobid = ${id} and end_time is not null order by runid`;
  const untilRuns = (id: number, count: number) =>
    until(async () => {
      const rows = await runsOf(id);
      return rows.length >= count ? rows : null;
    });

  it("replaces a job of the same name and user, and keeps its number", async () => {
    const first = await schedule("upsert", "0 0 * * *", "select 1");
    const second = await schedule("upsert", "5 5 * * *", "select 2");
    assert.equal(second, first);
    const jobs = await db.sql`select schedule, command, active, username from cron.job where jobname = 'upsert'`;
    assert.deepEqual(jobs.map((row) => ({ ...row })), [
      { schedule: "5 5 * * *", command: "select 2", active: true, username: "postgres" },
    ]);
    assert.equal((await unschedule("upsert"))[0].unschedule, true);
    await assert.rejects(unschedule("upsert"), /could not find valid entry/);
  });

  for (
    const nonsense of ["61 * * * *", "* * * *", "60 seconds", "* * * * 9", "*/0 * * * *", "5-1 * * * *", "every day"]
  ) {
    it(`refuses the schedule ${nonsense}`, async () => {
      await assert.rejects(schedule("nonsense", nonsense, "select 1"), /invalid schedule/);
    });
  }

  it("runs an interval again and again, as the user who scheduled it", async () => {
    await db.asPostgres((sql) => sql`create table if not exists public.ticks (who text default session_user)`);
    const id = await schedule("interval", "1 second", "insert into public.ticks default values");
    const runs = await untilRuns(id, 2);
    await unschedule("interval");
    assert.deepEqual(runs.slice(0, 2).map((row) => ({ ...row })), [
      { status: "succeeded", return_message: "INSERT 1", username: "postgres" },
      { status: "succeeded", return_message: "INSERT 1", username: "postgres" },
    ]);
    const [{ who }] = await db.sql`select who from public.ticks limit 1`;
    assert.equal(who, "postgres");
  });

  it("records why a job failed and runs it again", async () => {
    const id = await schedule("failing", "1 second", "select 1/0");
    const runs = await untilRuns(id, 2);
    await unschedule("failing");
    assert.deepEqual([runs[0].status, runs[0].return_message], ["failed", "ERROR: division by zero"]);
  });

  it("never runs one job twice at the same time", async () => {
    await db.asPostgres((sql) => sql`create table public.spans (began timestamptz, ended timestamptz)`);
    const slow = "insert into public.spans select clock_timestamp(), (select clock_timestamp() from pg_sleep(1.3))";
    const id = await schedule("slow", "1 second", slow);
    await untilRuns(id, 2);
    await unschedule("slow");
    const overlaps = await db.sql`
      select from public.spans a, public.spans b where a.ctid < b.ctid and a.began < b.ended and b.began < a.ended`;
    assert.equal(overlaps.length, 0);
  });

  it("does not run a job that was made inactive", async () => {
    const id = await schedule("inactive", "1 second", "select 1");
    await db.asPostgres((sql) => sql`select cron.alter_job(${id}::bigint, active => false)`);
    const already = (await runsOf(id)).length;
    const witness = await schedule("witness", "1 second", "select 1");
    await untilRuns(witness, 2);
    await unschedule("witness");
    assert.ok((await runsOf(id)).length <= already + 1, "at most the run that had begun");
    await unschedule("inactive");
  });

  it("lets nobody but the owner of the migrations near the schedule", async () => {
    const query = "select cron.schedule('mine', '* * * * *', 'select 1')";
    assert.equal(await refusal(db.asService((sql) => sql.unsafe(query))), "42501");
    assert.equal(await refusal(db.asPostgres((sql) => sql`update cron.job set command = 'select 1'`)), "42501");
  });
});
