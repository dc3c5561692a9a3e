/** The Stripe stand-in's refunds and disputes, as the real `stripe` client and the receiver of webhooks see them. */
import assert from "node:assert/strict";
import Stripe from "stripe";
import { pack, receiveWebhooks, type StandInOptions, startStripe } from "../support/stripe-stand-in.ts";
import { until } from "../support/until.ts";

interface Scene {
  stripe: ReturnType<typeof startStripe>;
  client: Stripe;
  webhooks: ReturnType<typeof receiveWebhooks>;
  /** Pays nine dollars; the id of the payment intent. */
  buy(): Promise<string>;
  /** The payment's charge as it is now. */
  charge(payment: string): Promise<Stripe.Charge>;
}

function story(name: string, tell: (scene: Scene) => Promise<void>, options: StandInOptions = {}) {
  Deno.test(`stripe stand-in: ${name}`, async () => {
    const webhooks = receiveWebhooks();
    const stripe = startStripe({ webhookUrl: webhooks.url, ...options });
    const client = stripe.client();
    try {
      await tell({
        stripe,
        client,
        webhooks,
        async buy() {
          const { id, url } = await client.checkout.sessions.create(pack);
          await (await stripe.press(url!, "paid")).body?.cancel();
          const { payment_intent } = await client.checkout.sessions.retrieve(id);
          await until(() => webhooks.of("checkout.session.completed").length > 0, "the payment's events");
          return payment_intent as string;
        },
        async charge(payment) {
          const [charge] = (await client.charges.list({ payment_intent: payment })).data;
          return charge;
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

/** The types of events that tell of money on its way back, in the order in which they happened. */
const moneyBack = async (client: Stripe) =>
  (await client.events.list({ limit: 100 })).data.reverse().map(({ type }) => type)
    .filter((type) => /^refund\.|^charge\.refunded$|^charge\.dispute\./.test(type));

story("a refund gives all back, and tells of it", async ({ client, webhooks, buy, charge }) => {
  const payment = await buy();
  const refund = await client.refunds.create({
    payment_intent: payment,
    reason: "requested_by_customer",
    metadata: { order: "7" },
  });
  assert.match(refund.id, /^re_/);
  const { id, amount_refunded, refunded } = await charge(payment);
  assert.deepEqual([refund.status, refund.amount, refund.charge, refund.payment_intent], [
    "succeeded",
    900,
    id,
    payment,
  ]);
  assert.deepEqual([amount_refunded, refunded], [900, true]);
  assert.deepEqual(await moneyBack(client), ["refund.created", "charge.refunded"]);
  await until(() => webhooks.of("charge.refunded").length === 1, "charge.refunded");
  const told = webhooks.of("charge.refunded")[0].event;
  assert.equal((told.data.object as Stripe.Charge).amount_refunded, 900);
  assert.deepEqual({ ...told.data.previous_attributes }, { amount_refunded: 0, refunded: false });
  assert.match(told.request!.id!, /^req_/);
});

story("partial refunds add up, and no cent more than was paid is given back", async ({ client, buy, charge }) => {
  const payment = await buy();
  const first = await client.refunds.create({ payment_intent: payment, amount: 200 });
  const { id } = await charge(payment);
  const second = await client.refunds.create({ charge: id, amount: 300 });
  assert.deepEqual([(await charge(payment)).amount_refunded, (await charge(payment)).refunded], [500, false]);
  const over = await refused(client.refunds.create({ payment_intent: payment, amount: 401 }));
  assert.ok(over instanceof Stripe.errors.StripeInvalidRequestError);
  assert.equal(over.param, "amount");
  assert.equal(over.message, "Refund amount ($4.01) is greater than unrefunded amount on charge ($4.00)");
  const rest = await client.refunds.create({ payment_intent: payment });
  assert.equal(rest.amount, 400);
  assert.equal((await charge(payment)).refunded, true);
  const again = await refused(client.refunds.create({ payment_intent: payment }));
  assert.equal(again.code, "charge_already_refunded");

  const listed = async (params: Stripe.RefundListParams) =>
    (await client.refunds.list(params)).data.map((refund) => refund.id);
  assert.deepEqual(await listed({ payment_intent: payment }), [rest.id, second.id, first.id]);
  assert.deepEqual(await listed({ charge: id, limit: 1 }), [rest.id]);
  assert.deepEqual(await listed({ created: { lt: first.created } }), []);
  assert.equal((await client.refunds.retrieve(first.id)).amount, 200);
  const expanded = await client.charges.retrieve(id, { expand: ["refunds"] });
  assert.deepEqual(expanded.refunds!.data.map((refund) => refund.id), [rest.id, second.id, first.id]);
  const whole = await client.refunds.retrieve(first.id, { expand: ["charge", "payment_intent.latest_charge"] });
  assert.equal((whole.charge as Stripe.Charge).amount_refunded, 900);
});

story("twenty refunds of the whole at once are one", async ({ client, buy, charge }) => {
  const payment = await buy();
  const calls = await Promise.allSettled(
    Array.from({ length: 20 }, () => client.refunds.create({ payment_intent: payment })),
  );
  assert.equal(calls.filter(({ status }) => status === "fulfilled").length, 1);
  assert.equal((await charge(payment)).amount_refunded, 900);
});

story("the same refund under the same key is one refund", async ({ client, buy, charge }) => {
  const payment = await buy();
  const params = { payment_intent: payment, amount: 100 };
  const first = await client.refunds.create(params, { idempotencyKey: "refund-1" });
  const second = await client.refunds.create(params, { idempotencyKey: "refund-1" });
  assert.equal(second.id, first.id);
  assert.equal((await charge(payment)).amount_refunded, 100);
});

story("what cannot be refunded is refused in Stripe's words", async ({ stripe, client, buy }) => {
  assert.equal((await refused(client.refunds.create({}))).message, "Missing required param: charge.");
  assert.equal((await refused(client.refunds.create({ charge: "ch_nothing" }))).code, "resource_missing");
  assert.equal((await refused(client.refunds.create({ payment_intent: "pi_nothing" }))).param, "payment_intent");
  const { id, url } = await client.checkout.sessions.create(pack);
  await (await stripe.press(url!, "declined")).body?.cancel();
  const { payment_intent } = await client.checkout.sessions.retrieve(id);
  const unpaid = await refused(client.refunds.create({ payment_intent: payment_intent as string }));
  assert.match(unpaid.message, /does not have a successful charge to refund/);
  const payment = await buy();
  for (const amount of [0, -1]) {
    assert.equal((await refused(client.refunds.create({ payment_intent: payment, amount }))).param, "amount");
  }
  assert.equal((await refused(client.refunds.retrieve("re_nothing"))).statusCode, 404);
  assert.deepEqual(await moneyBack(client), []);
});

story("a refund that fails gives the money back to the merchant", async ({ stripe, client, buy, charge }) => {
  const payment = await buy();
  const kept = await client.refunds.create({ payment_intent: payment, amount: 100 });
  const refund = await client.refunds.create({ payment_intent: payment, amount: 800 });
  assert.deepEqual([(await charge(payment)).amount_refunded, (await charge(payment)).refunded], [900, true]);
  stripe.bank.endRefund(refund.id, "failed");
  const failed = await client.refunds.retrieve(refund.id);
  assert.deepEqual([failed.status, failed.failure_reason], ["failed", "expired_or_canceled_card"]);
  assert.deepEqual([(await charge(payment)).amount_refunded, (await charge(payment)).refunded], [100, false]);
  assert.deepEqual((await moneyBack(client)).slice(-2), ["refund.updated", "refund.failed"]);
  assert.throws(() => stripe.bank.endRefund(refund.id, "failed"), /failed/);
  assert.equal((await client.refunds.retrieve(kept.id)).status, "succeeded");
  assert.equal((await client.refunds.create({ payment_intent: payment })).amount, 800);
});

story(
  "a slow bank's refund counts while it is pending, and succeeds later",
  async ({ stripe, client, buy, charge }) => {
    const payment = await buy();
    const { id } = stripe.bank.refund(payment, { amount: 400, slow: true });
    const pending = await client.refunds.retrieve(id);
    assert.deepEqual([pending.status, pending.pending_reason], ["pending", "processing"]);
    assert.equal((await charge(payment)).amount_refunded, 400);
    assert.match((await refused(client.refunds.cancel(id))).message, /status of pending/);
    stripe.bank.endRefund(id, "succeeded");
    assert.equal((await client.refunds.retrieve(id)).status, "succeeded");
    assert.equal((await charge(payment)).amount_refunded, 400);
    assert.deepEqual((await moneyBack(client)).slice(-1), ["refund.updated"]);
  },
);

story("a refund that waits for the buyer can be called back", async ({ client, buy, charge }) => {
  const payment = await buy();
  const asking = await client.refunds.create({ payment_intent: payment, instructions_email: "ada@example.com" });
  assert.equal(asking.status, "requires_action");
  assert.equal((await charge(payment)).amount_refunded, 900);
  assert.equal((await client.refunds.cancel(asking.id)).status, "canceled");
  assert.deepEqual([(await charge(payment)).amount_refunded, (await charge(payment)).refunded], [0, false]);
});

story("a dispute takes the money away at once", async ({ stripe, client, webhooks, buy, charge }) => {
  const payment = await buy();
  const opened = stripe.bank.dispute(payment);
  const dispute = await client.disputes.retrieve(opened.id, { expand: ["charge", "payment_intent"] });
  assert.deepEqual([dispute.status, dispute.amount, dispute.reason], ["needs_response", 900, "fraudulent"]);
  assert.equal((dispute.charge as Stripe.Charge).disputed, true);
  assert.equal((dispute.payment_intent as Stripe.PaymentIntent).id, payment);
  assert.deepEqual(dispute.balance_transactions.map(({ amount, fee, net }) => [amount, fee, net]), [[
    -900,
    1500,
    -2400,
  ]]);
  assert.equal((await charge(payment)).amount_refunded, 0);
  await until(() => webhooks.of("charge.dispute.funds_withdrawn").length === 1, "funds_withdrawn");
  assert.deepEqual(await moneyBack(client), ["charge.dispute.created", "charge.dispute.funds_withdrawn"]);
  const error = await refused(client.refunds.create({ payment_intent: payment }));
  assert.equal(error.code, "charge_disputed");
  assert.throws(() => stripe.bank.dispute(payment), /already been disputed/);

  const listed = async (params: Stripe.DisputeListParams) =>
    (await client.disputes.list(params)).data.map(({ id }) => id);
  const other = stripe.bank.dispute(await buy(), { amount: 350, reason: "product_not_received" });
  assert.deepEqual(await listed({}), [other.id, opened.id]);
  assert.deepEqual(await listed({ payment_intent: payment }), [opened.id]);
  assert.deepEqual(await listed({ charge: other.charge as string }), [other.id]);
  assert.deepEqual(await listed({ created: { gt: other.created } }), []);
  assert.equal(other.amount, 350);
});

story("a won dispute brings the money back, without the fee", async ({ stripe, client, buy }) => {
  const payment = await buy();
  const { id } = stripe.bank.dispute(payment, { amount: 500 });
  stripe.bank.endDispute(id, "won");
  const dispute = await client.disputes.retrieve(id);
  assert.equal(dispute.status, "won");
  assert.deepEqual(dispute.balance_transactions.map(({ amount, fee }) => [amount, fee]), [[-500, 1500], [500, 0]]);
  assert.deepEqual((await moneyBack(client)).slice(2), ["charge.dispute.closed", "charge.dispute.funds_reinstated"]);
  assert.throws(() => stripe.bank.endDispute(id, "lost"), /status of won/);
  assert.equal((await client.refunds.create({ payment_intent: payment })).status, "succeeded");
});

story("a lost dispute is over, and the charge cannot be refunded", async ({ stripe, client, buy }) => {
  const payment = await buy();
  const { id } = stripe.bank.dispute(payment);
  stripe.bank.endDispute(id, "lost");
  assert.equal((await client.disputes.retrieve(id)).status, "lost");
  assert.deepEqual((await moneyBack(client)).slice(2), ["charge.dispute.closed"]);
  assert.equal((await refused(client.refunds.create({ payment_intent: payment }))).code, "charge_disputed");
});

story("a merchant may accept a dispute, which loses it", async ({ stripe, client, buy }) => {
  const { id } = stripe.bank.dispute(await buy());
  assert.equal((await client.disputes.close(id)).status, "lost");
  assert.match((await refused(client.disputes.close(id))).message, /already closed/);
});

story("evidence is staged, then handed in, and the words of test mode decide", async ({ stripe, client, buy }) => {
  const { id } = stripe.bank.dispute(await buy());
  const staged = await client.disputes.update(id, { evidence: { customer_name: "Ada" }, submit: false });
  assert.deepEqual([staged.status, staged.evidence.customer_name], ["needs_response", "Ada"]);
  assert.equal(staged.evidence_details.has_evidence, true);
  assert.equal(staged.evidence_details.submission_count, 0);
  const submitted = await client.disputes.update(id, { evidence: { uncategorized_text: "winning_evidence" } });
  assert.deepEqual([submitted.status, submitted.evidence.customer_name], ["under_review", "Ada"]);
  await until(async () => (await client.disputes.retrieve(id)).status === "won", "the bank's decision");
  assert.deepEqual((await moneyBack(client)).slice(2), [
    "charge.dispute.updated",
    "charge.dispute.updated",
    "charge.dispute.closed",
    "charge.dispute.funds_reinstated",
  ]);
  const unknown = await refused(client.disputes.update(id, { evidence: { alibi: "none" } as object }));
  assert.deepEqual([unknown.code, unknown.param], ["parameter_unknown", "evidence[alibi]"]);
});

story("a declined charge cannot be disputed, nor more than was paid", async ({ stripe, client, buy }) => {
  const payment = await buy();
  for (const amount of [0, 901]) assert.throws(() => stripe.bank.dispute(payment, { amount }), /at most/);
  assert.throws(() => stripe.bank.dispute("pi_nothing"), /No such payment_intent/);
  assert.equal((await client.disputes.list()).data.length, 0);
});

story("events of 31 days ago are forgotten", async ({ client, buy }) => {
  ahead = 0;
  await buy();
  const [{ id }] = (await client.events.list()).data;
  ahead = 31 * 86_400_000;
  assert.deepEqual((await client.events.list()).data, []);
  assert.equal((await refused(client.events.retrieve(id))).statusCode, 404);
}, { stripe: { now: () => Date.now() + ahead } });
let ahead = 0;

for (const [name, switches] of Object.entries({ duplicate: { duplicate: 1 }, reorder: { reorder: true } })) {
  story(`${name}: refunds and disputes are told like payments`, async ({ stripe, client, webhooks, buy }) => {
    const payment = await buy();
    stripe.faults.set("stripe", switches);
    const { id } = await client.refunds.create({ payment_intent: payment, amount: 100 });
    stripe.bank.endRefund(id, "failed");
    stripe.bank.endDispute(stripe.bank.dispute(payment).id, "won");
    const happened = await moneyBack(client);
    const times = name === "duplicate" ? 2 : 1;
    const told = () => webhooks.types().filter((type) => happened.includes(type));
    await until(() => told().length === happened.length * times, "all of them");
    assert.deepEqual(told().toSorted(), happened.flatMap((type) => Array(times).fill(type)).toSorted());
    if (name === "reorder") assert.notDeepEqual(told(), happened);
  });
}

for (const switches of [{ drop: 3 }, { wrong_signature: 3 }, { delay_ms: 60 }]) {
  story(`${Object.keys(switches)}: news of a refund arrives after all`, async ({ stripe, client, webhooks, buy }) => {
    const payment = await buy();
    await until(() => stripe.deliveries.journal().every(({ state }) => state === "delivered"), "delivered");
    stripe.faults.set("stripe", switches);
    await client.refunds.create({ payment_intent: payment });
    await until(() => webhooks.of("charge.refunded").length > 0 && webhooks.of("refund.created").length > 0, "told");
    // The receiver has it a moment before its answer is noted.
    const [first] = await until(() => {
      const { log } = stripe.deliveries.journal().find(({ type }) => type === "refund.created")!;
      return log.length > 0 && log;
    }, "noted");
    assert.equal(first.faults.length, 1);
  });
}
