import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import postgres from "postgres";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { deadLetters } from "../support/dead-letters.ts";
import { balanceOf, brokenAccounts } from "../support/ledger.ts";
import { createOperator } from "../support/operators.ts";
import { type Block, blocksOf, fits, run } from "../support/runbook.ts";

const blocks = await blocksOf("jobs.md");
const blockNamed = (name: string): Block => {
  const block = blocks.find((block) => block.name === name);
  assert.ok(block, `the page has a block ${name}`);
  return block;
};

/** The page's history, as its tables show it. */
let db: TestDatabase;
/** As Studio: a login of `postgres`, outside any transaction. */
let studio: postgres.Sql;
let operator: string;
let [alice, bob] = ["", ""];

before(async () => {
  db = await freshDatabase();
  studio = postgres(db.url, { max: 1, onnotice: () => {} });
  operator = await createOperator(db, "ops@kredo.example");
  const letters = deadLetters(db, operator);
  alice = await db.createUser("alice@example.test");
  bob = await db.createUser("bob@example.test");
  // Alice's picture fails twice, is tried again each time, and fails for good.
  const job = await letters.enqueue(alice, { outputs: 2 });
  for (let n = 0; n < 3; n++) {
    const attempt = await letters.claim(job);
    await db.asService(async (sql) => {
      await sql`select private.record_prediction(${attempt}, ${`pred_${n + 1}`}, 'processing')`;
      await sql`select private.fail_attempt(${attempt}, 'timeout', 'The model took too long.', true)`;
    });
    await db.sql`update private.job_line set run_at = now() where job_id = ${job}`;
  }
  await letters.die(alice, { code: "timeout" });
  await letters.die(bob, { code: "internal" });
  // Of Bob's, one runs under a worker that has died, and one waits.
  const running = await letters.enqueue(bob);
  await db.asService(async (sql) => {
    await sql`select private.record_prediction(${await letters.claim(running)}, 'pred_bob', 'processing')`;
    await sql`select private.beat_worker('worker-1:41:a', 32, 1)`;
  });
  await db.sql`update private.job_leases set next_check_at = now() - interval '5 minutes' where job_id = ${running}`;
  await db.sql`update private.workers set seen_at = now() - interval '5 minutes'`;
  await letters.enqueue(bob);
  await db.asService((sql) => sql`select private.pause_model('seedream-4-5', 60)`);
});
after(async () => {
  await studio.end({ timeout: 5 });
  await db.close();
});

describe("the runbook of jobs", () => {
  it("names each block once", () => {
    const names = blocks.map(({ name }) => name);
    assert.deepEqual(names, [...new Set(names)]);
    assert.ok(names.length >= 12);
  });

  // In the order of the page: what an act changes, the blocks after it show.
  for (const block of blocks) {
    it(`${block.name} answers what the page says`, async () => {
      const actual = await run(studio, block);
      const shown = block.shown ?? [];
      const same = actual.length === shown.length &&
        shown.every((row, y) => row.length === actual[y].length && row.every((cell, x) => fits(cell, actual[y][x])));
      if (!same) assert.deepEqual(actual, shown);
    });
  }

  it("leaves every act on record under the operator's name, and the books whole", async () => {
    const acts = await db.sql`select action, actor from private.audit_log order by id`;
    assert.deepEqual(acts.map(({ action }) => action), [
      "job.requeued",
      "job.requeued",
      "job.discarded",
      "job.discarded",
    ]);
    assert.ok(acts.every(({ actor }) => actor === operator));
    assert.deepEqual(await brokenAccounts(db), []);
    // Alice's two run again on us, and Bob has back what his hanging job held.
    assert.deepEqual(await balanceOf(db, alice), { available: 10, held: 3, debt: 0 });
    assert.deepEqual(await balanceOf(db, bob), { available: 9, held: 1, debt: 0 });
  });

  it("lets a model be begun again, slower", async () => {
    const [limit] = await db
      .sql`select creates_per_minute, paused_until from private.provider_limits where model = 'seedream-4-5'`;
    assert.deepEqual({ ...limit }, { creates_per_minute: 30, paused_until: null });
    assert.deepEqual((await run(studio, blockNamed("limits"))).length, 2);
  });
});
