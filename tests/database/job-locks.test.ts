import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { deadLetters } from "../support/dead-letters.ts";
import { balanceOf } from "../support/ledger.ts";
import { createOperator } from "../support/operators.ts";
import { until } from "../support/until.ts";

describe("whoever ends a job", () => {
  let db: TestDatabase;
  let letters: ReturnType<typeof deadLetters>;
  before(async () => {
    db = await freshDatabase();
    letters = deadLetters(db, await createOperator(db));
  });
  after(() => db.close());

  const ends: [string, (user: string, job: string) => Promise<unknown>][] = [
    ["its owner", (user, job) => db.asUser(user, (sql) => sql`select cancel_job(${job})`)],
    ["an operator", (_, job) => letters.discard([job])],
  ];
  for (const [who, end] of ends) {
    // A row that was changed twice in a transaction has its reference to the job checked again.
    it(`waits for who lets it into line, who never waits for them: ${who}`, async () => {
      const user = await db.createUser();
      const job = await letters.enqueue(user);
      let ended: Promise<unknown> = Promise.resolve();
      await db.sql.begin(async (sql) => {
        await sql`update private.job_line set waits_for = 'turn', place = null where job_id = ${job}`;
        ended = end(user, job);
        ended.catch(() => {});
        await until(
          async () =>
            (await db.sql`
              select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).length > 0,
          "the other one waits",
        );
        await sql`select private.admit(${user})`;
      });
      await ended;
      assert.deepEqual(await balanceOf(db, user), { available: 10, held: 0, debt: 0 });
    });
  }
});

describe("whoever lets several people into line", () => {
  let db: TestDatabase;
  before(async () => {
    db = await freshDatabase();
    await db.sql`update private.settings set value = '0' where key = 'provider_creates_per_minute'`;
    await db.sql`select private.set_entitlement('free', 'rate', 100000)`;
  });
  after(() => db.close());

  const whoever: [string, () => Promise<unknown>][] = [
    ["a claim", () => db.asService((sql) => sql`select * from private.claim_jobs('test', 4)`)],
    ["the sweep", () => db.asPostgres((sql) => sql`select private.sweep_jobs()`)],
  ];
  for (const [name, act] of whoever) {
    // Those who were due are let in first, whoever they are; then the others.
    it(`takes their turns in an order in which nobody waits in a circle: ${name}`, async () => {
      await db.sql`delete from private.job_line`;
      const [first, last] = [await db.createUser(), await db.createUser()].sort();
      for (const user of [first, last]) {
        await db.asService((sql) =>
          sql`select private.grant_credits(${user}, 100, 'topup', 'stripe', 'checkout:l', '{}', ${`locks:${user}`})`
        );
        for (let n = 0; n < 6; n++) {
          await db.asUser(user, (sql) => sql`select enqueue_job('seedream-4-5', '{"prompt": "a lighthouse"}')`);
        }
      }
      await db.sql`update private.job_line set waits_for = 'time', run_at = now()
        where user_id = ${last} and waits_for = 'turn'`;

      let isOver = false;
      let acted: Promise<unknown> = Promise.resolve();
      await db.sql.begin(async (sql) => {
        await sql`select private.lock_turns(${first})`;
        acted = act().finally(() => isOver = true);
        acted.catch(() => {});
        await until(
          async () =>
            isOver || (await db.sql`
              select from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`).length > 0,
          "it is over or waits",
        );
        await sql`select private.lock_turns(${last})`;
      });
      await acted;
    });
  }
});
