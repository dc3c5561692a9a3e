/** The Stripe stand-in: checkout of subscriptions, saved cards, discounts and taxes, as its hosted page ends them. */
import assert from "node:assert/strict";
import type Stripe from "stripe";
import {
  day,
  happened,
  invoicesOf,
  itemOf,
  refused,
  type Scene,
  shelf,
  story,
  until,
} from "../support/stripe-scene.ts";
import { pack } from "../support/stripe-stand-in.ts";

type Create = Stripe.Checkout.SessionCreateParams;

const urls = { success_url: "http://127.0.0.1:8000/done", cancel_url: "http://127.0.0.1:8000/back" };
const subscribing = (price: string, change: Partial<Create> = {}): Create => ({
  mode: "subscription",
  line_items: [{ price, quantity: 1 }],
  ...urls,
  ...change,
});
const priced = (unit_amount: number, change: Partial<Create> = {}): Create => ({
  mode: "payment",
  line_items: [{
    quantity: 1,
    price_data: { currency: "usd", unit_amount, product_data: { name: "50 credits" }, tax_behavior: "exclusive" },
  }],
  ...urls,
  ...change,
});

/** Opens a session, presses a button on its page, and gives the session afterwards. */
async function finished({ stripe, client }: Scene, params: Create, outcome = "paid", fields = {}) {
  const { id, url } = await client.checkout.sessions.create(params);
  const answer = await stripe.press(url!, outcome, fields);
  await answer.body?.cancel();
  return { status: answer.status, session: await client.checkout.sessions.retrieve(id) };
}

const page = async ({ stripe }: Scene, url: string) => await (await stripe.raw(new URL(url).pathname)).text();

story("subscribing makes a customer, keeps the card and pays the first invoice", async (scene) => {
  const { client } = scene;
  const { pro } = await shelf(client);
  const { session } = await finished(
    scene,
    subscribing(pro.id, { client_reference_id: "user-1", subscription_data: { metadata: { user_id: "1" } } }),
    "paid",
    { email: "ada@example.com" },
  );
  assert.deepEqual([session.status, session.payment_status, session.amount_total], ["complete", "paid", 2900]);
  const subscription = await client.subscriptions.retrieve(session.subscription as string, {
    expand: ["default_payment_method", "customer"],
  });
  assert.equal(subscription.status, "active");
  assert.deepEqual({ ...subscription.metadata }, { user_id: "1" });
  assert.equal((subscription.customer as Stripe.Customer).email, "ada@example.com");
  assert.equal((subscription.default_payment_method as Stripe.PaymentMethod).card!.last4, "4242");
  assert.equal(subscription.latest_invoice, session.invoice);
  assert.equal((await happened(client)).at(-1), "checkout.session.completed");
  const [found] = (await client.checkout.sessions.list({ subscription: subscription.id })).data;
  assert.equal(found.id, session.id);
});

story("a declined card leaves the session open and no subscription behind", async (scene) => {
  const { pro } = await shelf(scene.client);
  const { status, session } = await finished(scene, subscribing(pro.id), "declined");
  assert.deepEqual([status, session.status, session.subscription], [402, "open", null]);
  assert.equal((await scene.client.subscriptions.list({ status: "all" })).data.length, 0);
});

story("a card that fails later pays now and is declined at the renewal", async (scene) => {
  const { client } = scene;
  const { pro } = await shelf(client);
  const { session } = await finished(scene, subscribing(pro.id), "paid", { card: "fails_later" });
  const id = session.subscription as string;
  const begun = await client.subscriptions.retrieve(id);
  assert.equal(begun.status, "active");
  await until(scene, itemOf(begun).current_period_end + 3600);
  assert.equal((await client.subscriptions.retrieve(id)).status, "past_due");
});

story("a trial costs nothing today, says so on the page, and needs a card unless told otherwise", async (scene) => {
  const { client } = scene;
  const { pro } = await shelf(client);
  const params = subscribing(pro.id, { subscription_data: { trial_period_days: 14 } });
  const { url } = await client.checkout.sessions.create({ ...params, locale: "en" });
  assert.match(await page(scene, url!), /14 days free, then \$29\.00 per month/);
  const { url: polish } = await client.checkout.sessions.create({ ...params, locale: "pl" });
  assert.match(await page(scene, polish!), /14 dni za darmo, potem 29,00.* na miesiąc/);

  const { session } = await finished(scene, params);
  assert.deepEqual([session.amount_total, session.payment_status], [0, "no_payment_required"]);
  const { status, default_payment_method, trial_end, trial_start } = await client.subscriptions.retrieve(
    session.subscription as string,
  );
  assert.deepEqual([status, trial_end! - trial_start!, default_payment_method !== null], ["trialing", 14 * day, true]);

  const { session: bare } = await finished(
    scene,
    { ...params, payment_method_collection: "if_required" },
    "paid",
    { card: "none" },
  );
  const without = await client.subscriptions.retrieve(bare.subscription as string);
  assert.deepEqual([without.status, without.default_payment_method], ["trialing", null]);
});

story("coupons last as long as they say: once, three months, for ever", async (scene) => {
  const { client } = scene;
  const { pro } = await shelf(client);
  const coupons = await Promise.all([
    client.coupons.create({ amount_off: 900, currency: "usd", duration: "once" }),
    client.coupons.create({ percent_off: 50, duration: "repeating", duration_in_months: 3 }),
    client.coupons.create({ percent_off: 10, duration: "forever" }),
  ]);
  const ids: string[] = [];
  for (const { id: coupon } of coupons) {
    const { session } = await finished(scene, subscribing(pro.id, { discounts: [{ coupon }] }));
    ids.push(session.subscription as string);
  }
  for (let month = 0; month < 4; month++) {
    await until(scene, itemOf(await client.subscriptions.retrieve(ids[2])).current_period_end + 3700);
  }
  const paid = async (id: string) => (await invoicesOf(client, id)).map(({ amount_paid }) => amount_paid);
  assert.deepEqual(await Promise.all(ids.map(paid)), [
    [2000, 2900, 2900, 2900, 2900],
    [1450, 1450, 1450, 2900, 2900],
    [2610, 2610, 2610, 2610, 2610],
  ]);
  assert.deepEqual((await client.subscriptions.retrieve(ids[0])).discounts, []);
  const [invoice] = (await invoicesOf(client, ids[2])).slice(-1);
  assert.deepEqual(invoice.total_discount_amounts!.map(({ amount }) => amount), [290]);
  assert.equal((await client.coupons.retrieve(coupons[0].id)).times_redeemed, 1);
});

story("a promotion code is typed on the page, applied, refused when wrong, and counted", async (scene) => {
  const { stripe, client } = scene;
  const { pro } = await shelf(client);
  const { id: coupon } = await client.coupons.create({ percent_off: 20, duration: "forever" });
  const code = await client.promotionCodes.create({ promotion: { type: "coupon", coupon }, code: "SPRING" });
  const { id, url } = await client.checkout.sessions.create(
    subscribing(pro.id, { allow_promotion_codes: true, locale: "en" }),
  );
  const wrong = await stripe.press(url!, "paid", { promotion_code: "SUMMER" });
  assert.equal(wrong.status, 400);
  assert.match(await wrong.text(), /role="alert".*This code is not valid/s);
  const applied = await stripe.press(url!, "apply", { promotion_code: "spring" });
  assert.equal(applied.headers.get("location"), `/checkout/${id}`);
  assert.match(await page(scene, url!), /Discount SPRING.*-\$5\.80.*\$23\.20/s);
  await (await stripe.press(url!, "paid")).body?.cancel();
  const session = await client.checkout.sessions.retrieve(id, { expand: ["subscription.discounts"] });
  assert.deepEqual([session.amount_total, session.total_details!.amount_discount], [2320, 580]);
  assert.deepEqual(session.discounts!.map(({ promotion_code }) => promotion_code), [code.id]);
  const [discount] = (session.subscription as Stripe.Subscription).discounts as Stripe.Discount[];
  assert.deepEqual([discount.promotion_code, discount.source.coupon], [code.id, coupon]);
  assert.equal((await client.promotionCodes.retrieve(code.id)).times_redeemed, 1);
  const both = await refused(
    client.checkout.sessions.create(subscribing(pro.id, { allow_promotion_codes: true, discounts: [{ coupon }] })),
  );
  assert.equal(both.param, "allow_promotion_codes");
});

story("tax follows the country typed on the page, and a company abroad accounts for it itself", async (scene) => {
  const { client } = scene;
  const params = priced(3900, {
    automatic_tax: { enabled: true },
    tax_id_collection: { enabled: true },
    invoice_creation: { enabled: true, invoice_data: { metadata: { pack: "pack_50" } } },
  });
  const taxed = async (fields: Record<string, string>) => (await finished(scene, params, "paid", fields)).session;
  const polish = await taxed({ country: "PL", name: "Ada Nowak" });
  assert.deepEqual([polish.amount_total, polish.total_details!.amount_tax], [4797, 897]);
  assert.equal(polish.customer_details!.address!.country, "PL");
  const german = await taxed({ country: "DE" });
  assert.equal(german.total_details!.amount_tax, 741);
  const company = await taxed({ country: "DE", tax_id: "DE123456789" });
  assert.deepEqual([company.amount_total, company.customer_details!.tax_ids!.map(({ type, value }) => [type, value])], [
    3900,
    [["eu_vat", "DE123456789"]],
  ]);
  assert.equal((await taxed({ country: "US" })).total_details!.amount_tax, 0);

  const invoice = await client.invoices.retrieve(polish.invoice as string, { expand: ["payments"] });
  assert.deepEqual([invoice.status, invoice.total, invoice.subtotal, invoice.amount_paid], ["paid", 4797, 3900, 4797]);
  assert.deepEqual({ ...invoice.metadata }, { pack: "pack_50" });
  const [tax] = invoice.total_taxes!;
  assert.deepEqual([tax.amount, tax.taxable_amount, tax.taxability_reason], [897, 3900, "standard_rated"]);
  assert.equal((await client.taxRates.retrieve(tax.tax_rate_details!.tax_rate)).percentage, 23);
  assert.equal(invoice.payments!.data[0].payment.payment_intent, polish.payment_intent);
  const reversed = await client.invoices.retrieve(company.invoice as string);
  assert.deepEqual(reversed.total_taxes!.map(({ amount, taxability_reason }) => [amount, taxability_reason]), [
    [0, "reverse_charge"],
  ]);
  assert.deepEqual(reversed.customer_tax_ids!.map(({ value }) => value), ["DE123456789"]);
});

story("an existing customer's data are changed only where the session says so", async (scene) => {
  const { client } = scene;
  const { id: customer } = await client.customers.create({ email: "ada@example.com" });
  const params = priced(3900, { customer, automatic_tax: { enabled: true } });
  const unsaid = await refused(client.checkout.sessions.create(params));
  assert.equal(unsaid.code, "customer_tax_location_invalid");
  const ids = await refused(
    client.checkout.sessions.create({
      ...params,
      customer_update: { address: "auto" },
      tax_id_collection: { enabled: true },
    }),
  );
  assert.equal(ids.param, "customer_update[name]");
  const { session } = await finished(
    scene,
    { ...params, customer_update: { address: "auto", name: "never" } },
    "paid",
    { country: "PL", name: "Somebody" },
  );
  assert.equal(session.customer, customer);
  const { address, name } = await client.customers.retrieve(customer) as Stripe.Customer;
  assert.deepEqual([address!.country, name], ["PL", null]);
});

story("setup mode saves a card and charges nothing", async (scene) => {
  const { client } = scene;
  const { id: customer } = await client.customers.create({ email: "ada@example.com" });
  const params: Create = {
    mode: "setup",
    currency: "usd",
    customer,
    setup_intent_data: { metadata: { why: "topup" } },
    ...urls,
  };
  const { status, session: tried } = await finished(scene, params, "declined");
  assert.deepEqual([status, tried.status], [402, "open"]);
  const { session } = await finished(scene, params);
  assert.deepEqual([session.status, session.payment_status, session.amount_total], [
    "complete",
    "no_payment_required",
    null,
  ]);
  const intent = await client.setupIntents.retrieve(session.setup_intent as string, { expand: ["payment_method"] });
  assert.deepEqual([intent.status, { ...intent.metadata }], ["succeeded", { why: "topup" }]);
  assert.equal((intent.payment_method as Stripe.PaymentMethod).customer, customer);
  assert.equal((await client.customers.listPaymentMethods(customer)).data.length, 1);
  assert.equal((await refused(client.checkout.sessions.create({ ...params, currency: undefined }))).param, "currency");
});

story("a payment may keep the card for later", async (scene) => {
  const { client } = scene;
  const { id: customer } = await client.customers.create({ email: "ada@example.com" });
  await finished(scene, { ...pack, customer, payment_intent_data: { setup_future_usage: "off_session" } });
  const [card] = (await client.customers.listPaymentMethods(customer)).data;
  const intent = await client.paymentIntents.create({
    amount: 900,
    currency: "usd",
    customer,
    payment_method: card.id,
    off_session: true,
    confirm: true,
    automatic_payment_methods: { enabled: true, allow_redirects: "never" },
  });
  assert.equal(intent.status, "succeeded");
  await finished(scene, { ...pack, customer });
  assert.equal((await client.customers.listPaymentMethods(customer)).data.length, 1);
});

story("what belongs to one mode is refused in another", async ({ client }) => {
  const { pro } = await shelf(client);
  const wrong: [Create, string][] = [
    [{ ...subscribing(pro.id), mode: "payment" }, "line_items"],
    [{ ...pack, mode: "subscription" }, "line_items"],
    [subscribing(pro.id, { payment_intent_data: {} }), "payment_intent_data"],
    [subscribing(pro.id, { invoice_creation: { enabled: true } }), "invoice_creation"],
    [{ ...pack, subscription_data: {} }, "subscription_data"],
    [{ ...pack, setup_intent_data: { metadata: { a: "b" } } }, "setup_intent_data"],
    [{ ...pack, customer_update: { name: "auto" } }, "customer_update"],
    [subscribing("price_nobody"), "line_items[0][price]"],
    [subscribing(pro.id, { discounts: [{ coupon: "NOBODY" }] }), "discounts[0][coupon]"],
  ];
  for (const [params, param] of wrong) {
    // Empty hashes are not sent by the client.
    const filled = { ...params, ...(params.payment_intent_data && { payment_intent_data: { description: "x" } }) };
    const sent = { ...filled, ...(params.subscription_data && { subscription_data: { description: "x" } }) };
    assert.equal((await refused(client.checkout.sessions.create(sent), param)).param, param);
  }
});

story("the page has labels for its fields and answers to the keyboard alone", async (scene) => {
  const { client } = scene;
  const { pro } = await shelf(client);
  const { url } = await client.checkout.sessions.create(subscribing(pro.id, {
    allow_promotion_codes: true,
    automatic_tax: { enabled: true },
    tax_id_collection: { enabled: true },
    locale: "en",
  }));
  const text = await page(scene, url!);
  for (const [, id] of text.matchAll(/<(?:input|select) id="(\w+)"/g)) assert.ok(text.includes(`for="${id}"`), id);
  assert.match(text, /<option value="US" selected>/);
  assert.match(text, /name="card" value="visa" checked/);
  assert.match(text, /name="card" value="fails_later"/);
  assert.doesNotMatch(text, /async_paid|<script/);
});
