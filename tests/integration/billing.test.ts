import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, it } from "node:test";
import postgres from "postgres";
import { stack, type StackInfo } from "../support/stack.ts";
import { eventAbout, signatureOf } from "../support/stripe-facts.ts";
import { ask, type Customer, newCustomer } from "../support/web.ts";

let info: StackInfo;
let sql: postgres.Sql;
before(async () => {
  info = await stack();
  sql = postgres(info.dbAdmin, { max: 2 });
});
after(() => sql.end());

const open = (customer: Customer, pack = "pack_10", key?: string) =>
  ask("/api/billing/checkout-session", {
    json: { pack },
    token: customer.token,
    headers: key ? { "idempotency-key": key } : {},
  });
const available = async (customer: Customer) =>
  (await ask("/api/credits/balance", { token: customer.token })).body.available;
const statusOf = async (customer: Customer, id: string) =>
  (await ask(`/api/billing/checkout-session/${id}`, { token: customer.token })).body.status;
const sessionsOf = async (customer: Customer) =>
  Number((await sql`select count(*) from public.checkout_sessions where user_id = ${customer.id}`)[0].count);

/** Does on Stripe's page what a customer does there. */
const finish = (url: string, outcome: string) =>
  fetch(url, { method: "POST", body: new URLSearchParams({ outcome }), redirect: "manual" });

async function eventually<T>(look: () => Promise<T>, wanted: T): Promise<void> {
  let seen = await look();
  for (let attempt = 0; attempt < 100 && seen !== wanted; attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    seen = await look();
  }
  assert.equal(seen, wanted);
}

describe("opening a checkout", () => {
  it("answers with Stripe's session and its page, for our price and the person who asked", async () => {
    const customer = await newCustomer();
    const { status, body } = await open(customer, "pack_50");
    assert.equal(status, 201);
    assert.match(body.id, /^cs_test_/);
    assert.ok(URL.canParse(body.url));
    const [row] = await sql`select * from public.checkout_sessions where stripe_session_id = ${body.id}`;
    assert.deepEqual(
      [row.user_id, row.pack, Number(row.credits), Number(row.price_cents), row.status],
      [customer.id, "pack_50", 50, 3900, "open"],
    );
    const there = await fetch(`${info.stripeApi}/v1/checkout/sessions/${body.id}`, {
      headers: { authorization: `Bearer ${info.env.web.STRIPE_SECRET_KEY}` },
    }).then((answer) => answer.json());
    assert.deepEqual(there.metadata, { user_id: customer.id, pack: "pack_50", checkout_id: body.checkout });
    assert.deepEqual([there.mode, there.amount_total, there.currency], ["payment", 3900, "usd"]);
    assert.equal(there.client_reference_id, body.checkout);
    const [{ customer: known }] = await sql`
      select customer from private.stripe_customers where user_id = ${customer.id} and not livemode`;
    assert.deepEqual(
      [there.customer, there.invoice_creation.enabled, there.tax_id_collection.enabled],
      [known, true, true],
    );
    assert.equal(there.success_url, `${info.web}/app/billing/success?session_id={CHECKOUT_SESSION_ID}`);
    assert.equal(there.cancel_url, `${info.web}/app/billing/cancel?checkout=${body.checkout}`);
  });

  it("is of one customer at Stripe, whatever a person buys at once", async () => {
    const customer = await newCustomer();
    const answers = await Promise.all(["pack_10", "pack_50", "pack_200"].map((pack) => open(customer, pack)));
    const stripe = { authorization: `Bearer ${info.env.web.STRIPE_SECRET_KEY}` };
    const customers = await Promise.all(answers.map(async ({ body }) => {
      const there = await fetch(`${info.stripeApi}/v1/checkout/sessions/${body.id}`, { headers: stripe });
      return (await there.json()).customer;
    }));
    assert.match(customers[0], /^cus_/);
    assert.equal(new Set(customers).size, 1);
  });

  it("refuses a pack that does not exist, a stranger, and a key nobody could have meant", async () => {
    const customer = await newCustomer();
    for (const pack of ["pack_11", "", "PACK_10", "pack_10 ", "'; drop table"]) {
      const { status, body } = await open(customer, pack);
      assert.deepEqual([status, Object.keys(body.errors)], [422, ["pack"]], pack);
    }
    assert.equal((await ask("/api/billing/checkout-session", { json: { pack: "pack_10" } })).status, 401);
    assert.equal((await open(customer, "pack_10", "k".repeat(256))).body.code, "validation_failed");
    assert.equal(await sessionsOf(customer), 0);
  });

  it("fifty times at once under one key is one session", async () => {
    const customer = await newCustomer();
    const key = randomUUID();
    const answers = await Promise.all(Array.from({ length: 50 }, () => open(customer, "pack_10", key)));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [201]);
    assert.equal(new Set(answers.map(({ body }) => body.id)).size, 1);
    assert.equal(new Set(answers.map(({ body }) => body.url)).size, 1);
    assert.equal(await sessionsOf(customer), 1);
  });

  it("under a used key with another pack is a conflict; the key of somebody else is nobody's business", async () => {
    const [ann, bob] = await Promise.all([newCustomer(), newCustomer()]);
    const key = randomUUID();
    const first = await open(ann, "pack_10", key);
    const other = await open(ann, "pack_50", key);
    assert.deepEqual([other.status, other.body.code], [409, "idempotency_conflict"]);
    const bobs = await open(bob, "pack_50", key);
    assert.equal(bobs.status, 201);
    assert.notEqual(bobs.body.id, first.body.id);
  });

  it("is limited to twenty a minute", async () => {
    const customer = await newCustomer();
    const key = randomUUID();
    const first = await open(customer, "pack_10", key);
    const answers = await Promise.all(Array.from({ length: 22 }, () => open(customer)));
    const refused = answers.filter(({ status }) => status === 429);
    assert.equal(refused.length, 3);
    assert.ok(Number(refused[0].headers.get("retry-after")) > 0);
    assert.equal(await sessionsOf(customer), 20, "what was refused left nothing behind");
    assert.equal((await open(customer, "pack_10", key)).body.id, first.body.id, "a repeat is no new attempt");
  });

  it("is seen by its owner alone", async () => {
    const [ann, bob] = await Promise.all([newCustomer(), newCustomer()]);
    const { body } = await open(ann);
    for (const id of [body.id, body.checkout]) {
      assert.equal((await ask(`/api/billing/checkout-session/${id}`, { token: ann.token })).body.status, "open");
      const { status, body: problem } = await ask(`/api/billing/checkout-session/${id}`, { token: bob.token });
      assert.deepEqual([status, problem.code], [404, "not_found"]);
    }
    assert.equal((await ask("/api/billing/checkout-session/cs_nothing", { token: ann.token })).status, 404);
  });
});

describe("a payment", () => {
  it("is credited once Stripe says so, with the reason in the ledger", async () => {
    const customer = await newCustomer();
    const { body: checkout } = await open(customer, "pack_200");
    const paid = await finish(checkout.url, "paid");
    assert.equal(paid.headers.get("location"), `${info.web}/app/billing/success?session_id=${checkout.id}`);
    await eventually(() => available(customer), 210);
    assert.equal(await statusOf(customer, checkout.id), "paid");
    const { entries: [entry] } = (await ask("/api/credits/ledger?limit=1", { token: customer.token })).body;
    assert.deepEqual(
      [entry.kind, entry.amount, entry.balance_after, entry.ref, entry.cause.price_cents],
      ["topup", 200, 210, `checkout:${checkout.checkout}`, 13900],
    );
  });

  it("that is declined leaves the checkout open and the balance alone", async () => {
    const customer = await newCustomer();
    const { body: checkout } = await open(customer);
    await finish(checkout.url, "declined");
    assert.equal(await statusOf(customer, checkout.id), "open");
    assert.equal(await available(customer), 10);
    await finish(checkout.url, "paid");
    await eventually(() => available(customer), 20);
  });
});

describe("the webhook, of a payment on Stripe's page", () => {
  const deliver = async (session: string, type = "checkout.session.completed", id?: string) => {
    const { text } = eventAbout({ id: session, object: "checkout.session" }, { type, ...id && { id } });
    const answer = await fetch(`${info.api}/functions/v1/stripe-webhook`, {
      method: "POST",
      body: text,
      headers: { "stripe-signature": await signatureOf(text, info.stripeWebhookSecret) },
    });
    return [answer.status, await answer.json()];
  };
  const RECEIVED = [200, { received: true }];
  const topups = async (customer: Customer) =>
    (await sql`select amount from public.credit_entries where user_id = ${customer.id} and kind = 'topup'`).length;

  it("credits once, however often and however parallel the same event comes", async () => {
    const customer = await newCustomer();
    const { body: checkout } = await open(customer, "pack_50");
    await finish(checkout.url, "paid");
    await eventually(() => available(customer), 60);
    const id = `evt_${randomUUID()}`;
    const storm = Array.from(
      { length: 50 },
      () => deliver(checkout.id, "checkout.session.async_payment_succeeded", id),
    );
    assert.deepEqual(await Promise.all(storm), Array(50).fill(RECEIVED));
    assert.deepEqual(
      await Promise.all(Array.from({ length: 10 }, () => deliver(checkout.id))),
      Array(10).fill(RECEIVED),
    );
    assert.equal(await available(customer), 60);
    assert.equal(await topups(customer), 1);
    const [{ verdict, attempts }] = await sql`
      select verdict, attempts from private.webhook_events where event_id = ${id}`;
    assert.deepEqual([verdict, attempts], ["applied", 50]);
  });

  it("credits once when the first news of it is a storm", async () => {
    const customer = await newCustomer();
    const { body: checkout } = await open(customer, "pack_50");
    const ids = Array.from({ length: 5 }, () => `evt_${randomUUID()}`);
    const [, ...storm] = await Promise.all([
      finish(checkout.url, "paid"),
      ...Array.from({ length: 50 }, (_, nth) => deliver(checkout.id, undefined, ids[nth % ids.length])),
    ]);
    assert.deepEqual(storm, Array(50).fill(RECEIVED));
    await eventually(() => available(customer), 60);
    assert.equal(await topups(customer), 1);
  });
});
