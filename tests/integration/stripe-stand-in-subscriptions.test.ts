/** The Stripe stand-in: how a subscription lives, with the clock moved. */
import assert from "node:assert/strict";
import type Stripe from "stripe";
import {
  day,
  happened,
  invoicesOf,
  itemOf,
  later,
  payer,
  refused,
  shelf,
  story,
  until,
} from "../support/stripe-scene.ts";

const hour = 60 * 60;

story("a subscription begins with a paid invoice for its first period", async ({ client }) => {
  const { pro } = await shelf(client);
  const customer = await payer(client);
  const subscription = await client.subscriptions.create({
    customer,
    items: [{ price: pro.id }],
    metadata: { user_id: "1" },
    expand: ["latest_invoice.payments"],
  });
  assert.equal(subscription.status, "active");
  const item = itemOf(subscription);
  assert.equal(item.price.id, pro.id);
  assert.equal(item.current_period_start, subscription.created);
  const invoice = subscription.latest_invoice as Stripe.Invoice;
  assert.deepEqual(
    [invoice.status, invoice.billing_reason, invoice.amount_paid, invoice.attempt_count, invoice.amount_remaining],
    ["paid", "subscription_create", 2900, 1, 0],
  );
  assert.match(invoice.number!, /^[A-Z0-9]{8}-0001$/);
  assert.equal(invoice.parent!.subscription_details!.subscription, subscription.id);
  assert.deepEqual({ ...invoice.parent!.subscription_details!.metadata }, { user_id: "1" });
  const [line] = invoice.lines.data;
  assert.deepEqual(
    [line.amount, line.description, line.pricing!.price_details!.price, line.period.end],
    [2900, "1 × Pro (at $29.00 / month)", pro.id, item.current_period_end],
  );
  assert.equal(line.parent!.subscription_item_details!.subscription_item, item.id);
  const payment = invoice.payments!.data[0];
  assert.deepEqual([payment.status, payment.amount_paid, payment.is_default], ["paid", 2900, true]);
  const byIntent = await client.invoicePayments.list({
    payment: { type: "payment_intent", payment_intent: payment.payment.payment_intent as string },
  });
  assert.deepEqual(byIntent.data.map(({ invoice }) => invoice), [invoice.id]);
  assert.deepEqual(await happened(client, /^(customer\.subscription|invoice\.|charge|payment_intent)/), [
    "customer.subscription.created",
    "invoice.created",
    "invoice.finalized",
    "payment_intent.created",
    "charge.succeeded",
    "payment_intent.succeeded",
    "invoice.paid",
    "invoice.payment_succeeded",
    "customer.subscription.updated",
  ]);
  const [event] = (await client.events.list({ type: "customer.subscription.updated" })).data;
  assert.deepEqual(event.data.previous_attributes, { status: "incomplete" });
});

story("a whole life: trial, active, failed renewal, retries, another card, paid, canceled", async (scene) => {
  const { client } = scene;
  const { pro } = await shelf(client);
  const customer = await payer(client);
  const { id } = await client.subscriptions.create({ customer, items: [{ price: pro.id }], trial_period_days: 14 });
  const now = async () => await client.subscriptions.retrieve(id);
  const begun = await now();
  assert.deepEqual([begun.status, begun.trial_end! - begun.trial_start!], ["trialing", 14 * day]);
  const [free] = await invoicesOf(client, id);
  assert.deepEqual([free.total, free.status, free.lines.data[0].description], [0, "paid", "Trial period for Pro"]);

  await until(scene, begun.trial_end! - 3 * day);
  const [warning] = (await client.events.list({ type: "customer.subscription.trial_will_end" })).data;
  assert.equal(warning.created, begun.trial_end! - 3 * day, "dated when it was due");

  await until(scene, begun.trial_end! + 5);
  const active = await now();
  assert.deepEqual([active.status, itemOf(active).current_period_start], ["active", begun.trial_end]);
  const draft = (await invoicesOf(client, id)).at(-1)!;
  assert.deepEqual([draft.status, draft.number, draft.billing_reason], ["draft", null, "subscription_cycle"]);
  await later(scene, hour);
  const first = (await invoicesOf(client, id)).at(-1)!;
  assert.deepEqual([first.status, first.amount_paid], ["paid", 2900]);
  assert.equal(first.status_transitions.paid_at, begun.trial_end! + hour, "an hour after the draft, to the second");

  const failing = await client.paymentMethods.attach("pm_card_chargeCustomerFail", { customer });
  await client.customers.update(customer, { invoice_settings: { default_payment_method: failing.id } });
  const due = itemOf(active).current_period_end;
  await until(scene, due + hour);
  const late = await now();
  const open = (await invoicesOf(client, id)).at(-1)!;
  assert.deepEqual([late.status, late.latest_invoice], ["past_due", open.id]);
  assert.deepEqual([open.status, open.attempt_count, open.next_payment_attempt], ["open", 1, due + hour + day]);
  await until(scene, due + hour + 4 * day);
  assert.equal((await client.invoices.retrieve(open.id!)).attempt_count, 3, "after 1 and 3 days");

  const good = await client.paymentMethods.attach("pm_card_visa", { customer });
  await client.customers.update(customer, { invoice_settings: { default_payment_method: good.id } });
  await until(scene, due + hour + 5 * day);
  const settled = await client.invoices.retrieve(open.id!);
  assert.deepEqual([settled.status, settled.attempt_count, settled.next_payment_attempt], ["paid", 4, null]);
  assert.equal((await now()).status, "active");
  assert.equal((await happened(client, /^invoice\.payment_failed$/)).length, 3);

  const ending = await client.subscriptions.update(id, { cancel_at_period_end: true });
  assert.deepEqual([ending.cancel_at, ending.status], [itemOf(ending).current_period_end, "active"]);
  await until(scene, itemOf(ending).current_period_end + 1);
  const ended = await now();
  assert.deepEqual([ended.status, ended.ended_at], ["canceled", itemOf(ending).current_period_end]);
  assert.equal((await happened(client)).at(-1), "customer.subscription.deleted");
});

story("after the last retry it stays past due, and a renewal comes all the same", async (scene) => {
  const { client } = scene;
  const { pro } = await shelf(client);
  const customer = await payer(client);
  const { id, created } = await client.subscriptions.create({ customer, items: [{ price: pro.id }] });
  const failing = await client.paymentMethods.attach("pm_card_chargeCustomerFail", { customer });
  await client.customers.update(customer, { invoice_settings: { default_payment_method: failing.id } });
  const due = itemOf(await client.subscriptions.retrieve(id)).current_period_end;
  await until(scene, due + 20 * day);
  const [, open] = await invoicesOf(client, id);
  assert.deepEqual([open.status, open.attempt_count, open.next_payment_attempt], ["open", 4, null]);
  assert.equal((await client.subscriptions.retrieve(id)).status, "past_due");
  const attempts = await client.events.list({ type: "invoice.payment_failed" });
  const first = due + hour;
  assert.deepEqual(
    attempts.data.map(({ created }) => created).reverse(),
    [0, 1, 3, 5].map((days) => first + days * day),
  );
  await later(scene, 30 * day);
  assert.equal((await invoicesOf(client, id)).length, 3);
  assert.ok(created < due);
  await client.subscriptions.cancel(id);
  const left = await invoicesOf(client, id);
  assert.deepEqual(left.map(({ status, auto_advance }) => [status, auto_advance]), [
    ["paid", false],
    ["open", false],
    ["open", false],
  ]);
});

story("paying the latest open invoice by hand ends the arrears; a declined one says so and stays", async (scene) => {
  const { client } = scene;
  const { pro } = await shelf(client);
  const customer = await payer(client);
  const { id } = await client.subscriptions.create({ customer, items: [{ price: pro.id }] });
  const failing = await client.paymentMethods.attach("pm_card_chargeCustomerFail", { customer });
  await client.customers.update(customer, { invoice_settings: { default_payment_method: failing.id } });
  await until(scene, itemOf(await client.subscriptions.retrieve(id)).current_period_end + hour);
  const open = (await invoicesOf(client, id)).at(-1)!;
  const declined = await refused(client.invoices.pay(open.id!));
  assert.deepEqual([declined.statusCode, declined.code], [402, "card_declined"]);
  const still = await client.invoices.retrieve(open.id!);
  assert.deepEqual([still.attempt_count, still.next_payment_attempt], [1, open.next_payment_attempt]);
  const good = await client.paymentMethods.attach("pm_card_visa", { customer });
  assert.equal((await client.invoices.pay(open.id!, { payment_method: good.id })).status, "paid");
  assert.equal((await client.subscriptions.retrieve(id)).status, "active");
  assert.equal((await refused(client.invoices.pay(open.id!))).code, "invoice_already_paid");
});

story("a first payment that fails leaves it incomplete for 23 hours", async (scene) => {
  const { client } = scene;
  const { pro } = await shelf(client);
  const customer = await payer(client, "pm_card_chargeCustomerFail");
  const params = { customer, items: [{ price: pro.id }] };
  const error = await refused(client.subscriptions.create({ ...params, payment_behavior: "error_if_incomplete" }));
  assert.equal(error.statusCode, 402);
  assert.equal((await client.subscriptions.list({ status: "all" })).data.length, 0, "nothing was begun");
  const subscription = await client.subscriptions.create(params);
  assert.equal(subscription.status, "incomplete");
  await later(scene, 23 * hour + 1);
  const expired = await client.subscriptions.retrieve(subscription.id, { expand: ["latest_invoice"] });
  assert.deepEqual([expired.status, (expired.latest_invoice as Stripe.Invoice).status], ["incomplete_expired", "void"]);
});

story("default_incomplete leaves the first invoice to be paid", async ({ client }) => {
  const { pro } = await shelf(client);
  const customer = await payer(client);
  const { id, status, latest_invoice } = await client.subscriptions.create({
    customer,
    items: [{ price: pro.id }],
    payment_behavior: "default_incomplete",
  });
  assert.equal(status, "incomplete");
  assert.equal((await client.invoices.pay(latest_invoice as string)).status, "paid");
  assert.equal((await client.subscriptions.retrieve(id)).status, "active");
});

story("a card whose bank wants its owner asks for an action", async (scene) => {
  const { client } = scene;
  const { pro } = await shelf(client);
  const customer = await payer(client, "pm_card_authenticationRequired");
  const { id } = await client.subscriptions.create({ customer, items: [{ price: pro.id }], off_session: false });
  assert.equal((await client.subscriptions.retrieve(id)).status, "active", "the owner was there");
  await until(scene, itemOf(await client.subscriptions.retrieve(id)).current_period_end + hour);
  assert.equal((await client.subscriptions.retrieve(id)).status, "past_due");
  assert.equal((await happened(client, /^invoice\.payment_action_required$/)).length, 1);
});

story("a trial without a card is canceled or billed, as it was asked", async (scene) => {
  const { client } = scene;
  const { pro } = await shelf(client);
  const { id: customer } = await client.customers.create({ email: "ada@example.com" });
  const params = { customer, items: [{ price: pro.id }], trial_period_days: 2 };
  const canceled = await client.subscriptions.create({
    ...params,
    trial_settings: { end_behavior: { missing_payment_method: "cancel" } },
  });
  const billed = await client.subscriptions.create(params);
  await later(scene, 2 * day + hour + 1);
  assert.equal((await client.subscriptions.retrieve(canceled.id)).status, "canceled");
  assert.equal((await client.subscriptions.retrieve(billed.id)).status, "past_due");
  assert.equal((await happened(client, /trial_will_end$/)).length, 2, "of trials of two days at once");
});

story("periods are counted from the day it began: 31 January, 28 February, 31 March", async (scene) => {
  const { client, stripe } = scene;
  const { pro } = await shelf(client);
  const customer = await payer(client);
  const year = new Date(stripe.clock.nowMs()).getUTCFullYear() + 1;
  const at = (month: number, date: number) => Date.UTC(year, month, date, 12) / 1000;
  await until(scene, at(0, 31));
  const { id } = await client.subscriptions.create({ customer, items: [{ price: pro.id }] });
  const ends: string[] = [];
  for (let n = 0; n < 3; n++) {
    const end = itemOf(await client.subscriptions.retrieve(id)).current_period_end;
    ends.push(new Date(end * 1000).toISOString().slice(5, 10));
    await until(scene, end + hour);
  }
  const leap = new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;
  assert.deepEqual(ends, [leap ? "02-29" : "02-28", "03-31", "04-30"]);
});

story("lists by status, customer and price", async ({ client }) => {
  const { pro, enterprise } = await shelf(client);
  const [ada, bob] = [await payer(client), await payer(client)];
  const first = await client.subscriptions.create({ customer: ada, items: [{ price: pro.id }] });
  const second = await client.subscriptions.create({ customer: bob, items: [{ price: enterprise.id }] });
  await client.subscriptions.cancel(first.id);
  const ids = async (params: Stripe.SubscriptionListParams) =>
    (await client.subscriptions.list(params)).data.map(({ id }) => id);
  assert.deepEqual(await ids({}), [second.id]);
  assert.deepEqual(await ids({ status: "all" }), [second.id, first.id]);
  assert.deepEqual(await ids({ status: "canceled", customer: ada }), [first.id]);
  assert.deepEqual(await ids({ price: enterprise.id }), [second.id]);
  assert.equal((await refused(client.subscriptions.cancel(first.id))).code, "resource_missing");
});

story("a renewal's draft may be finalized before its hour is over, and is then collected at once", async (scene) => {
  const { client } = scene;
  const { pro } = await shelf(client);
  const customer = await payer(client);
  const { id } = await client.subscriptions.create({ customer, items: [{ price: pro.id }] });
  await until(scene, itemOf(await client.subscriptions.retrieve(id)).current_period_end + 1);
  const draft = (await invoicesOf(client, id)).at(-1)!;
  assert.equal(draft.status, "draft");
  assert.equal((await client.invoices.finalizeInvoice(draft.id!, { auto_advance: true })).status, "paid");
  await later(scene, hour);
  assert.equal((await happened(client, /^invoice\.finalized$/)).length, 1, "the hour adds nothing");
  assert.equal((await refused(client.invoices.finalizeInvoice(draft.id!))).statusCode, 400);
});
