/** What programs read about plan and usage, and Stripe's portal; and that /docs/billing shows answers as they are. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, describe, it } from "node:test";
import postgres from "postgres";
import { localePath, LOCALES } from "../../locales/mod.ts";
import { examplesOn, shapeOf } from "../support/docs.ts";
import { invoiceScene } from "../support/invoice-facts.ts";
import { startJob, untilEnded } from "../support/jobs.ts";
import { stack } from "../support/stack.ts";
import { ask, type Customer, newCustomer } from "../support/web.ts";

const { dbAdmin } = await stack();
const sql = postgres(dbAdmin, { max: 1, onnotice: () => {} });
const { apply, invoice } = invoiceScene(sql);
after(() => sql.end());

const DAY = 86_400;
const now = Math.floor(Date.now() / 1000);
const iso = (at: number) => new Date(at * 1000).toISOString();

const read = async (path: string, { token }: Customer) => {
  const { status, body, text } = await ask(path, { token });
  assert.equal(status, 200, text);
  return body;
};
const subscription = (customer: Customer) => read("/api/billing/subscription", customer);

interface SubscriptionFields {
  id?: string;
  plan?: string;
  interval?: "month" | "year";
  status?: string;
  start?: number;
  cancelAtPeriodEnd?: boolean;
  trialEnd?: number;
  latestInvoice?: { id: string; created: number };
}

/** A subscription as Stripe has it now; its period began ten days ago. @returns its id */
async function subscribe({ id: user }: Customer, fields: SubscriptionFields = {}): Promise<string> {
  const { id = `sub_${randomUUID()}`, plan = "pro", interval = "month", status = "active" } = fields;
  const start = fields.start ?? now - 10 * DAY;
  const [{ price }] = await sql`select private.stripe_id_of(false, ${`price:${plan}:${interval}@1`}) as price`;
  await apply(user, (customer) => ({
    subscription: {
      id,
      customer,
      status,
      created: start,
      trial_end: fields.trialEnd ?? null,
      cancel_at_period_end: fields.cancelAtPeriodEnd ?? false,
      cancel_at: null,
      ended_at: null,
      latest_invoice: fields.latestInvoice ?? null,
      items: {
        data: [{
          price: { id: price },
          current_period_start: start,
          current_period_end: start + (interval === "year" ? 365 : 30) * DAY,
        }],
      },
    },
  }));
  return id;
}

describe("the subscription, over the API", () => {
  const free = {
    plan: "free",
    status: null,
    interval: null,
    cancel_at_period_end: false,
    cancel_at: null,
    trial_ends_at: null,
    grace_ends_at: null,
    payment_url: null,
  };

  it("is Free, month by month, for whoever never had one", async () => {
    assert.equal((await ask("/api/billing/subscription")).status, 401);
    const customer = await newCustomer();
    const [{ ends }] = await sql`
      select w.ends from public.profiles p cross join lateral private.month_window(p.created_at, private.clock()) w
      where p.id = ${customer.id}`;
    assert.deepEqual(await subscription(customer), { ...free, current_period_end: ends.toISOString() });
  });

  it("is the plan that was bought, to the end of its period, and whether it ends there", async () => {
    const customer = await newCustomer();
    const id = await subscribe(customer);
    const end = iso(now + 20 * DAY);
    const active = { ...free, plan: "pro", status: "active", interval: "month", current_period_end: end };
    assert.deepEqual(await subscription(customer), active);
    await subscribe(customer, { id, cancelAtPeriodEnd: true });
    assert.deepEqual(await subscription(customer), { ...active, cancel_at_period_end: true, cancel_at: end });
    await subscribe(customer, { id, plan: "enterprise", interval: "year" });
    assert.partialDeepStrictEqual(await subscription(customer), {
      plan: "enterprise",
      interval: "year",
      current_period_end: iso(now + 355 * DAY),
      cancel_at_period_end: false,
    });
  });

  it("says until when a trial goes on, and what a missing payment leads to", async () => {
    const customer = await newCustomer();
    const id = await subscribe(customer, { status: "trialing", trialEnd: now + 4 * DAY });
    assert.partialDeepStrictEqual(await subscription(customer), {
      plan: "pro",
      status: "trialing",
      trial_ends_at: iso(now + 4 * DAY),
      grace_ends_at: null,
    });
    const owed = await invoice(customer.id, { status: "open" });
    await subscribe(customer, { id, status: "past_due", latestInvoice: { id: owed, created: now - 2 * DAY } });
    assert.partialDeepStrictEqual(await subscription(customer), {
      plan: "pro",
      status: "past_due",
      trial_ends_at: null,
      grace_ends_at: iso(now + 5 * DAY),
      payment_url: `https://stripe.example/i/${owed}`,
    });
    await subscribe(customer, { id, status: "past_due", latestInvoice: { id: owed, created: now - 8 * DAY } });
    assert.partialDeepStrictEqual(
      await subscription(customer),
      { plan: "free", status: "past_due", interval: null, grace_ends_at: null },
      "after the grace it is Free, and still says what is owed",
    );
  });

  it("that has ended or was never paid leaves Free, with its last word", async () => {
    for (const status of ["canceled", "incomplete", "incomplete_expired", "unpaid"]) {
      const customer = await newCustomer();
      await subscribe(customer, { status });
      const { current_period_end, ...rest } = await subscription(customer);
      assert.deepEqual(rest, { ...free, status });
      assert.ok(Date.parse(current_period_end) > Date.now(), "the month that counts is this one");
    }
  });
});

describe("usage, over the API", () => {
  it("tells of every entitlement what is used, what it ends at and when it begins anew", async () => {
    assert.equal((await ask("/api/usage")).status, 401);
    const customer = await newCustomer();
    const before = await read("/api/usage", customer);
    const limits = await sql`
      select distinct on (entitlement) entitlement, maximum::int as limit from public.plan_entitlements
      where plan = 'free' order by entitlement, version desc`;
    assert.deepEqual(
      Object.fromEntries(Object.entries(before).map(([name, each]) => [name, (each as { limit: number }).limit])),
      Object.fromEntries(limits.map(({ entitlement, limit }) => [entitlement, limit])),
    );
    assert.deepEqual(before.generations, {
      used: 0,
      limit: 10,
      resets_at: (await subscription(customer)).current_period_end,
    });
    assert.equal(before.datasets.resets_at, null, "what is kept does not come back by itself");

    const job = await startJob(customer);
    assert.equal((await read("/api/usage", customer)).generations.used, 1, "what is reserved is used");
    await untilEnded(customer, job.id);
    const after = await read("/api/usage", customer);
    assert.deepEqual([after.generations.used, after.concurrency.used], [1, 0]);
    assert.equal((await read("/api/usage", await newCustomer())).generations.used, 0, "by this person alone");
  });

  it("has no limit where the plan is unlimited", async () => {
    const customer = await newCustomer();
    await subscribe(customer, { plan: "enterprise" });
    const { generations } = await read("/api/usage", customer);
    assert.deepEqual([generations.used, generations.limit], [0, null]);
    assert.equal(typeof generations.resets_at, "string");
  });
});

describe("Stripe's portal, over the API", () => {
  it("is opened for the signed-in person, whoever a body names", async () => {
    assert.equal((await ask("/api/billing/portal-session", { method: "POST" })).status, 401);
    const [ann, bob] = await Promise.all([newCustomer(), newCustomer()]);
    const open = async (customer: Customer, json: unknown) => {
      const { status, body, text } = await ask("/api/billing/portal-session", { token: customer.token, json });
      assert.equal(status, 200, text);
      assert.deepEqual(Object.keys(body), ["url"]);
      return new URL(body.url).href;
    };
    await open(bob, {});
    const [{ customer: bobs }] = await sql`select customer from private.stripe_customers where user_id = ${bob.id}`;
    const url = await open(ann, { customer: bobs, user_id: bob.id });
    const [{ customer: anns }] = await sql`select customer from private.stripe_customers where user_id = ${ann.id}`;
    assert.notEqual(anns, bobs);
    assert.notEqual(url, await open(bob, {}));
  });
});

describe("the page about the API of billing", () => {
  it("shows answers of the shape that real ones have", async () => {
    const customer = await newCustomer();
    const { token } = customer;
    await subscribe(customer);
    await invoice(customer.id, { tax_ids: [{ type: "eu_vat", value: "PL7250000000" }] });
    const visitor = await newCustomer();
    const real: Record<string, unknown> = {
      subscription: (await ask("/api/billing/subscription", { token })).body,
      invoices: (await ask("/api/billing/invoices", { token })).body,
      usage: (await ask("/api/usage", { token })).body,
      checkout: (await ask("/api/billing/checkout-session", { token: visitor.token, json: { pack: "pack_50" } })).body,
      portal: (await ask("/api/billing/portal-session", { token: visitor.token, json: {} })).body,
    };
    // Of an invoice that belongs to no subscription; the one on the page does.
    (real.invoices as { invoices: { subscription: string | null }[] }).invoices[0].subscription = "sub_1";
    for (const locale of LOCALES) {
      const examples = await examplesOn(localePath(locale, "/docs/billing"));
      assert.deepEqual(Object.keys(examples), ["checkout", "portal", "subscription", "invoices", "usage"]);
      assert.deepEqual(limitsOf(examples.usage), limitsOf(real.usage), "the plan's own limits");
      for (const [name, example] of Object.entries(examples)) {
        assert.deepEqual(shapeOf(real[name]), shapeOf(example), name);
      }
    }
  });
});

/** Of generations it is what was granted, and nothing was here. */
const limitsOf = (usage: unknown) =>
  Object.entries(usage as Record<string, { limit: number | null }>).filter(([name]) => name !== "generations")
    .map(([name, { limit }]) => [name, limit]);
