/** The Stripe stand-in: the hosted billing portal, the invoice's hosted page, and test clocks over the API. */
import assert from "node:assert/strict";
import type Stripe from "stripe";
import { until as eventually } from "../support/until.ts";
import { day, invoicesOf, itemOf, payer, refused, type Scene, shelf, story, until } from "../support/stripe-scene.ts";

async function portal(scene: Scene, change: Partial<Stripe.BillingPortal.ConfigurationCreateParams.Features> = {}) {
  const { client, stripe } = scene;
  const prices = await shelf(client);
  const customer = await payer(client);
  const { id } = await client.subscriptions.create({ customer, items: [{ price: prices.pro.id }] });
  const configuration = await client.billingPortal.configurations.create({
    features: {
      customer_update: { enabled: true, allowed_updates: ["name", "address", "tax_id"] },
      invoice_history: { enabled: true },
      payment_method_update: { enabled: true },
      subscription_cancel: { enabled: true },
      subscription_update: {
        enabled: true,
        default_allowed_updates: ["price"],
        proration_behavior: "always_invoice",
        products: [{ product: "enterprise", prices: [prices.enterprise.id] }],
      },
      ...change,
    },
  });
  const session = await client.billingPortal.sessions.create({
    customer,
    configuration: configuration.id,
    return_url: "http://127.0.0.1:8000/app/billing",
    locale: "en",
  });
  const act = async (fields: Record<string, string>, url = session.url) => {
    const answer = await fetch(url, { method: "POST", body: new URLSearchParams(fields), redirect: "manual" });
    return { status: answer.status, text: await answer.text(), location: answer.headers.get("location") };
  };
  const page = async () => await (await stripe.raw(new URL(session.url).pathname)).text();
  return { ...prices, customer, id, configuration, session, act, page };
}

story("at the portal a plan is switched, canceled and resumed", async (scene) => {
  const { client } = scene;
  const { id, enterprise, act, page, session } = await portal(scene);
  const shown = await page();
  assert.match(shown, /<strong>Pro<\/strong> \$29\.00 per month/);
  assert.match(shown, /Switch to Enterprise, \$99\.00 per month.*\$70\.00 due now/s);
  assert.match(shown, /href="http:\/\/127\.0\.0\.1:8000\/app\/billing">Back to 127\.0\.0\.1:8000/);

  const switched = await act({ action: "switch", price: enterprise.id });
  assert.deepEqual([switched.status, switched.location], [303, new URL(session.url).pathname]);
  assert.equal(itemOf(await client.subscriptions.retrieve(id)).price.id, enterprise.id);
  assert.equal((await invoicesOf(client, id)).at(-1)!.status, "paid");

  await act({ action: "cancel" });
  assert.equal((await client.subscriptions.retrieve(id)).cancel_at_period_end, true);
  assert.match(await page(), /Ends on .*value="resume"/s);
  await act({ action: "resume" });
  assert.equal((await client.subscriptions.retrieve(id)).cancel_at_period_end, false);
});

story("a card changed at the portal is the next invoice's, whether it works or not", async (scene) => {
  const { client } = scene;
  const { id, customer, act, page } = await portal(scene);
  await act({ action: "card", card: "fails_later" });
  assert.match(await page(), /Visa ending in 0341<\/p>/);
  const due = itemOf(await client.subscriptions.retrieve(id)).current_period_end;
  await until(scene, due + 3600);
  assert.equal((await client.subscriptions.retrieve(id)).status, "past_due");
  const open = (await invoicesOf(client, id)).at(-1)!;
  assert.equal((await act({ action: "pay", invoice: open.id! })).status, 402);
  await act({ action: "card", card: "visa" });
  assert.equal((await act({ action: "pay", invoice: open.id! })).status, 303);
  assert.equal((await client.subscriptions.retrieve(id)).status, "active");
  await act({ action: "card", card: "none" });
  const { invoice_settings } = await client.customers.retrieve(customer) as Stripe.Customer;
  assert.equal(invoice_settings.default_payment_method, null);
});

story("the portal takes the customer's data as far as it may", async (scene) => {
  const { client } = scene;
  const { customer, act } = await portal(scene);
  await act({ action: "details", name: "Ada", email: "eve@example.com", country: "PL", tax_id: "PL1234567890" });
  const { name, email, address } = await client.customers.retrieve(customer) as Stripe.Customer;
  assert.deepEqual([name, email, address!.country], ["Ada", "ada@example.com", "PL"], "e-mail is not on its list");
  assert.deepEqual((await client.customers.listTaxIds(customer)).data.map(({ value }) => value), ["PL1234567890"]);
});

story("what the configuration does not allow is refused, also to forms that were made up", async (scene) => {
  const { client } = scene;
  const { id, pro, act, page } = await portal(scene, {
    subscription_cancel: { enabled: false },
    payment_method_update: { enabled: false },
  });
  assert.doesNotMatch(await page(), /value="cancel"|value="card"/);
  const made: Record<string, string>[] = [
    { action: "cancel" },
    { action: "card", card: "visa" },
    { action: "switch", price: pro.id },
    { action: "resume" },
    { action: "pay", invoice: (await invoicesOf(client, id))[0].id! },
    { action: "explode" },
  ];
  for (const fields of made) {
    const { status, text } = await act(fields);
    assert.ok(status === 400 || status === 402, JSON.stringify(fields));
    assert.match(text, /role="alert"/);
  }
  assert.equal((await client.subscriptions.retrieve(id)).cancel_at_period_end, false);
});

story("a flow shows one thing and leads on when it is done", async (scene) => {
  const { client } = scene;
  const { id, customer, configuration, act } = await portal(scene);
  const session = await client.billingPortal.sessions.create({
    customer,
    configuration: configuration.id,
    flow_data: {
      type: "subscription_cancel",
      subscription_cancel: { subscription: id },
      after_completion: { type: "redirect", redirect: { return_url: "http://127.0.0.1:8000/gone" } },
    },
  });
  const text = await (await fetch(session.url, { headers: { "accept-language": "pl" } })).text();
  assert.match(text, /<html lang="pl">.*Anuluj plan/s);
  assert.doesNotMatch(text, /value="card"/);
  assert.equal((await act({ action: "cancel" }, session.url)).location, "http://127.0.0.1:8000/gone");
});

story("a portal session wants a configuration and a customer that exist", async ({ client }) => {
  const { id: customer } = await client.customers.create();
  assert.match(
    (await refused(client.billingPortal.sessions.create({ customer }))).message,
    /default configuration has not been created/,
  );
  const error = await refused(client.billingPortal.sessions.create({ customer: "cus_nobody" }));
  assert.equal(error.code, "resource_missing");
  const features = { subscription_update: { enabled: true, default_allowed_updates: ["price" as const] } };
  assert.match(
    (await refused(client.billingPortal.configurations.create({ features }))).param!,
    /subscription_update\]\[products\]/,
  );
});

story("an open invoice is paid at its hosted page, and the card is kept for renewals", async (scene) => {
  const { client, stripe } = scene;
  const { id, act } = await portal(scene);
  await act({ action: "card", card: "fails_later" });
  await until(scene, itemOf(await client.subscriptions.retrieve(id)).current_period_end + 3600);
  const { hosted_invoice_url: url, id: invoice, number } = (await invoicesOf(client, id)).at(-1)!;
  const shown = await (await fetch(url!)).text();
  assert.ok(shown.includes(number!));
  assert.match(shown, /Pay \$29\.00/);
  const declined = await stripe.press(url!, "declined");
  assert.equal(declined.status, 402);
  await declined.body?.cancel();
  const paid = await stripe.press(url!, "paid", { card: "visa" });
  assert.deepEqual([paid.status, paid.headers.get("location")], [303, `/invoice/${invoice}`]);
  assert.match(await (await fetch(url!)).text(), /Paid on /);
  const subscription = await client.subscriptions.retrieve(id, { expand: ["default_payment_method"] });
  assert.equal(subscription.status, "active");
  assert.equal((subscription.default_payment_method as Stripe.PaymentMethod).card!.last4, "4242");
  assert.equal((await fetch(`${stripe.baseUrl}/invoice/in_nothing`)).status, 404);
});

story("a test clock moves the account's time, once whoever listens has followed", async (scene) => {
  const { client, stripe } = scene;
  const { id } = await portal(scene);
  const heard: [offset: number, invoices: number][] = [];
  stripe.clock.onAdvance(async (offset) => {
    heard.push([Math.round(offset / 1000), (await invoicesOf(client, id)).length]);
  });
  const clock = await client.testHelpers.testClocks.create({ frozen_time: Math.floor(Date.now() / 1000) });
  const frozen_time = clock.frozen_time + 32 * day;
  const advancing = await client.testHelpers.testClocks.advance(clock.id, { frozen_time });
  assert.equal(advancing.status, "advancing");
  const status = async () => (await client.testHelpers.testClocks.retrieve(clock.id)).status;
  for (let tries = 0; tries < 100 && await status() !== "ready"; tries++) await new Promise((go) => setTimeout(go, 10));
  assert.equal(await status(), "ready");
  assert.equal((await invoicesOf(client, id)).length, 2);
  assert.equal(heard.length, 1);
  assert.ok(Math.abs(heard[0][0] - 32 * day) <= 1);
  assert.equal(heard[0][1], 1, "the listener still saw the account before the renewal");
  const back = await refused(client.testHelpers.testClocks.advance(clock.id, { frozen_time: clock.frozen_time }));
  assert.equal(back.param, "frozen_time");
  const far = await refused(
    client.testHelpers.testClocks.advance(clock.id, { frozen_time: frozen_time + 400 * day }),
  );
  assert.match(far.message, /13 months/);
  await client.testHelpers.testClocks.del(clock.id);
});

story("a listener that fails keeps the clock where it is", async ({ client, stripe }) => {
  const before = stripe.clock.nowMs();
  stripe.clock.onAdvance(() => Promise.reject(new Error("the database is away")));
  await assert.rejects(stripe.clock.advanceTo(before + day * 1000), /the database is away/);
  assert.ok(stripe.clock.nowMs() < before + 60_000);
  assert.equal((await client.events.list()).data.length, 0);
});

story("the same event may come twice; it has one id and was one change", async (scene) => {
  const { client, stripe, webhooks } = scene;
  stripe.faults.set("stripe", { duplicate: 1 });
  const { id } = await portal(scene);
  await eventually(() => webhooks.of("invoice.paid").length === 2, "invoice.paid twice");
  const [first, second] = webhooks.of("invoice.paid");
  assert.equal(first.event.id, second.event.id);
  assert.equal((await invoicesOf(client, id)).length, 1);
  assert.equal((await client.events.list({ type: "invoice.paid" })).data.length, 1);
});
