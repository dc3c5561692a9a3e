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
