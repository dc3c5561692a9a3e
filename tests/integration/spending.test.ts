import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { applyStripeEvent, newsOf } from "../../domain/billing/stripe/apply-event.ts";
import { readOffer } from "../../domain/catalogue/read-offer.ts";
import { dailySpend } from "../../domain/credits/daily-spend.ts";
import { AppError } from "../../domain/errors.ts";
import { enqueueJob } from "../../domain/jobs/enqueue-job.ts";
import { type Database, openDatabase } from "../../platform/database.ts";
import type { Session } from "../../platform/request.ts";
import { connectionUrl } from "../../sandbox/postgres/mod.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import { balanceOf } from "../support/ledger.ts";

let test: TestDatabase;
let web: Database;
before(async () => {
  test = await freshDatabase();
  web = openDatabase(connectionUrl("kredo_web", Number(new URL(test.adminUrl).port), test.name), { max: 3 });
});
after(async () => {
  await web.end();
  await test.close();
});

const sessionOf = (userId: string): Session => ({ userId, email: "", accessToken: "", claims: { sub: userId } });

describe("what was spent", () => {
  it("is summed by the day in UTC, with days of nothing in between", async () => {
    const user = await test.createUser();
    const spend = (amount: number, at: string) =>
      test.sql`
        insert into public.credit_entries
          (user_id, seq, kind, amount, counter_account, balance_after, ref, created_at, hash)
        select ${user}, max(seq) + 1, 'settle', ${-amount}, 'usage', 0, 'job:x',
          ((now() at time zone 'utc')::date + ${at}::interval) at time zone 'utc', ''
        from public.credit_entries where user_id = ${user}`;
    await spend(9, "-3 days +23 hours 59 minutes 59 seconds");
    await spend(1, "-2 days");
    await spend(2, "-1 day -1 second");
    await spend(4, "0 seconds");
    const days = await web.asUser({ sub: user }, (sql) => dailySpend(sql, 3));
    assert.deepEqual(days.map(({ credits }) => credits), [3, 0, 4]);
    assert.equal(days.at(-1)?.day, new Date().toISOString().slice(0, 10));
  });
});

describe("jobs a minute", () => {
  const limits = { "requests for them": ["jobs", 300], "the plan": ["plan_rate", 60] } as const;
  for (const [what, [bucket, hits]] of Object.entries(limits)) {
    it(`are limited by ${what}, and a refused one reserves nothing`, async () => {
      const user = await test.createUser();
      const ask = () =>
        enqueueJob({ db: web }, sessionOf(user), { model: "seedream-4-5", input: { prompt: "a lamp" } });
      await ask();
      await test.sql`update private.rate_limits set hits = ${hits} where bucket = ${bucket} and key = ${user}`;
      await assert.rejects(ask(), (error: AppError) => error.code === "rate_limited" && error.retryAfter! > 0);
      assert.deepEqual(await balanceOf(test, user), { available: 9, held: 1, debt: 0 });
    });
  }
});

describe("the free allowance", () => {
  it("is one number: what the plan Free includes, what is promised at sign-up, and what a new account gets", async () => {
    await test.sql`select private.set_entitlement('free', 'generations', 25)`;
    try {
      assert.equal((await readOffer({ db: web })).welcome, 25);
      assert.equal((await balanceOf(test, await test.createUser())).available, 25);
    } finally {
      await test.sql`select private.set_entitlement('free', 'generations', 10)`;
    }
  });
});

describe("a payment", () => {
  /** Stripe tells of a paid session, and shows it when it is asked. */
  async function paid(user: string, { livemode = false, name = "Ann" }): Promise<string> {
    const [{ checkout_id }] = await web.asWeb((sql) =>
      sql<{ checkout_id: string }[]>`select checkout_id from private.open_checkout(${user}, 'pack_10', null, '')`
    );
    const session = {
      id: `cs_${checkout_id}`,
      metadata: { checkout_id, user_id: user },
      amount_total: 900,
      currency: "usd",
      payment_status: "paid",
      status: "complete",
      payment_intent: `pi_${checkout_id}`,
      customer_details: { name },
    };
    const event = {
      id: `evt_${checkout_id}`,
      type: "checkout.session.completed",
      livemode,
      created: 1_800_000_000,
      data: { object: session },
    };
    const config = { stripe: { livemode: false } };
    const stripe = { checkout: { sessions: { retrieve: () => Promise.resolve(session) } } };
    const db = openDatabase(test.url, { max: 1 });
    try {
      const { verdict, effects } = await applyStripeEvent({ db, config, stripe } as never, newsOf(event as never)!);
      return effects[0] ?? verdict;
    } finally {
      await db.end();
    }
  }

  it("is credited although the customer's name holds what a database cannot", async () => {
    const user = await test.createUser();
    assert.equal(await paid(user, { name: "A\0nn \ud800" }), "credited");
    assert.equal((await balanceOf(test, user)).available, 20);
  });

  it("of the other mode, live or test, than our key is never credited", async () => {
    const user = await test.createUser();
    assert.equal(await paid(user, { livemode: true }), "ignored");
    assert.equal((await balanceOf(test, user)).available, 10);
  });
});
