import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, beforeEach, describe, it } from "node:test";
import { applyEvent, takeTicket } from "../support/billing-events.ts";
import { disputeObject, intentObject, sessionObject } from "../support/billing-objects.ts";
import { createCustomer, type Customer, DAY, Subscribed, syncPrices } from "../support/billing-scene.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { balanceOf } from "../support/ledger.ts";
import { checkBooks, generate, openCheckout } from "../support/trade.ts";

let db: TestDatabase;
let who: Customer;
before(async () => {
  db = await freshDatabase();
  await syncPrices(db);
});
beforeEach(async () => void (who = await createCustomer(db)));
after(() => db.close());

const balance = async () => {
  const { available, debt } = await balanceOf(db, who.user);
  return available - debt;
};

/** A pack of 50 credits for 3900 cents, and what can be told of its payment. */
async function buy() {
  const { id: checkout, price_cents: amount } = await openCheckout(db, who.user);
  const intent = { id: `pi_${checkout}`, checkout, user: who.user, customer: who.customer, amount };
  const session = sessionObject({ ...intent, id: `cs_${checkout}`, intent: intent.id });
  return {
    pay: () => applyEvent(db, "checkout.session.completed", { session }),
    back: (
      { refunded = 0, disputes = [] }: { refunded?: number; disputes?: [number, string][] },
      options: Parameters<typeof applyEvent>[3] = {},
    ) =>
      applyEvent(db, "charge.refunded", {
        payment_intent: intentObject({ ...intent, refunded }),
        disputes: disputes.map(([cents, status], at) => disputeObject(`dp_${at}`, cents, status)),
      }, options),
  };
}

describe("money that goes back", () => {
  it("takes credits to the refunds' total, never to a sum of events, and rounds for the customer", async () => {
    const pack = await buy();
    await pack.pay();
    await pack.back({ refunded: 1000 });
    assert.equal(await balance(), 60 - 12, "50 × 1000 / 3900 = 12.8");
    await pack.back({ refunded: 1000 });
    assert.equal(await balance(), 48, "told again");
    await pack.back({ refunded: 2000 });
    assert.equal(await balance(), 60 - 25);
    await pack.back({ refunded: 3900 });
    assert.equal(await balance(), 10);
  });

  it("may be heard of before the money that came in", async () => {
    const pack = await buy();
    await pack.back({ refunded: 3900 });
    assert.equal(await balance(), 10);
    assert.deepEqual((await pack.pay()).effects, ["credited", "credits_taken_back"]);
    assert.equal(await balance(), 10);
  });

  it("is taken once when it is refunded and disputed", async () => {
    const pack = await buy();
    await pack.pay();
    await pack.back({ refunded: 1950, disputes: [[3900, "needs_response"]] });
    assert.equal(await balance(), 10);
    await pack.back({ refunded: 1950, disputes: [[3900, "won"]] });
    assert.equal(await balance(), 60 - 25, "the refund stays");
  });

  it("comes back when a dispute is won or a refund fails, and stays away when it is lost", async () => {
    const [won, lost, failed] = [await buy(), await buy(), await buy()];
    for (const pack of [won, lost, failed]) await pack.pay();
    assert.equal(await balance(), 160);
    await won.back({ disputes: [[3900, "under_review"]] });
    await lost.back({ disputes: [[3900, "under_review"]] });
    await failed.back({ refunded: 3900 });
    assert.equal(await balance(), 10);
    await won.back({ disputes: [[3900, "won"]] });
    await lost.back({ disputes: [[3900, "lost"]] });
    await failed.back({ refunded: 0 });
    assert.equal(await balance(), 110);
  });

  it("is not taken for an inquiry", async () => {
    const pack = await buy();
    await pack.pay();
    await pack.back({ disputes: [[3900, "warning_needs_response"]] });
    assert.equal(await balance(), 60);
  });

  it("becomes a debt when the credits are spent, and what comes back pays it first", async () => {
    const pack = await buy();
    await pack.pay();
    for (let i = 0; i < 5; i++) await generate(db, who.user, 4);
    await pack.back({ refunded: 3900 });
    assert.deepEqual(await balanceOf(db, who.user), { available: 0, held: 0, debt: 10 });
    const other = await buy();
    await other.pay();
    assert.deepEqual(await balanceOf(db, who.user), { available: 40, held: 0, debt: 0 });
    await pack.back({ refunded: 0 });
    assert.deepEqual(await balanceOf(db, who.user), { available: 90, held: 0, debt: 0 });
  });

  it("is not decided by a fetch that is older than what is known", async () => {
    const pack = await buy();
    await pack.pay();
    const old = await takeTicket(db);
    await pack.back({ refunded: 3900 });
    assert.deepEqual((await pack.back({ refunded: 1000 }, { ticket: old })).effects, ["older_than_known"]);
    assert.equal(await balance(), 10);
  });

  it("has one effect when fifty tell of it at once", async () => {
    const pack = await buy();
    await pack.pay();
    const id = `evt_${randomUUID()}`;
    const verdicts = await Promise.all(
      Array.from({ length: 50 }, (_, at) => pack.back({ refunded: 2000 }, at % 2 ? { id } : {})),
    );
    assert.equal(verdicts.filter(({ effects }) => effects.includes("credits_taken_back")).length, 1);
    assert.equal(await balance(), 35);
  });
});

describe("the money of a plan that goes back", () => {
  it("takes the allowance of its invoice in proportion", async () => {
    const plan = new Subscribed(db, who);
    const invoice = await plan.pay();
    assert.equal(await balance(), 510);
    await plan.moneyBack(invoice, { refunded: 1450 });
    assert.equal(await balance(), 260);
  });

  it("does not take again what ended unspent", async () => {
    const plan = new Subscribed(db, who);
    const invoice = await plan.pay();
    for (let i = 0; i < 5; i++) await generate(db, who.user, 4);
    db.moveClock("40 days");
    try {
      await plan.moneyBack(invoice, { refunded: 2900 });
      // Ten of the twenty pictures were of the welcome at sign-up.
      assert.deepEqual(await balanceOf(db, who.user), { available: 0, held: 0, debt: 10 });
    } finally {
      db.moveClock(null);
    }
  });

  it("brings nothing back that has ended meanwhile: half a month refunded stays half a month, whoever looks again later", async () => {
    const plan = new Subscribed(db, who);
    const invoice = await plan.pay();
    await plan.moneyBack(invoice, { refunded: 1450 });
    db.moveClock("40 days");
    try {
      await db.asPostgres((sql) => sql`select private.expire_grants(1000)`);
      assert.equal(await balance(), 10);
      await plan.moneyBack(invoice, { refunded: 1450 });
      assert.equal(await balance(), 10);
      await plan.moneyBack(invoice, { refunded: 0 });
      assert.equal(await balance(), 10, "a refund that failed brings back a month that is over");
    } finally {
      db.moveClock(null);
    }
  });

  it("returns to the lot it was taken from, and ends with it", async () => {
    const plan = new Subscribed(db, who);
    const invoice = await plan.pay();
    await plan.moneyBack(invoice, { disputes: [[2900, "needs_response"]] });
    assert.equal(await balance(), 10);
    await plan.moneyBack(invoice, { disputes: [[2900, "won"]] });
    const lots = await db.sql`
      select source, remaining from public.credit_grants where user_id = ${who.user} and remaining > 0 order by number`;
    assert.deepEqual(lots.map((lot) => ({ ...lot })), [{ source: "promo", remaining: 10 }, {
      source: "plan",
      remaining: 500,
    }]);
  });

  it("goes by the invoice that began the period, whichever was heard of first", async () => {
    const plan = new Subscribed(db, who);
    const { start, end } = plan.fields;
    const [began, again] = [
      plan.invoice({ id: `in_a_${plan.id}` }),
      plan.invoice({ id: `in_b_${plan.id}`, created: start + DAY }, {
        amount: 2800,
        start: start + DAY,
        end,
        proration: true,
      }),
    ];
    await plan.tell("invoice.paid", again);
    await plan.tell("invoice.paid", began);
    assert.equal(await balance(), 510, "one allowance for one period");
    await plan.moneyBack(again, { refunded: 2800 });
    assert.equal(await balance(), 510);
    await plan.moneyBack(began, { refunded: 2900 });
    assert.equal(await balance(), 10);
  });
});

describe("what is ordered by tickets", () => {
  it("has no effect without one", async () => {
    for (const object of ["subscription", "invoice", "payment_intent"]) {
      const given = db.sql`
        select private.apply_stripe_facts('reconciliation', false, null, ${db.sql.json({ [object]: { id: "x" } })})`;
      await assert.rejects(given, /ordered by a ticket/, object);
    }
  });
});

describe("after all of it", () => {
  it("the books are right", async () => assert.deepEqual(await checkBooks(db), []));
});
