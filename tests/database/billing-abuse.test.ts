import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, beforeEach, describe, it } from "node:test";
import { applyEvent } from "../support/billing-events.ts";
import { intentObject, sessionObject } from "../support/billing-objects.ts";
import { createCustomer, type Customer, DAY, now, Subscribed, syncPrices } from "../support/billing-scene.ts";
import { freshDatabase, type Sql, type TestDatabase } from "../support/database.ts";
import { balanceOf } from "../support/ledger.ts";
import { cancel, checkBooks, claim, complete, enqueue, generate, openCheckout } from "../support/trade.ts";

/* What somebody would try who wants credits, or a plan, without paying for them. */

let db: TestDatabase;
let who: Customer;
before(async () => {
  db = await freshDatabase();
  await syncPrices(db);
});
beforeEach(async () => {
  db.moveClock(null);
  who = await createCustomer(db);
});
after(() => db.close());

const enterprise = () => new Subscribed(db, who, { plan: "enterprise" });
const planInForce = async () => {
  const [{ plan }] = await db.asUser(who.user, (sql) => sql<{ plan: string }[]>`select plan from read_plan()`);
  return plan;
};

/** A pack of 50 with the 10 of the welcome, of which 20 are spent. */
async function buyAndSpend(): Promise<{ refund(): Promise<unknown> }> {
  const { id: checkout, price_cents: amount } = await openCheckout(db, who.user);
  const intent = { id: `pi_${checkout}`, checkout, user: who.user, customer: who.customer, amount };
  const session = sessionObject({ ...intent, id: `cs_${checkout}`, intent: intent.id });
  await applyEvent(db, "checkout.session.completed", { session });
  for (let i = 0; i < 5; i++) await generate(db, who.user, 4);
  return {
    refund: () => applyEvent(db, "charge.refunded", { payment_intent: intentObject({ ...intent, refunded: amount }) }),
  };
}

describe("a debt", () => {
  it("is not paid by what a plan covers, when its job is canceled or brings fewer pictures", async () => {
    const pack = await buyAndSpend();
    await enterprise().pay();
    // Reserved while nothing is owed, given back when something is.
    const [canceled, smaller] = [await enqueue(db, who.user, 4), await enqueue(db, who.user, 4)];
    await pack.refund();
    assert.deepEqual(await balanceOf(db, who.user), { available: 0, held: 8, debt: 10 });
    await cancel(db, who.user, canceled);
    assert.deepEqual(await balanceOf(db, who.user), { available: 0, held: 4, debt: 10 });
    const attempt = (await claim(db, 100)).find(({ job_id }) => job_id === smaller)!;
    await complete(db, attempt, 1);
    assert.deepEqual(await balanceOf(db, who.user), { available: 0, held: 0, debt: 10 });
    assert.deepEqual(await checkBooks(db), []);
  });

  it("stops an unlimited plan", async () => {
    const pack = await buyAndSpend();
    await pack.refund();
    await enterprise().pay();
    await assert.rejects(enqueue(db, who.user), { code: "KR006" });
  });
});

describe("an unlimited plan", () => {
  it("covers nothing that is to run after the month it was paid for", async () => {
    await enterprise().pay();
    const later = (days: number) =>
      db.asUser(
        who.user,
        (sql) =>
          sql`select * from public.enqueue_job('seedream-4-5', '{"prompt": "a lamp"}', p_run_at => now() + make_interval(days => ${days}))`,
      );
    await later(1);
    db.moveClock("25 days");
    await assert.rejects(later(10), { code: "KR004" });
  });

  it("leaves no credits behind when its jobs are canceled, fail in part, or are canceled after it has ended", async () => {
    const plan = enterprise();
    await plan.pay();
    const jobs = [await enqueue(db, who.user, 4), await enqueue(db, who.user, 4)];
    await cancel(db, who.user, jobs[0]);
    await plan.change({ status: "canceled", endedAt: now() }).tell("customer.subscription.deleted");
    await cancel(db, who.user, jobs[1]);
    assert.deepEqual(await balanceOf(db, who.user), { available: 10, held: 0, debt: 0 });
  });

  it("covers nothing while its payment is disputed, and none of it when the dispute was lost", async () => {
    const plan = new Subscribed(db, who, { plan: "enterprise", cycle: "year" });
    const invoice = await plan.pay();
    await enqueue(db, who.user);
    for (const status of ["needs_response", "under_review", "lost"]) {
      await plan.moneyBack(invoice, { disputes: [[99_000, status]] });
      await assert.rejects(enqueue(db, who.user), { code: "KR009" });
    }
    await plan.moneyBack(invoice, { disputes: [[99_000, "won"]] });
    await enqueue(db, who.user);
    assert.equal((await balanceOf(db, who.user)).available, 10);
  });

  it("covers the next month, whose money is there, after the money of the last one was taken back", async () => {
    const start = now() - 40 * DAY;
    const plan = new Subscribed(db, who, { plan: "enterprise", start, end: start + 31 * DAY });
    const invoice = await plan.pay();
    await plan.change({ start: start + 31 * DAY, end: start + 62 * DAY }).pay();
    await plan.moneyBack(invoice, { disputes: [[9900, "lost"]] });
    await enqueue(db, who.user);
  });

  it("is not had for the moment in which a second subscription waits to be canceled and paid back", async () => {
    const first = new Subscribed(db, who, { created: now() - 100 });
    await first.pay();
    const second = new Subscribed(db, who, { plan: "enterprise", created: now() });
    await second.pay();
    assert.equal(await planInForce(), "pro");
    await first.change({ status: "canceled", endedAt: now() }).tell();
    assert.equal(await planInForce(), "enterprise");
  });
});

describe("a trial", () => {
  const trial = (created: number) =>
    new Subscribed(db, who, {
      status: "trialing",
      created,
      trialEnd: created + 7 * DAY,
      start: created,
      end: created + 7 * DAY,
    });

  it("brings its allowance once, however many pages of it were opened at a time", async () => {
    const at = now() - 10;
    for (const subscription of [trial(at + 1), trial(at), trial(at + 2)]) {
      await subscription.pay({ reason: "subscription_create" }, { amount: 0 });
    }
    assert.equal((await balanceOf(db, who.user)).available, 10 + 50);
    assert.deepEqual(await checkBooks(db), []);
  });

  it("brings it once to those that are told of at the same moment", async () => {
    const at = now() - 10;
    await Promise.all(
      Array.from({ length: 10 }, (_, i) => trial(at + i).pay({ reason: "subscription_create" }, { amount: 0 })),
    );
    assert.equal((await balanceOf(db, who.user)).available, 10 + 50);
  });
});

describe("the business's clock", () => {
  it("is not moved by a session that says so, unless the database is a sandbox's", async () => {
    const real = await freshDatabase({ max: 2, clock: "real" });
    try {
      for (const as of [real.asWeb, real.asService, real.asAnon, real.asPostgres]) {
        const [{ moved }] = await as(async (sql: Sql) => {
          await sql`select set_config('kredo.clock_offset', '40 days', true)`;
          await sql`select set_config('kredo.sandbox', 'on', true)`;
          await sql`select set_config('role', session_user, true)`;
          return await sql<{ moved: boolean }[]>`select private.clock() <> now() as moved`;
        });
        assert.equal(moved, false);
      }
    } finally {
      await real.close();
    }
  });
});

describe("the sweep of auto top-ups", () => {
  it("reaches whoever needs one, past all those who have reached their limit", async () => {
    const people = await Promise.all(Array.from({ length: 4 }, () => createCustomer(db)));
    const [last, ...capped] = people.map(({ user }) => user).sort().reverse();
    for (const user of [...capped, last]) {
      await db.sql`
        insert into public.auto_topups (user_id, state, threshold, pack, cap_cents, payment_method)
        values (${user}, 'on', 100, 'pack_10', ${user === last ? 900 : 100}, ${`pm_${randomUUID()}`})`;
    }
    // Those who can buy nothing more are told once, and then are out of the way.
    for (let i = 0; i < 2; i++) await db.asPostgres((sql) => sql`select private.sweep_topups(2)`);
    const [{ n }] = await db.sql<{ n: number }[]>`
      select count(*) as n from public.checkout_sessions where user_id = ${last} and kind = 'auto'`;
    assert.equal(n, 1);
  });
});
