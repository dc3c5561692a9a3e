/** The Stripe stand-in charges saved cards without their owner, as the real `stripe` client asks it to. */
import assert from "node:assert/strict";
import Stripe from "stripe";
import { pack, receiveWebhooks, startStripe } from "../support/stripe-stand-in.ts";
import { until } from "../support/until.ts";

interface Scene {
  stripe: ReturnType<typeof startStripe>;
  client: Stripe;
  webhooks: ReturnType<typeof receiveWebhooks>;
  /** A customer with a saved card of Stripe's test cards. */
  saved(token?: string): Promise<{ customer: string; payment_method: string }>;
}

function story(name: string, tell: (scene: Scene) => Promise<void>) {
  Deno.test(`stripe stand-in: ${name}`, async () => {
    const webhooks = receiveWebhooks();
    const stripe = startStripe({ webhookUrl: webhooks.url });
    const client = stripe.client();
    try {
      await tell({
        stripe,
        client,
        webhooks,
        async saved(token = "pm_card_visa") {
          const customer = await client.customers.create({ email: "ada@example.com" });
          const card = await client.paymentMethods.attach(token, { customer: customer.id });
          return { customer: customer.id, payment_method: card.id };
        },
      });
    } finally {
      await stripe.close();
      await webhooks.close();
    }
  });
}

async function refused(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const outcome = await call.then(() => "answered", (error) => error);
  assert.ok(outcome instanceof Stripe.errors.StripeError, `expected a refusal, got ${outcome}`);
  return outcome;
}

/** How a top-up is charged: by the merchant, while its owner is elsewhere. */
const topUp: Stripe.PaymentIntentCreateParams = {
  amount: 900,
  currency: "usd",
  confirm: true,
  off_session: true,
  automatic_payment_methods: { enabled: true, allow_redirects: "never" },
  description: "10 credits",
  metadata: { top_up: "1" },
  receipt_email: "ada@example.com",
};

story("a saved card pays without its owner", async ({ client, webhooks, saved }) => {
  const card = await saved();
  const intent = await client.paymentIntents.create({ ...topUp, ...card, expand: ["latest_charge"] });
  assert.deepEqual([intent.status, intent.amount_received, intent.customer], ["succeeded", 900, card.customer]);
  assert.deepEqual({ ...intent.metadata }, { top_up: "1" });
  const charge = intent.latest_charge as Stripe.Charge;
  assert.deepEqual([charge.paid, charge.payment_method], [true, card.payment_method]);
  assert.equal(charge.payment_method_details!.card!.last4, "4242");
  await until(() => webhooks.of("payment_intent.succeeded").length === 1, "payment_intent.succeeded");
  const types = (await client.events.list()).data.map(({ type }) => type);
  assert.deepEqual(types.slice(0, 3), ["payment_intent.succeeded", "charge.succeeded", "payment_intent.created"]);
  const [{ event }] = webhooks.of("payment_intent.succeeded");
  assert.match(event.request!.id!, /^req_/);

  await client.paymentIntents.create({ ...topUp, ...await saved() });
  const listed = await client.paymentIntents.list({ customer: card.customer });
  assert.deepEqual(listed.data.map(({ id }) => id), [intent.id]);
  assert.deepEqual((await client.charges.list({ customer: card.customer })).data.map(({ id }) => id), [charge.id]);
  assert.equal((await client.refunds.create({ payment_intent: intent.id, amount: 100 })).charge, charge.id);
});

for (
  const [token, code, decline] of [
    ["pm_card_chargeCustomerFail", "card_declined", "generic_decline"],
    ["pm_card_authenticationRequired", "authentication_required", "authentication_required"],
  ]
) {
  story(`${code}: a saved card that does not pay is a 402 with the payment in it`, async (scene) => {
    const { client, webhooks, saved } = scene;
    const card = await saved(token);
    const error = await refused(client.paymentIntents.create({ ...topUp, ...card }));
    assert.ok(error instanceof Stripe.errors.StripeCardError);
    assert.deepEqual([error.statusCode, error.code, error.decline_code], [402, code, decline]);
    assert.equal(error.payment_method!.id, card.payment_method);
    const { id, status, last_payment_error } = error.payment_intent!;
    assert.equal(status, "requires_payment_method");
    assert.equal(last_payment_error!.code, code);
    const kept = await client.paymentIntents.retrieve(id);
    assert.deepEqual([kept.status, kept.latest_charge], ["requires_payment_method", error.charge]);
    assert.equal((await client.charges.retrieve(error.charge!)).status, "failed");
    await until(() => webhooks.of("payment_intent.payment_failed").length === 1, "payment_failed");
    assert.equal(webhooks.of("charge.failed").length, 1);

    // The same intent may be tried again with a card that pays.
    const visa = await client.paymentMethods.attach("pm_card_visa", { customer: card.customer });
    const paid = await client.paymentIntents.confirm(id, { payment_method: visa.id, off_session: true });
    assert.equal(paid.status, "succeeded");
  });
}

story("a declined payment under a key is the same decline again", async ({ client, saved }) => {
  const params = { ...topUp, ...await saved("pm_card_chargeCustomerFail") };
  const first = await refused(client.paymentIntents.create(params, { idempotencyKey: "top-up-1" }));
  const second = await refused(client.paymentIntents.create(params, { idempotencyKey: "top-up-1" }));
  assert.equal(second.payment_intent!.id, first.payment_intent!.id);
  assert.equal((await client.charges.list({ payment_intent: first.payment_intent!.id })).data.length, 1);
});

story("with its owner at hand a card that asks waits for them", async ({ client, webhooks, saved }) => {
  const { off_session: _, ...present } = topUp;
  const intent = await client.paymentIntents.create({ ...present, ...await saved("pm_card_authenticationRequired") });
  assert.deepEqual([intent.status, intent.next_action!.type], ["requires_action", "use_stripe_sdk"]);
  await until(() => webhooks.of("payment_intent.requires_action").length === 1, "requires_action");
  assert.equal(
    (await client.paymentIntents.cancel(intent.id, { cancellation_reason: "abandoned" })).status,
    "canceled",
  );
  await until(() => webhooks.of("payment_intent.canceled").length === 1, "canceled");
  assert.equal((await refused(client.paymentIntents.confirm(intent.id))).code, "payment_intent_unexpected_state");
});

story("an intent is confirmed once", async ({ client, saved }) => {
  const { confirm: _, off_session: __, ...later } = topUp;
  const intent = await client.paymentIntents.create({ ...later, ...await saved() });
  assert.equal(intent.status, "requires_confirmation");
  assert.equal((await client.paymentIntents.confirm(intent.id, { off_session: true })).status, "succeeded");
  const again = await refused(client.paymentIntents.confirm(intent.id));
  assert.match(again.message, /already succeeded/);
  assert.equal((await refused(client.paymentIntents.cancel(intent.id))).code, "payment_intent_unexpected_state");
});

story("what Stripe refuses of a payment is refused, and leaves nothing", async ({ client, saved }) => {
  const mine = await saved();
  const theirs = await saved();
  const cases: [change: Record<string, unknown>, param: string | undefined, code: string | undefined][] = [
    [{ amount: 49 }, "amount", "amount_too_small"],
    [{ amount: undefined }, "amount", "parameter_missing"],
    [{ currency: undefined }, "currency", "parameter_missing"],
    [{ customer: "cus_nothing" }, "customer", "resource_missing"],
    [{ payment_method: "pm_nothing" }, "payment_method", "resource_missing"],
    [{ payment_method: theirs.payment_method }, "payment_method", "resource_missing"],
    [{ customer: undefined }, undefined, undefined],
    [{ payment_method: undefined }, undefined, "payment_intent_unexpected_state"],
    [{ confirm: false }, "off_session", undefined],
    [{ automatic_payment_methods: undefined }, "return_url", undefined],
    [{ payment_method_types: ["card"] }, "payment_method_types", "parameter_unknown"],
    [{ capture_method: "manual" }, "capture_method", "sandbox_not_implemented"],
  ];
  for (const [change, param, code] of cases) {
    const params = { ...topUp, ...mine, ...change } as Stripe.PaymentIntentCreateParams;
    const error = await refused(client.paymentIntents.create(params));
    assert.deepEqual([error.statusCode, error.param, error.code], [400, param, code], JSON.stringify(change));
  }
  assert.deepEqual((await client.paymentIntents.list()).data, []);
});

story("the payment of a checkout is the checkout's own", async ({ stripe, client }) => {
  const { id, url } = await client.checkout.sessions.create(pack);
  await (await stripe.press(url!, "declined")).body?.cancel();
  const { payment_intent } = await client.checkout.sessions.retrieve(id);
  for (
    const call of [
      client.paymentIntents.confirm(payment_intent as string, { payment_method: "pm_card_visa" }),
      client.paymentIntents.cancel(payment_intent as string),
    ]
  ) assert.match((await refused(call)).message, /created by Checkout/);
});

story("a customer is given a card that fails, and one that works again", async ({ stripe, client, saved }) => {
  const { customer } = await saved();
  const charge = async () => {
    const { invoice_settings } = await client.customers.retrieve(customer) as Stripe.Customer;
    const payment_method = invoice_settings.default_payment_method as string;
    return (await client.paymentIntents.create({ ...topUp, customer, payment_method })).status;
  };
  stripe.bank.giveCard(customer, "fails");
  assert.equal((await refused(charge())).code, "card_declined");
  stripe.bank.giveCard(customer, "visa");
  assert.equal(await charge(), "succeeded");
});

story("a customer's other card is also what their subscription is paid with", async ({ stripe, client, saved }) => {
  const { customer, payment_method } = await saved();
  const { id: product } = await client.products.create({ name: "Studio" });
  const price = await client.prices.create({
    product,
    currency: "usd",
    unit_amount: 2900,
    recurring: { interval: "month" },
  });
  const { id } = await client.subscriptions.create({
    customer,
    items: [{ price: price.id }],
    default_payment_method: payment_method,
  });
  stripe.bank.giveCard(customer, "fails");
  const { default_payment_method } = await client.subscriptions.retrieve(id, { expand: ["default_payment_method"] });
  assert.equal((default_payment_method as Stripe.PaymentMethod).card!.last4, "0341");
  await stripe.clock.advanceTo(stripe.clock.nowMs() + 32 * 86_400_000);
  assert.equal((await client.subscriptions.retrieve(id)).status, "past_due");
});
