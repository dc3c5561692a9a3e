/** The Stripe stand-in: changing a subscription, what that costs to the second, and the invoices of it. */
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
  type Scene,
  shelf,
  story,
  until,
} from "../support/stripe-scene.ts";

async function onPro({ client }: Scene, fields: Partial<Stripe.SubscriptionCreateParams> = {}) {
  const prices = await shelf(client);
  const customer = await payer(client);
  const subscription = await client.subscriptions.create({ customer, items: [{ price: prices.pro.id }], ...fields });
  return { ...prices, customer, subscription, item: itemOf(subscription) };
}

/** The share of an amount that is left at a moment of the item's period. */
const left = (amount: number, at: number, { current_period_start, current_period_end }: Stripe.SubscriptionItem) =>
  Math.round(amount * (current_period_end - at) / (current_period_end - current_period_start));

const balanceOf = async (client: Stripe, customer: string) =>
  (await client.customers.retrieve(customer) as Stripe.Customer).balance;

story("an upgrade invoiced at once charges the difference for the time that is left", async (scene) => {
  const { client } = scene;
  const { enterprise, subscription, item } = await onPro(scene);
  await later(scene, 10 * day);
  const change: Stripe.SubscriptionUpdateParams = {
    items: [{ id: item.id, price: enterprise.id }],
    proration_behavior: "always_invoice",
  };
  const proration_date = item.current_period_start + 10 * day;
  const preview = await client.invoices.createPreview({
    subscription: subscription.id,
    subscription_details: { ...change, proration_date } as Stripe.InvoiceCreatePreviewParams.SubscriptionDetails,
  });
  const changed = await client.subscriptions.update(subscription.id, { ...change, proration_date });
  assert.equal(itemOf(changed).price.id, enterprise.id);
  assert.equal(itemOf(changed).current_period_end, item.current_period_end, "the period goes on");
  const invoice = (await invoicesOf(client, subscription.id)).at(-1)!;
  const credit = -left(2900, proration_date, item);
  const charge = left(9900, proration_date, item);
  assert.deepEqual(invoice.lines.data.map(({ amount }) => amount), [credit, charge]);
  assert.deepEqual([invoice.total, invoice.status, invoice.billing_reason], [
    credit + charge,
    "paid",
    "subscription_update",
  ]);
  assert.deepEqual([preview.total, preview.lines.data.length], [invoice.total, 2]);
  const [unused] = invoice.lines.data;
  const details = unused.parent!.subscription_item_details!;
  assert.equal(details.proration, true);
  assert.equal(details.proration_details!.credited_items!.invoice, subscription.latest_invoice);
  assert.match(unused.description!, /^Unused time on Pro after \d\d \w+ \d{4}$/);
  assert.equal(changed.latest_invoice, invoice.id);
  const [event] = (await client.events.list({ type: "customer.subscription.updated" })).data;
  const previous = event.data.previous_attributes as unknown as Stripe.Subscription;
  assert.equal(previous.items.data[0].price.unit_amount, 2900);
});

story("prorations may wait for the renewal, and a downgrade then costs less than nothing more", async (scene) => {
  const { client } = scene;
  const { enterprise, pro, subscription, item, customer } = await onPro(scene);
  const at = item.current_period_start + 15 * day;
  await until(scene, at);
  const items = (price: string) => [{ id: item.id, price }];
  await client.subscriptions.update(subscription.id, { items: items(enterprise.id), proration_date: at });
  assert.equal((await invoicesOf(client, subscription.id)).length, 1);
  const upgrade = left(9900, at, item) - left(2900, at, item);
  const preview = await client.invoices.createPreview({ customer });
  assert.equal(preview.total, upgrade + 9900);

  // Back at once: what was charged for the rest comes back to the cent.
  await client.subscriptions.update(subscription.id, { items: items(pro.id), proration_date: at });
  await until(scene, item.current_period_end + 3600);
  const renewal = (await invoicesOf(client, subscription.id)).at(-1)!;
  assert.deepEqual([renewal.total, renewal.lines.data.length, renewal.status], [2900, 5, "paid"]);
  assert.equal((await happened(client, /^invoiceitem\.created$/)).length, 4);
});

story("a downgrade invoiced at once becomes credit, which later invoices use up", async (scene) => {
  const { client } = scene;
  const { enterprise, pro, customer, subscription, item } = await onPro(scene);
  const turn = (price: string, proration_date: number) =>
    client.subscriptions.update(subscription.id, {
      items: [{ id: item.id, price }],
      proration_behavior: "always_invoice",
      proration_date,
    });
  await turn(enterprise.id, item.current_period_start);
  await turn(pro.id, item.current_period_start);
  const back = (await invoicesOf(client, subscription.id)).at(-1)!;
  assert.deepEqual([back.total, back.amount_due, back.status, back.ending_balance], [-7000, 0, "paid", -7000]);
  assert.equal(await balanceOf(client, customer), -7000);
  await until(scene, item.current_period_end + 3600);
  const renewal = (await invoicesOf(client, subscription.id)).at(-1)!;
  assert.deepEqual(
    [renewal.total, renewal.starting_balance, renewal.ending_balance, renewal.amount_due, renewal.status],
    [2900, -7000, -4100, 0, "paid"],
  );
  const { data } = await client.customers.listBalanceTransactions(customer);
  assert.deepEqual(data.map(({ amount, type }) => [amount, type]), [
    [2900, "applied_to_invoice"],
    [-7000, "applied_to_invoice"],
  ]);
});

story("without prorations the new price begins with the next period", async (scene) => {
  const { client } = scene;
  const { enterprise, subscription, item } = await onPro(scene);
  await later(scene, 10 * day);
  await client.subscriptions.update(subscription.id, {
    items: [{ id: item.id, price: enterprise.id }],
    proration_behavior: "none",
  });
  await until(scene, item.current_period_end + 3600);
  assert.deepEqual((await invoicesOf(client, subscription.id)).map(({ total }) => total), [2900, 9900]);
});

story("another interval begins a new period now and credits the old one", async (scene) => {
  const { client } = scene;
  const { proYearly, subscription, item } = await onPro(scene);
  const at = item.current_period_start + 10 * day;
  await until(scene, at);
  const yearly = await client.subscriptions.update(subscription.id, { items: [{ id: item.id, price: proYearly.id }] });
  const { current_period_start, current_period_end } = itemOf(yearly);
  assert.equal(yearly.billing_cycle_anchor, current_period_start);
  assert.ok(current_period_end - current_period_start >= 365 * day);
  const invoice = (await invoicesOf(client, subscription.id)).at(-1)!;
  const credit = -left(2900, current_period_start, item);
  assert.deepEqual(invoice.lines.data.map(({ amount }) => amount), [credit, 29000]);
  assert.deepEqual([invoice.status, invoice.amount_paid], ["paid", 29000 + credit]);
});

story("credit for a discounted month is what was paid, not what it would have cost", async (scene) => {
  const { client } = scene;
  await client.coupons.create({ id: "HALF", percent_off: 50, duration: "once" });
  const { customer, subscription, item } = await onPro(scene, { discounts: [{ coupon: "HALF" }] });
  await client.subscriptions.cancel(subscription.id, { prorate: true, invoice_now: true });
  const paid = (await invoicesOf(client, subscription.id))[0].amount_paid;
  assert.equal(paid, 1450);
  const credit = -(await balanceOf(client, customer));
  assert.ok(credit > 1440 && credit <= 1450, `${credit} of ${paid} for ${item.price.unit_amount}`);
});

story("a trial ends when told to, with a period that begins now", async (scene) => {
  const { client } = scene;
  const { subscription } = await onPro(scene, { trial_period_days: 14 });
  await later(scene, day);
  const ended = await client.subscriptions.update(subscription.id, { trial_end: "now" });
  assert.deepEqual([ended.status, ended.trial_end], ["active", itemOf(ended).current_period_start]);
  const invoice = (await invoicesOf(client, subscription.id)).at(-1)!;
  assert.deepEqual([invoice.amount_paid, invoice.billing_reason], [2900, "subscription_update"]);
});

story("another price during a trial costs nothing until it ends", async (scene) => {
  const { client } = scene;
  const { enterprise, subscription, item } = await onPro(scene, { trial_period_days: 14 });
  const changed = await client.subscriptions.update(subscription.id, {
    items: [{ id: item.id, price: enterprise.id }],
  });
  assert.deepEqual([changed.status, changed.trial_end], ["trialing", subscription.trial_end]);
  await until(scene, subscription.trial_end! + 3600);
  assert.deepEqual((await invoicesOf(client, subscription.id)).map(({ total }) => total), [0, 9900]);
});

story("an upgrade that is not paid is refused, or leaves it past due, as asked", async (scene) => {
  const { client } = scene;
  const { enterprise, customer, subscription, item } = await onPro(scene);
  const bad = await client.paymentMethods.attach("pm_card_chargeCustomerFail", { customer });
  await client.subscriptions.update(subscription.id, { default_payment_method: bad.id });
  const change: Stripe.SubscriptionUpdateParams = {
    items: [{ id: item.id, price: enterprise.id }],
    proration_behavior: "always_invoice",
  };
  const error = await refused(
    client.subscriptions.update(subscription.id, { ...change, payment_behavior: "error_if_incomplete" }),
  );
  assert.deepEqual([error.statusCode, error.code], [402, "card_declined"]);
  const same = await client.subscriptions.retrieve(subscription.id);
  assert.deepEqual([itemOf(same).price.unit_amount, same.status], [2900, "active"], "nothing happened");
  const pending = await refused(
    client.subscriptions.update(subscription.id, { ...change, payment_behavior: "pending_if_incomplete" }),
  );
  assert.equal(pending.code, "sandbox_not_implemented");
  const changed = await client.subscriptions.update(subscription.id, change);
  assert.deepEqual([itemOf(changed).price.unit_amount, changed.status], [9900, "past_due"]);
});

story("cancel at period end is taken back in time; canceled for good is over", async (scene) => {
  const { client } = scene;
  const { subscription, item } = await onPro(scene);
  const ending = await client.subscriptions.update(subscription.id, {
    cancel_at_period_end: true,
    cancellation_details: { comment: "Too dear", feedback: "too_expensive" },
  });
  assert.deepEqual([ending.cancel_at, ending.cancellation_details!.feedback, ending.cancellation_details!.reason], [
    item.current_period_end,
    "too_expensive",
    "cancellation_requested",
  ]);
  const resumed = await client.subscriptions.update(subscription.id, { cancel_at_period_end: false });
  assert.deepEqual([resumed.cancel_at, resumed.canceled_at, resumed.cancel_at_period_end], [null, null, false]);
  await until(scene, item.current_period_end + 3600);
  assert.equal((await client.subscriptions.retrieve(subscription.id)).status, "active");
  const gone = await client.subscriptions.cancel(subscription.id);
  assert.equal(gone.status, "canceled");
  const late = await refused(client.subscriptions.update(subscription.id, { cancel_at_period_end: false }));
  assert.match(late.message, /canceled subscription/);
  await later(scene, 40 * day);
  assert.equal((await invoicesOf(client, subscription.id)).length, 2);
});

story("a voided invoice gives back the credit it took, and is void for good", async (scene) => {
  const { client } = scene;
  const { customer, subscription, item } = await onPro(scene);
  await client.customers.update(customer, { balance: -1000 });
  const bad = await client.paymentMethods.attach("pm_card_chargeCustomerFail", { customer });
  await client.customers.update(customer, { invoice_settings: { default_payment_method: bad.id } });
  await until(scene, item.current_period_end + 3600);
  const open = (await invoicesOf(client, subscription.id)).at(-1)!;
  assert.deepEqual([open.status, open.amount_due, await balanceOf(client, customer)], ["open", 1900, 0]);
  assert.equal((await client.invoices.voidInvoice(open.id!)).status, "void");
  assert.equal(await balanceOf(client, customer), -1000);
  assert.equal((await refused(client.invoices.voidInvoice(open.id!))).statusCode, 400);
  assert.equal((await refused(client.invoices.pay(open.id!))).statusCode, 400);
  assert.equal((await happened(client)).at(-1), "invoice.voided");
});

story("an unknown item, price or date is refused by name", async (scene) => {
  const { client } = scene;
  const { enterprise, subscription, item } = await onPro(scene);
  const wrong: [Stripe.SubscriptionUpdateParams, string][] = [
    [{ items: [{ id: "si_nobody", price: enterprise.id }] }, "items[0][id]"],
    [{ items: [{ id: item.id, price: "price_nobody" }] }, "items[0][price]"],
    [{ items: [{ price: enterprise.id }] }, "items"],
    [{ proration_date: item.current_period_end + 1 }, "proration_date"],
    [{ default_payment_method: "pm_nobody" }, "default_payment_method"],
    [{ discounts: [{ promotion_code: "promo_nobody" }] }, "discounts[0][promotion_code]"],
    [{ price: "x" } as Stripe.SubscriptionUpdateParams, "price"],
  ];
  for (const [params, param] of wrong) {
    assert.equal((await refused(client.subscriptions.update(subscription.id, params), param)).param, param);
  }
});
