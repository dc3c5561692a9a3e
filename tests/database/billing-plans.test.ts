import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { takeTicket } from "../support/billing-events.ts";
import { createCustomer, type Customer, DAY, now, Subscribed, syncPrices } from "../support/billing-scene.ts";
import { addMonths } from "../support/billing-time.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { balanceOf, refusal } from "../support/ledger.ts";
import { applyEvent } from "../support/billing-events.ts";
import { disputeObject, intentObject } from "../support/billing-objects.ts";
import { buy, cancel, checkBooks, enqueue } from "../support/trade.ts";

let db: TestDatabase;
let who: Customer;
before(async () => {
  db = await freshDatabase();
  await syncPrices(db);
});
beforeEach(async () => void (who = await createCustomer(db)));
afterEach(() => db.moveClock(null));
after(() => db.close());

const available = async () => (await balanceOf(db, who.user)).available;
const plan = async () =>
  (await db.asUser(who.user, (sql) => sql<{ plan: string }[]>`select plan from read_plan()`))[0].plan;
const sweep = () =>
  db.asPostgres((sql) =>
    sql`select private.expire_grants(10000), private.end_grace(1000), private.renew_allowances(10000)`
  );
const tasks = async (kind: string) =>
  (await db.sql<{ key: string; data: Record<string, string> }[]>`
    select key, data from private.tasks where user_id = ${who.user} and kind = ${kind} order by id`).map((row) => ({
    ...row,
  }));
const mails = async (name: string) => (await tasks("mail")).filter(({ data }) => data.mail === name).length;
const onDay = (day: number) => db.moveClock(`${day} days`);

describe("a subscription", () => {
  it("is what was fetched under the highest ticket, whatever is written last", async () => {
    const pro = new Subscribed(db, who);
    const early = await takeTicket(db);
    await pro.change({ status: "canceled", endedAt: now() }).tell();
    assert.deepEqual((await pro.change({ status: "active" }).tell(undefined, undefined, { ticket: early })).effects, [
      "older_than_known",
    ]);
    assert.equal(await plan(), "free");
  });

  it("brings its allowance once for a period, whatever is switched back and forth in it", async () => {
    const pro = new Subscribed(db, who);
    const { start, end } = pro.fields;
    await pro.pay();
    await pro.change({ plan: "enterprise" }).pay(
      {},
      { plan: "pro", amount: -2000, start: start + 10, proration: true },
      {
        plan: "enterprise",
        amount: 7000,
        start: start + 10,
        proration: true,
      },
    );
    await pro.change({ plan: "pro" }).pay({}, { amount: 1500, start: start + 20, end, proration: true });
    assert.equal(await available(), 510);
  });

  it("that costs nothing yet brings the allowance of a trial, and the whole one when it is paid", async () => {
    const trial = new Subscribed(db, who, { status: "trialing", trialEnd: now() + 7 * DAY, end: now() + 7 * DAY });
    await trial.pay({ intent: null }, { amount: 0 });
    assert.equal(await available(), 60);
    await trial.change({ status: "active", start: trial.fields.end, end: addMonths(trial.fields.end, 1) }).pay();
    assert.equal(await available(), 560);
    onDay(8);
    await sweep();
    assert.equal(await available(), 510);
  });

  it("for a year brings its allowance month by month, as long as it is on that plan", async () => {
    const yearly = new Subscribed(db, who, { cycle: "year", end: addMonths(now() - 60, 12), start: now() - 60 });
    await yearly.pay();
    assert.equal(await available(), 510);
    for (const day of [35, 36, 66]) {
      onDay(day);
      await sweep();
      assert.equal(await available(), 510, `day ${day}`);
    }
    await yearly.change({ plan: "enterprise" }).tell();
    onDay(100);
    await sweep();
    assert.equal(await available(), 10);
  });

  it("that two tabs bought twice ends for the later one", async () => {
    const [first, second] = [new Subscribed(db, who, { created: now() - 100 }), new Subscribed(db, who)];
    await second.pay();
    await first.pay();
    await first.tell();
    const [task, ...others] = await tasks("cancel_subscription");
    assert.deepEqual([task.key, task.data.subscription, task.data.reason, others.length], [
      `duplicate:${second.id}`,
      second.id,
      "duplicate",
      0,
    ]);
  });

  it("whose price is none of ours is left to a person", async () => {
    const strange = new Subscribed(db, who).object();
    strange.items.data[0].price.id = "price_of_somebody_else";
    assert.equal((await applyEvent(db, "customer.subscription.created", { subscription: strange })).verdict, "failed");
  });

  it("stops at the moment it was canceled for, before anybody tells us", async () => {
    const pro = new Subscribed(db, who);
    await pro.pay();
    await pro.change({ cancelAt: pro.fields.end }).tell();
    assert.equal(await plan(), "pro");
    onDay(32);
    assert.equal(await plan(), "free");
  });
});

describe("a renewal that is not paid", () => {
  it("leaves the plan for seven days; then it is Free, told once and canceled once", async () => {
    const pro = new Subscribed(db, who);
    await pro.pay();
    const invoice = pro.invoice({ status: "open", attempts: 1, created: now() });
    await pro.change({ status: "past_due" }).tell("invoice.payment_failed", invoice);
    onDay(6.9);
    await sweep();
    assert.equal(await plan(), "pro");
    assert.deepEqual(await tasks("cancel_subscription"), []);
    onDay(7.1);
    assert.equal(await plan(), "free");
    await sweep();
    await sweep();
    assert.deepEqual((await tasks("cancel_subscription")).map(({ data }) => data.reason), ["grace"]);
    assert.equal(await mails("grace_ended"), 1);
  });

  it("goes on as if nothing had been when it is paid within the grace", async () => {
    const pro = new Subscribed(db, who);
    await pro.pay();
    const invoice = pro.invoice({ status: "open", attempts: 1 });
    await pro.change({ status: "past_due" }).tell("invoice.payment_failed", invoice);
    await pro.change({ status: "active" }).tell("invoice.paid", { ...invoice, status: "paid", amount_paid: 2900 });
    onDay(8);
    assert.equal(await plan(), "pro");
    assert.equal(await mails("payment_recovered"), 1);
  });
});

describe("Free", () => {
  it("brings its allowance from the second month on, once a month", async () => {
    await sweep();
    assert.equal(await available(), 10);
    for (const [day, credits] of [[35, 20], [36, 20], [70, 20]]) {
      onDay(day);
      await sweep();
      assert.equal(await available(), credits, `day ${day}: the welcome stays, the month before ends`);
    }
  });

  it("is not for those who have a plan, and begins in the middle of a month when it ends, not twice", async () => {
    const pro = new Subscribed(db, who, { end: now() + 90 * DAY });
    await pro.pay();
    onDay(35);
    await sweep();
    assert.equal(await available(), 510);
    await pro.change({ status: "canceled", endedAt: now() + 35 * DAY }).tell("customer.subscription.deleted");
    await sweep();
    assert.equal(await available(), 520);
    await pro.change({ latestInvoice: "in_other" }).tell("customer.subscription.updated");
    await db.sql`update public.profiles set free_until = now() where id = ${who.user}`;
    await sweep();
    assert.equal(await available(), 520);
  });
});

describe("an unlimited plan", () => {
  beforeEach(async () => void await new Subscribed(db, who, { plan: "enterprise" }).pay());
  const counted = async () =>
    (await db.asUser(
      who.user,
      (sql) => sql<{ used: number }[]>`select used from read_usage() where entitlement = 'generations'`,
    ))[0].used;

  it("covers jobs, and one that was released leaves nothing and is not counted", async () => {
    const job = await enqueue(db, who.user, 4);
    assert.deepEqual(await balanceOf(db, who.user), { available: 10, held: 4, debt: 0 });
    assert.equal(await counted(), 4);
    await cancel(db, who.user, job);
    assert.deepEqual(await balanceOf(db, who.user), { available: 10, held: 0, debt: 0 });
    assert.equal(await counted(), 0);
  });

  it("covers nobody in debt, and pays no debt", async () => {
    const checkout = await buy(db, who.user, "pack_50");
    await db.asPostgres((sql) =>
      sql`select private.adjust_credits(${who.user}, -60, 'adjustment:spent', '{}', ${`spent ${who.user}`})`
    );
    await applyEvent(db, "charge.dispute.created", {
      payment_intent: intentObject({ id: `pi_${checkout}`, checkout, user: who.user, amount: 3900 }),
      disputes: [disputeObject("dp", 3900, "needs_response")],
    });
    assert.equal(await refusal(enqueue(db, who.user, 1)), "KR006");
    assert.deepEqual(await balanceOf(db, who.user), { available: 0, held: 0, debt: 50 });
  });
});

describe("after all of it", () => {
  it("the books are right", async () => assert.deepEqual(await checkBooks(db), []));
});
