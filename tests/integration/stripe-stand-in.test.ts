/** The Stripe stand-in as the real `stripe` client sees it: the API. */
import assert from "node:assert/strict";
import Stripe from "stripe";
import { pack, secretKey, startStripe } from "../support/stripe-stand-in.ts";

/** What the client throws, told by the parts of Stripe's error that code may rely on. */
async function refused(call: Promise<unknown>, what = ""): Promise<Stripe.errors.StripeError> {
  const outcome = await call.then(() => "answered", (error) => error);
  assert.ok(outcome instanceof Stripe.errors.StripeError, `expected a refusal, got ${outcome} ${what}`);
  return outcome;
}

/** The client's types say a record; under Deno it is `Headers`. */
const header = ({ lastResponse: { headers } }: Stripe.Response<unknown>, name: string) =>
  (headers as unknown as Headers).get(name);

function story(name: string, tell: (stripe: ReturnType<typeof startStripe>) => Promise<void>) {
  Deno.test(`stripe stand-in: ${name}`, async () => {
    const stripe = startStripe();
    try {
      await tell(stripe);
    } finally {
      await stripe.close();
    }
  });
}

/** The pack with something changed; the types would not allow what is to be refused. */
const altered = (change: Record<string, unknown>) => ({ ...pack, ...change }) as Stripe.Checkout.SessionCreateParams;
const priced = (change: Record<string, unknown>, quantity: unknown = 1) =>
  altered({
    line_items: [{
      quantity,
      price_data: { currency: "usd", unit_amount: 900, product_data: { name: "10 credits" }, ...change },
    }],
  });

story("a created session is what the current API answers, and is found again", async ({ client, baseUrl }) => {
  const stripe = client();
  const before = Math.floor(Date.now() / 1000);
  const session = await stripe.checkout.sessions.create(pack);
  assert.match(session.id, /^cs_test_[A-Za-z0-9]{50,}$/);
  assert.equal(session.url, `${baseUrl}/checkout/${session.id}`);
  assert.equal(session.status, "open");
  assert.equal(session.payment_status, "unpaid");
  assert.equal(session.payment_intent, null);
  assert.equal(session.amount_total, 900);
  assert.equal(session.currency, "usd");
  assert.equal(session.livemode, false);
  assert.equal(session.client_reference_id, "user-1");
  assert.deepEqual({ ...session.metadata }, { user_id: "user-1", pack: "pack_10" });
  assert.ok(session.expires_at >= before + 24 * 3600 && session.expires_at <= before + 24 * 3600 + 5);
  assert.match(session.lastResponse.requestId, /^req_/);

  const found = await stripe.checkout.sessions.retrieve(session.id, { expand: ["line_items"] });
  assert.equal(found.id, session.id);
  const [item] = found.line_items!.data;
  assert.equal(item.description, "10 credits");
  assert.equal(item.price!.unit_amount, 900);
  assert.equal(String(item.price!.unit_amount_decimal), "900");
  const items = await stripe.checkout.sessions.listLineItems(session.id);
  assert.deepEqual(items.data.map(({ id }) => id), [item.id]);
});

story("an unknown parameter is named, at any depth", async ({ client, raw }) => {
  const stripe = client();
  const top = await refused(stripe.checkout.sessions.create(altered({ payment_method_types: ["card"] })));
  assert.ok(top instanceof Stripe.errors.StripeInvalidRequestError);
  assert.deepEqual([top.statusCode, top.code, top.param], [400, "parameter_unknown", "payment_method_types"]);
  assert.match(top.message, /Received unknown parameter: payment_method_types/);
  assert.match(top.requestId!, /^req_/);
  const deep = await refused(stripe.checkout.sessions.create(priced({ unit_ammount: 1 })));
  assert.deepEqual([deep.code, deep.param], ["parameter_unknown", "line_items[0][price_data][unit_ammount]"]);
  // The client keeps this one to itself, so it goes without it.
  const inherited = await raw("/v1/checkout/sessions?constructor=x&__proto__[limit]=1");
  assert.match((await inherited.json()).error.message, /unknown parameters: constructor, __proto__/);
});

story("a parameter the stand-in lacks is called that, not unknown", async ({ client }) => {
  const error = await refused(client().checkout.sessions.create(altered({ adaptive_pricing: { enabled: true } })));
  assert.deepEqual([error.statusCode, error.code, error.param], [400, "sandbox_not_implemented", "adaptive_pricing"]);
  assert.equal(
    (await refused(client().checkout.sessions.create(altered({ ui_mode: "embedded_page" })))).param,
    "ui_mode",
  );
});

const wrong: [string, Stripe.Checkout.SessionCreateParams, string | undefined, string | undefined][] = [
  ["no mode", altered({ mode: undefined }), "mode", "parameter_missing"],
  ["a mode nobody has heard of", altered({ mode: "gift" }), "mode", undefined],
  ["no success_url", altered({ success_url: undefined }), "success_url", "parameter_missing"],
  ["a relative success_url", altered({ success_url: "/app/billing/success" }), "success_url", "url_invalid"],
  ["a success_url of another scheme", altered({ success_url: "javascript:alert(1)" }), "success_url", "url_invalid"],
  ["an empty cancel_url", altered({ cancel_url: "" }), "cancel_url", "parameter_invalid_empty"],
  ["no line items", altered({ line_items: undefined }), "line_items", "parameter_missing"],
  ["no price", altered({ line_items: [{ quantity: 1 }] }), "line_items[0][price_data]", "parameter_missing"],
  ["no quantity", priced({}, []), "line_items[0][quantity]", "parameter_missing"],
  ["a quantity of 0", priced({}, 0), "line_items[0][quantity]", "parameter_invalid_integer"],
  [
    "half an amount",
    priced({ unit_amount: 9.5 }),
    "line_items[0][price_data][unit_amount]",
    "parameter_invalid_integer",
  ],
  [
    "an amount below 0",
    priced({ unit_amount: -1 }),
    "line_items[0][price_data][unit_amount]",
    "parameter_invalid_integer",
  ],
  ["no amount", priced({ unit_amount: undefined }), "line_items[0][price_data]", "parameter_missing"],
  ["49 cents", priced({ unit_amount: 49 }), undefined, "amount_too_small"],
  ["a currency of nowhere", priced({ currency: "xxx" }), "line_items[0][price_data][currency]", undefined],
  ["no product name", priced({ product_data: {} }), "line_items[0][price_data][product_data]", "parameter_missing"],
  ["two currencies", altered({ currency: "eur" }), "line_items", undefined],
  ["a wrong e-mail", altered({ customer_email: "nobody" }), "customer_email", "email_invalid"],
  ["a stranger's customer", altered({ customer: "cus_nobody" }), "customer", "resource_missing"],
  [
    "a reference of 201 characters",
    altered({ client_reference_id: "r".repeat(201) }),
    "client_reference_id",
    undefined,
  ],
  ["a language of nowhere", altered({ locale: "xx" }), "locale", undefined],
  [
    "an expiry in 29 minutes",
    altered({ expires_at: Math.floor(Date.now() / 1000) + 29 * 60 }),
    "expires_at",
    undefined,
  ],
  [
    "an expiry in 25 hours",
    altered({ expires_at: Math.floor(Date.now() / 1000) + 25 * 3600 }),
    "expires_at",
    undefined,
  ],
  [
    "51 metadata keys",
    altered({ metadata: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [`k${n}`, "v"])) }),
    "metadata",
    undefined,
  ],
  ["a metadata key of 41", altered({ metadata: { ["k".repeat(41)]: "v" } }), `metadata[${"k".repeat(41)}]`, undefined],
  ["a metadata value of 501", altered({ metadata: { k: "v".repeat(501) } }), "metadata[k]", undefined],
];
story("what Stripe refuses is refused, with the parameter's name", async ({ client }) => {
  const stripe = client();
  for (const [what, params, param, code] of wrong) {
    const error = await refused(stripe.checkout.sessions.create(params), what);
    assert.deepEqual([error.statusCode, error.param, error.code], [400, param, code], `${what}: ${error.message}`);
  }
  assert.equal((await stripe.checkout.sessions.list()).data.length, 0);
});

story("the limits themselves are accepted", async ({ client }) => {
  const stripe = client();
  await stripe.checkout.sessions.create(priced({ unit_amount: 50 }));
  await stripe.checkout.sessions.create(altered({
    expires_at: Math.ceil(Date.now() / 1000) + 30 * 60 + 2,
    client_reference_id: "r".repeat(200),
    metadata: Object.fromEntries(Array.from({ length: 50 }, (_, n) => [`k${n}`.padEnd(40, "."), "v".repeat(500)])),
    locale: "pl",
  }));
});

story("a wrong, missing or misplaced key gets 401, Basic works too", async ({ client, raw, baseUrl }) => {
  const wrong = await refused(client({}, "sk_test_of_somebody_else").checkout.sessions.list());
  assert.ok(wrong instanceof Stripe.errors.StripeAuthenticationError);
  assert.equal(wrong.statusCode, 401);
  assert.doesNotMatch(wrong.message, /somebody/);
  const none = await fetch(`${baseUrl}/v1/events`);
  assert.equal(none.status, 401);
  await none.body?.cancel();
  const basic = await raw("/v1/events", { headers: { authorization: `Basic ${btoa(`${secretKey}:`)}` } });
  assert.equal(basic.status, 200);
  await basic.body?.cancel();
});

story("unknown ids and unknown addresses get 404", async ({ client, raw }) => {
  const stripe = client();
  for (
    const call of [
      stripe.checkout.sessions.retrieve("cs_test_nothing"),
      stripe.checkout.sessions.expire("cs_test_nothing"),
      stripe.checkout.sessions.listLineItems("cs_test_nothing"),
      stripe.paymentIntents.retrieve("pi_nothing"),
      stripe.events.retrieve("evt_nothing"),
      stripe.customers.retrieve("cus_nothing"),
      stripe.charges.retrieve("ch_nothing"),
    ]
  ) {
    const error = await refused(call);
    assert.deepEqual([error.statusCode, error.code], [404, "resource_missing"]);
  }
  assert.equal((await refused(stripe.payouts.list())).statusCode, 404);
  const page = await raw("/checkout/cs_test_nothing");
  assert.equal(page.status, 404);
  await page.body?.cancel();
});

story("a body that is not a form, a strange version, a GET parameter: 400", async ({ raw }) => {
  const json = await raw("/v1/checkout/sessions", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(pack),
  });
  assert.equal(json.status, 400);
  assert.match((await json.json()).error.message, /x-www-form-urlencoded/);
  const version = await raw("/v1/events", { headers: { "stripe-version": "latest" } });
  assert.equal(version.status, 400);
  await version.body?.cancel();
  const stray = await raw("/v1/checkout/sessions?user=1");
  assert.equal((await stray.json()).error.code, "parameter_unknown");
  const nested = await raw("/v1/checkout/sessions", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "metadata=x&metadata[a]=b",
  });
  assert.equal(nested.status, 400);
  await nested.body?.cancel();
});

story("the same idempotency key gives the same answer and one session", async ({ client }) => {
  const stripe = client();
  const first = await stripe.checkout.sessions.create(pack, { idempotencyKey: "buy-1" });
  const second = await stripe.checkout.sessions.create(pack, { idempotencyKey: "buy-1" });
  assert.equal(second.id, first.id);
  assert.equal(header(first, "idempotent-replayed"), null);
  assert.equal(header(second, "idempotent-replayed"), "true");
  assert.equal(header(second, "original-request"), first.lastResponse.requestId);
  assert.equal((await stripe.checkout.sessions.list()).data.length, 1);
});

story("the same key with other parameters or another address is an idempotency error", async ({ client }) => {
  const stripe = client();
  const session = await stripe.checkout.sessions.create(pack, { idempotencyKey: "buy-1" });
  const other = await refused(
    stripe.checkout.sessions.create(priced({ unit_amount: 3900 }), { idempotencyKey: "buy-1" }),
  );
  assert.ok(other instanceof Stripe.errors.StripeIdempotencyError);
  assert.equal(other.statusCode, 400);
  const elsewhere = await refused(stripe.checkout.sessions.expire(session.id, {}, { idempotencyKey: "buy-1" }));
  assert.ok(elsewhere instanceof Stripe.errors.StripeIdempotencyError);
});

story("a request refused for its parameters does not use up its key", async ({ client }) => {
  const stripe = client();
  await refused(stripe.checkout.sessions.create(priced({ unit_amount: 1 }), { idempotencyKey: "buy-1" }));
  await stripe.checkout.sessions.create(pack, { idempotencyKey: "buy-1" });
});

story("a key of 255 characters passes, one of 256 does not", async ({ client }) => {
  const stripe = client();
  await stripe.checkout.sessions.create(pack, { idempotencyKey: "k".repeat(255) });
  const error = await refused(stripe.checkout.sessions.create(pack, { idempotencyKey: "k".repeat(256) }));
  assert.equal(error.statusCode, 400);
});

story("twenty at once with one key: one goes through, the others are told it is in use", async ({ client }) => {
  const stripe = client();
  const calls = Array.from({ length: 20 }, () => stripe.checkout.sessions.create(pack, { idempotencyKey: "buy-1" }));
  const settled = await Promise.allSettled(calls);
  const ids = new Set(settled.flatMap((call) => call.status === "fulfilled" ? [call.value.id] : []));
  const reasons = settled.flatMap((call) => call.status === "rejected" ? [call.reason] : []);
  assert.equal(ids.size, 1);
  assert.ok(reasons.length > 0);
  for (const reason of reasons) assert.deepEqual([reason.statusCode, reason.code], [409, "idempotency_key_in_use"]);
  assert.equal((await stripe.checkout.sessions.list()).data.length, 1);
});

story("twenty at once that retry all get the one session", async ({ client }) => {
  const stripe = client({ maxNetworkRetries: 3 });
  const sessions = await Promise.all(
    Array.from({ length: 20 }, () => stripe.checkout.sessions.create(pack, { idempotencyKey: "buy-1" })),
  );
  assert.equal(new Set(sessions.map(({ id }) => id)).size, 1);
});

story("lists are pages, newest first, and filter by payment", async ({ client, press }) => {
  const stripe = client();
  const made: string[] = [];
  for (let n = 0; n < 5; n++) made.unshift((await stripe.checkout.sessions.create(pack)).id);
  const first = await stripe.checkout.sessions.list({ limit: 2 });
  assert.deepEqual([first.data.map(({ id }) => id), first.has_more], [made.slice(0, 2), true]);
  const rest = await stripe.checkout.sessions.list({ limit: 3, starting_after: made[1] });
  assert.deepEqual([rest.data.map(({ id }) => id), rest.has_more], [made.slice(2), false]);
  const back = await stripe.checkout.sessions.list({ limit: 2, ending_before: made[3] });
  assert.deepEqual([back.data.map(({ id }) => id), back.has_more], [made.slice(1, 3), true]);
  const every: string[] = [];
  for await (const { id } of stripe.checkout.sessions.list({ limit: 2 })) every.push(id);
  assert.deepEqual(every, made);

  const { url } = await stripe.checkout.sessions.retrieve(made[4]);
  await press(url!, "paid");
  const paid = await stripe.checkout.sessions.retrieve(made[4]);
  const byPayment = await stripe.checkout.sessions.list({ payment_intent: paid.payment_intent as string });
  assert.deepEqual(byPayment.data.map(({ id }) => id), [made[4]]);
  assert.deepEqual((await stripe.checkout.sessions.list({ status: "complete" })).data.map(({ id }) => id), [made[4]]);
  assert.equal((await refused(stripe.checkout.sessions.list({ limit: 101 }))).param, "limit");
  assert.equal(
    (await refused(stripe.checkout.sessions.list({ starting_after: "cs_test_nothing" }))).code,
    "resource_missing",
  );
});

story("expand puts objects for ids, and refuses what is none", async ({ client, press }) => {
  const stripe = client();
  const { id, url } = await stripe.checkout.sessions.create(pack);
  await press(url!, "paid");
  const session = await stripe.checkout.sessions.retrieve(id, {
    expand: ["payment_intent.latest_charge", "line_items"],
  });
  const intent = session.payment_intent as Stripe.PaymentIntent;
  assert.equal(intent.status, "succeeded");
  assert.equal((intent.latest_charge as Stripe.Charge).paid, true);
  const listed = await stripe.checkout.sessions.list({ expand: ["data.payment_intent"] });
  assert.equal((listed.data[0].payment_intent as Stripe.PaymentIntent).id, intent.id);
  const error = await refused(stripe.checkout.sessions.retrieve(id, { expand: ["metadata"] }));
  assert.match(error.message, /cannot be expanded/);
});

story("a customer is kept and pays under their own address", async ({ client, press }) => {
  const stripe = client();
  const customer = await stripe.customers.create({ email: "ada@example.com", name: "Ada", metadata: { user: "1" } });
  assert.equal((await stripe.customers.retrieve(customer.id) as Stripe.Customer).email, "ada@example.com");
  const { id, url } = await stripe.checkout.sessions.create({ ...pack, customer: customer.id });
  await press(url!, "paid");
  const session = await stripe.checkout.sessions.retrieve(id);
  assert.equal(session.customer_details!.email, "ada@example.com");
  assert.equal((await stripe.checkout.sessions.list({ customer: customer.id })).data.length, 1);
});
