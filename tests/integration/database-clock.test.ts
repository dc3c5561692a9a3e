/** The sandbox's clock reaches the database: every session of the app tells the new time, and no transaction is lost. */
import assert from "node:assert/strict";
import { openDatabase } from "../../platform/database.ts";
import { moveDatabaseClock } from "../../sandbox/database-clock.ts";
import { freshDatabase, type Sql, type TestDatabase } from "../support/database.ts";
import { until } from "../support/until.ts";

const story = (name: string, tell: (database: TestDatabase) => Promise<void>) =>
  Deno.test(`database clock: ${name}`, async () => {
    const database = await freshDatabase();
    try {
      await tell(database);
    } finally {
      await database.close();
    }
  });

const offset = async (sql: Sql) =>
  (await sql<{ offset: string | null }[]>`select current_setting('kredo.clock_offset', true) as offset`)[0].offset;

const sessions = async ({ sql }: TestDatabase) =>
  (await sql<{ n: number }[]>`
    select count(*) as n from pg_stat_activity
     where datname = current_database() and usename in ('kredo_web', 'postgres')`)[0].n;

/** What each of the app's roles is told. */
const offsets = (database: TestDatabase) => Promise.all([database.asWeb(offset), database.asService(offset)]);

story("sessions that were open before it moved tell the new time too", async (database) => {
  // Both pools have a connection that began in the real time.
  assert.deepEqual((await offsets(database)).map((told) => told || null), [null, null]);
  await moveDatabaseClock(database.sql, 86_400_000);
  assert.deepEqual(await offsets(database), ["86400000 milliseconds", "86400000 milliseconds"]);
  await moveDatabaseClock(database.sql, 90_000_000.4);
  assert.deepEqual(await offsets(database), ["90000000 milliseconds", "90000000 milliseconds"]);
});

story("an offset of nothing is taken away", async (database) => {
  await moveDatabaseClock(database.sql, 5_000);
  await moveDatabaseClock(database.sql, 0);
  assert.deepEqual((await offsets(database)).map((told) => told || null), [null, null]);
  const [{ settings }] = await database.sql`
    select count(*) as settings from pg_db_role_setting
     where setdatabase = (select oid from pg_database where datname = current_database())
       and array_to_string(setconfig, ' ') like '%kredo.clock_offset%'`;
  assert.equal(settings, 0);
});

story("a transaction that is under way ends as it would have, and only then its session", async (database) => {
  let go!: () => void;
  const asked = new Promise<void>((resolve) => go = resolve);
  let begun!: () => void;
  const underWay = new Promise<void>((resolve) => begun = resolve);
  const transaction = database.asService(async (sql) => {
    await sql`select 1`;
    begun();
    await asked;
    return (await sql`select 1 as done`)[0].done;
  });
  await underWay;
  await offsets(database);
  let moved = false;
  const moving = moveDatabaseClock(database.sql, 1_000, { patienceMs: 60_000 }).then(() => moved = true);
  await until(async () => (await sessions(database)) === 1, "the idle sessions are ended");
  assert.equal(moved, false);
  go();
  assert.equal(await transaction, 1);
  await moving;
  assert.equal(await database.asService(offset), "1000 milliseconds");
});

story("a transaction that never ends does not stop the clock", async (database) => {
  const app = openDatabase(database.url, { statementTimeoutMs: 60_000 });
  let begun!: () => void;
  const underWay = new Promise<void>((resolve) => begun = resolve);
  const stuck = app.asService(async (sql) => {
    await sql`select 1`;
    begun();
    await sql`select pg_sleep(60)`;
  }).then(() => "ended", () => "cut off");
  await underWay;
  await moveDatabaseClock(database.sql, 1_000, { patienceMs: 50 });
  assert.equal(await stuck, "cut off");
  await app.end();
});
