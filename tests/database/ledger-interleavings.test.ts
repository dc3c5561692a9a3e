/** Moments at which two transactions meet that random runs find seldom, each made to happen. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import { freshDatabase, openPool, type TestDatabase } from "../support/database.ts";
import { answerOf, ask, type Request, send } from "../support/ledger-requests.ts";
import { brokenRules } from "../support/ledger-rules.ts";
import { until } from "../support/until.ts";

describe("two transactions that meet", () => {
  let db: TestDatabase;
  let sql: TestDatabase["sql"];
  before(async () => {
    db = await freshDatabase();
    sql = openPool(db.url, { max: 4 });
  });
  after(async () => {
    await sql.end();
    await db.close();
  });

  const somebodyWaits = () =>
    until(async () => {
      const [{ count }] = await db.sql`
        select count(*)::int as count from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      return count > 0;
    }, "somebody who waits for a lock");

  /** Does the first without committing, asks the second, and commits when that waits. Gives the second's answer. */
  async function meet(first: Request, second: Request) {
    const session = await sql.reserve();
    try {
      await session`begin`;
      const before = await ask(session, first);
      assert.ok("answer" in before, "the first goes through");
      const asking = ask(sql, second);
      await somebodyWaits();
      await session`commit`;
      return await asking;
    } finally {
      session.release();
    }
  }

  it("the last credits go to the first, and the second is told how few are left", async () => {
    const user = await db.createUser();
    const reserve = (): Request => ({ call: "reserve", user, amount: 7, hold: randomUUID() });
    assert.deepEqual(await meet(reserve(), reserve()), { refused: "KR001" });
    assert.deepEqual(await brokenRules(db.sql, [user]), []);
  });

  it("a reservation that meets a refund is refused for the debt", async () => {
    const user = await db.createUser();
    const refund = { call: "claw back", user, amount: 12, kind: "refund", ref: "refund:a", grantRef: null } as const;
    const reserve: Request = { call: "reserve", user, amount: 1, hold: randomUUID() };
    assert.deepEqual(await meet({ ...refund, key: randomUUID() }, reserve), { refused: "KR006" });
    assert.deepEqual(await brokenRules(db.sql, [user]), []);
  });

  it("a reservation's id belongs to whoever came first, and the other is told of the conflict", async () => {
    const [ann, bob, hold] = [await db.createUser(), await db.createUser(), randomUUID()];
    const reserve = (user: string): Request => ({ call: "reserve", user, amount: 2, hold });
    assert.deepEqual(await meet(reserve(ann), reserve(bob)), { refused: "KR002" });
    assert.deepEqual(await brokenRules(db.sql, [ann, bob]), []);
  });

  it("a charge that meets its own cancellation comes too late", async () => {
    const [user, hold] = [await db.createUser(), randomUUID()];
    await ask(sql, { call: "reserve", user, amount: 2, hold });
    const [release, settle]: Request[] = [{ call: "release", hold, reason: "test" }, {
      call: "settle",
      hold,
      amount: 2,
      ref: `job:${hold}`,
    }];
    assert.deepEqual(await meet(release, settle), { refused: "KR008" });
    assert.deepEqual(await brokenRules(db.sql, [user]), []);
  });

  it("a batch of charges waits for a single one of them before it has locked the account", async () => {
    const user = await db.createUser();
    const holds = [randomUUID(), randomUUID()].sort();
    for (const hold of holds) await ask(sql, { call: "reserve", user, amount: 2, hold });
    const [first, second] = holds.map((hold) => ({ hold, amount: 2, ref: `job:${hold}` }));
    // What settle_hold has done when it has its reservation and wants the account.
    const batch = await sql.begin(async (single) => {
      await single`select from public.credit_holds where id = ${second.hold} for update`;
      const batch = ask(sql, { call: "settle many", settlements: [first, second] });
      await somebodyWaits();
      assert.deepEqual(await answerOf(send(single, { call: "settle", ...second })), { answer: 2 });
      return { batch };
    });
    assert.deepEqual(await batch.batch, { answer: 2 });
    assert.deepEqual(await brokenRules(db.sql, [user]), []);
  });

  it("a batch of charges has nothing to do with a reservation that is only being made", async () => {
    const [user, made, making] = [await db.createUser(), randomUUID(), randomUUID()];
    await ask(sql, { call: "reserve", user, amount: 2, hold: made });
    const settlements = [made, making].map((hold) => ({ hold, amount: 2, ref: `job:${hold}` }));
    const session = await sql.reserve();
    try {
      await session`begin`;
      await ask(session, { call: "reserve", user, amount: 2, hold: making });
      const asking = ask(sql, { call: "settle many", settlements });
      // Seen later, it would not be locked before the account, as all others are.
      await Promise.race([asking, somebodyWaits()]);
      await session`commit`;
      assert.deepEqual(await asking, { refused: "KR008" });
    } finally {
      session.release();
    }
    assert.deepEqual(await ask(sql, { call: "settle many", settlements }), { answer: 2 });
    assert.deepEqual(await brokenRules(db.sql, [user]), []);
  });
});
