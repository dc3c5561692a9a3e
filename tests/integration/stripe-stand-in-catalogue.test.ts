/** The Stripe stand-in: products, prices, coupons, promotion codes, customers and their cards. */
import assert from "node:assert/strict";
import type Stripe from "stripe";
import { happened, refused, story } from "../support/stripe-scene.ts";

const monthly = { currency: "usd", unit_amount: 2900, recurring: { interval: "month" as const } };

story("a product keeps the id it was given, and tells what an update changed", async ({ client }) => {
  const product = await client.products.create({ id: "pro", name: "Pro", metadata: { plan: "pro", old: "yes" } });
  assert.deepEqual([product.id, product.active, product.type], ["pro", true, "service"]);
  assert.equal((await refused(client.products.create({ id: "pro", name: "Pro" }))).code, "resource_already_exists");

  const changed = await client.products.update("pro", { name: "Kredo Pro", metadata: { old: "", version: "2" } });
  assert.deepEqual({ ...changed.metadata }, { plan: "pro", version: "2" });
  const [event] = (await client.events.list({ type: "product.updated" })).data;
  const { name, metadata } = event.data.previous_attributes as unknown as Stripe.Product;
  assert.deepEqual([name, { ...metadata }], ["Pro", { old: "yes", version: null }]);

  await client.products.update("pro", { name: "Kredo Pro" });
  assert.equal((await happened(client, /^product\.updated$/)).length, 1, "nothing changed, nothing to tell");
  assert.deepEqual((await client.products.list({ ids: ["pro"] })).data.map(({ id }) => id), ["pro"]);
  assert.equal((await client.products.list({ active: false })).data.length, 0);
  assert.equal((await refused(client.products.update("nothing", { name: "x" }))).statusCode, 404);
});

story("a lookup key names one price and moves only when asked", async ({ client }) => {
  const { id: product } = await client.products.create({ name: "Pro" });
  const first = await client.prices.create({ product, ...monthly, lookup_key: "pro_month" });
  assert.deepEqual([first.type, first.recurring!.interval, String(first.unit_amount_decimal)], [
    "recurring",
    "month",
    "2900",
  ]);
  const taken = await refused(client.prices.create({ product, ...monthly, lookup_key: "pro_month" }));
  assert.equal(taken.param, "lookup_key");
  const second = await client.prices.create({
    product,
    ...monthly,
    unit_amount: 3100,
    lookup_key: "pro_month",
    transfer_lookup_key: true,
  });
  const named = await client.prices.list({ lookup_keys: ["pro_month"], expand: ["data.product"] });
  assert.deepEqual(named.data.map(({ id }) => id), [second.id]);
  assert.equal((named.data[0].product as Stripe.Product).name, "Pro");
  assert.equal((await client.prices.retrieve(first.id)).lookup_key, null);
  await client.prices.update(first.id, { active: false });
  assert.deepEqual((await client.prices.list({ product, active: true })).data.map(({ id }) => id), [second.id]);
  assert.equal((await refused(client.prices.create({ product: "prod_nobody", ...monthly }))).code, "resource_missing");
  const amount = await refused(client.prices.update(second.id, { unit_amount: 1 } as Stripe.PriceUpdateParams));
  assert.equal(amount.code, "parameter_unknown");
});

story("a coupon is one of percent and amount, and is gone once deleted", async ({ client }) => {
  const half = await client.coupons.create({
    id: "HALF",
    percent_off: 50,
    duration: "repeating",
    duration_in_months: 3,
  });
  assert.deepEqual([half.percent_off, half.duration_in_months, half.valid], [50, 3, true]);
  const both = await refused(client.coupons.create({ percent_off: 5, amount_off: 5, currency: "usd" }));
  assert.equal(both.param, "percent_off");
  assert.equal((await refused(client.coupons.create({ amount_off: 500 }))).param, "currency");
  assert.equal(
    (await refused(client.coupons.create({ percent_off: 5, duration: "repeating" }))).param,
    "duration_in_months",
  );
  assert.equal((await refused(client.coupons.create({ percent_off: 101 }))).param, "percent_off");
  assert.deepEqual((await client.coupons.list()).data.map(({ id }) => id), ["HALF"]);
  assert.equal((await client.coupons.del("HALF")).deleted, true);
  assert.equal((await refused(client.coupons.retrieve("HALF"))).statusCode, 404);
});

story("a promotion code is found whatever its case, and one active code has a name", async ({ client }) => {
  const { id: coupon } = await client.coupons.create({ percent_off: 20 });
  const params = { promotion: { type: "coupon" as const, coupon }, code: "SPRING" };
  const code = await client.promotionCodes.create(params);
  assert.equal(code.promotion.coupon, coupon);
  assert.equal((await refused(client.promotionCodes.create({ ...params, code: "spring" }))).param, "code");
  const found = await client.promotionCodes.list({ code: "spring", expand: ["data.promotion.coupon"] });
  assert.equal((found.data[0].promotion.coupon as Stripe.Coupon).percent_off, 20);
  assert.equal((await client.promotionCodes.update(code.id, { active: false })).active, false);
  await client.promotionCodes.create(params);
  assert.equal((await client.promotionCodes.list({ active: true })).data.length, 1);
});

story("a customer is changed key by key and found by e-mail", async ({ client }) => {
  const address = { country: "PL", city: "Poznań", line1: "Rynek 1", postal_code: "61-772" };
  const customer = await client.customers.create({
    email: "ada@example.com",
    address,
    preferred_locales: ["pl"],
    metadata: { user_id: "1", note: "x" },
    tax_id_data: [{ type: "eu_vat", value: "PL1234567890" }],
  });
  assert.deepEqual({ ...customer.address }, { ...address, line2: null, state: null });
  await client.customers.update(customer.id, { name: "Ada", metadata: { note: "" } });
  const [found] = (await client.customers.list({ email: "ada@example.com", expand: ["data.tax_ids"] })).data;
  assert.deepEqual([found.name, { ...found.metadata }], ["Ada", { user_id: "1" }]);
  assert.deepEqual(found.tax_ids!.data.map(({ value, country }) => [value, country]), [["PL1234567890", "PL"]]);
  await client.customers.createTaxId(customer.id, { type: "eu_vat", value: "DE123456789" });
  assert.equal((await client.customers.listTaxIds(customer.id)).data.length, 2);
  const [event] = (await client.events.list({ type: "customer.updated" })).data;
  assert.deepEqual(event.data.previous_attributes, { metadata: { note: "x" }, name: null });
});

story("a card is attached, made the default, and leaves no default behind when detached", async ({ client }) => {
  const { id: customer } = await client.customers.create({ email: "ada@example.com" });
  const card = await client.paymentMethods.attach("pm_card_visa", { customer });
  assert.deepEqual([card.customer, card.card!.brand, card.card!.last4], [customer, "visa", "4242"]);
  await client.customers.update(customer, { invoice_settings: { default_payment_method: card.id } });
  const later = await client.paymentMethods.attach("pm_card_chargeCustomerFail", { customer });
  const ids = async () => (await client.customers.listPaymentMethods(customer)).data.map(({ id }) => id);
  assert.deepEqual(await ids(), [later.id, card.id]);
  await client.paymentMethods.detach(card.id);
  assert.deepEqual(await ids(), [later.id]);
  const { invoice_settings } = await client.customers.retrieve(customer) as Stripe.Customer;
  assert.equal(invoice_settings.default_payment_method, null);

  const declined = await refused(client.paymentMethods.attach("pm_card_chargeDeclined", { customer }));
  assert.deepEqual([declined.statusCode, declined.code, declined.decline_code], [
    402,
    "card_declined",
    "generic_decline",
  ]);
  const foreign = await refused(
    client.customers.update(customer, { invoice_settings: { default_payment_method: card.id } }),
  );
  assert.equal(foreign.code, "resource_missing");
  const { id: other } = await client.customers.create();
  assert.equal((await refused(client.paymentMethods.attach(later.id, { customer: other }))).statusCode, 400);
});

story("a customer's balance remembers every change of it", async ({ client }) => {
  const { id } = await client.customers.create();
  await client.customers.createBalanceTransaction(id, { amount: -500, currency: "usd", description: "Sorry" });
  await client.customers.update(id, { balance: -200 });
  const { data } = await client.customers.listBalanceTransactions(id);
  assert.deepEqual(data.map(({ amount, ending_balance }) => [amount, ending_balance]), [[300, -200], [-500, -500]]);
  assert.equal((await client.customers.retrieve(id) as Stripe.Customer).balance, -200);
});
