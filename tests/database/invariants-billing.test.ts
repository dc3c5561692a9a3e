import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createCustomer, type Customer, Subscribed, syncPrices } from "../support/billing-scene.ts";
import { freshDatabase, type Sql, type TestDatabase } from "../support/database.ts";
import { checkBooks, enqueue, tamper } from "../support/trade.ts";

let db: TestDatabase;
/** Of somebody who had a third of their Pro back, and then went on to Enterprise with a job under way. */
let who: Customer;
let payment: string;

before(async () => {
  db = await freshDatabase();
  await syncPrices(db);
  who = await createCustomer(db);
  const pro = new Subscribed(db, who);
  const invoice = await pro.pay();
  payment = `pi_${invoice.id}`;
  await pro.moneyBack(invoice, { refunded: 1000 });
  await pro.change({ plan: "enterprise" }).pay();
  await enqueue(db, who.user, 2);
});
after(() => db.close());

/** Plants damage and takes it away again; what the two invariants say in between. */
async function found(
  damage: (sql: Sql) => Promise<unknown>,
  mend = (_: Sql): Promise<unknown> => Promise.resolve(),
): Promise<unknown[][]> {
  const TABLES = ["public.payments", "private.plan_allowances"];
  await db.sql.unsafe(
    `create schema kept; ${
      TABLES.map((table) => `create table kept.${table.split(".")[1]} as table ${table}`).join(";")
    }`,
  );
  await tamper(db, damage);
  const breaches = await checkBooks(db);
  await tamper(db, async (sql) => {
    for (const table of TABLES) {
      await sql.unsafe(`delete from ${table}; insert into ${table} select * from kept.${table.split(".")[1]}`);
    }
    await sql.unsafe("drop schema kept cascade");
    await mend(sql);
  });
  assert.deepEqual(await checkBooks(db), [], "the repair resolves what was found");
  return breaches.filter(({ invariant }) => ["money_back", "allowances"].includes(invariant))
    .map(({ invariant, user_id, detail }) => {
      assert.equal(user_id, who.user);
      return [invariant, ...detail.wrong];
    });
}

describe("what went back of a payment", () => {
  it("is what its refunds ask for, as long as nobody touches it", async () => {
    const [{ taken_credits }] = await db.sql`select taken_credits from public.payments where id = ${payment}`;
    assert.equal(taken_credits, 172);
    assert.deepEqual(await checkBooks(db), []);
  });

  it("is missed when more was refunded than was taken for", async () => {
    assert.deepEqual(
      await found((sql) => sql`update public.payments set refunded_cents = 2000 where id = ${payment}`),
      [["money_back", "taken_differs"]],
    );
  });

  it("is missed when the ledger knows another number", async () => {
    assert.deepEqual(
      await found((sql) =>
        sql`update public.payments set taken_credits = 0, grants = '{}', grant_amounts = '{}', refunded_cents = 0 where id = ${payment}`
      ),
      [["money_back", "entries_differ"]],
    );
  });

  it("is missed when an entry of it was not counted", async () => {
    assert.deepEqual(
      await found((sql) => sql`update public.payments set moves = 0 where id = ${payment}`),
      [["money_back", "entries_differ"]],
    );
  });

  it("is missed when its lots add up to more", async () => {
    assert.deepEqual(
      await found((sql) => sql`update public.payments set grant_amounts = '{400}' where id = ${payment}`),
      [["money_back", "lots_differ"]],
    );
  });
});

describe("what plans have granted", () => {
  it("needs an allowance, a month of Free or a covered job", async () => {
    const unexplained = await found((sql) => sql`delete from private.plan_allowances`);
    assert.deepEqual(unexplained[0], ["allowances", "entry_without_allowance"]);
    const cover = (covered: boolean) => (sql: Sql) => sql`update public.jobs set covered_by_plan = ${covered}`;
    assert.deepEqual(await found(cover(false), cover(true)), [["allowances", "entry_without_allowance"]]);
  });

  it("is as much as its allowance says", async () => {
    assert.deepEqual(
      (await found((sql) => sql`update private.plan_allowances set credits = 501`))
        .filter(([invariant]) => invariant === "allowances"),
      [["allowances", "credits_differ"]],
    );
  });

  it("has an entry for each allowance", async () => {
    assert.deepEqual(
      await found((sql) =>
        sql`
          insert into private.plan_allowances (subscription, plan, ends_at, user_id, invoice, credits, entry_seq)
          values ('sub_forged', 'pro', now(), ${who.user}, 'in_forged', 500, 999)`
      ),
      [["allowances", "allowance_without_entry"]],
    );
  });
});
