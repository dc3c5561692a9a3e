/** The rest of Kredo's calls: checkout, subscriptions and their invoices, the portal, events and clocks. And all of them. */
import { type Call, call, catalogue, customers, metadata, payments } from "./stripe-calls.ts";
import { until } from "./until.ts";

const success_url = "http://127.0.0.1:8000/app/billing/success?session_id={CHECKOUT_SESSION_ID}";
const cancel_url = "http://127.0.0.1:8000/app/billing/cancel";

/** Later than what `advance` below reaches. */
const inDays = (days: number) => Math.floor(Date.now() / 1000) + days * 86_400;

const checkouts: Call[] = [
  call(
    "checkout.sessions.create, payment",
    (s, { customer }) =>
      s.checkout.sessions.create({
        mode: "payment",
        customer,
        customer_update: { address: "auto", name: "auto" },
        line_items: [{
          quantity: 1,
          price_data: { currency: "usd", unit_amount: 900, product_data: { name: "10 credits" } },
        }],
        allow_promotion_codes: true,
        automatic_tax: { enabled: true },
        tax_id_collection: { enabled: true },
        billing_address_collection: "auto",
        invoice_creation: { enabled: true, invoice_data: { metadata, description: "10 credits" } },
        payment_intent_data: { metadata, setup_future_usage: "off_session", description: "10 credits" },
        client_reference_id: "user-1",
        locale: "pl",
        metadata,
        success_url,
        cancel_url,
      }),
    { keep: "session" },
  ),
  call(
    "checkout.sessions.retrieve",
    (s, { session }) =>
      s.checkout.sessions.retrieve(session, { expand: ["line_items", "payment_intent.latest_charge"] }),
  ),
  call("checkout.sessions.list", (s, { customer }) => s.checkout.sessions.list({ customer, limit: 5 })),
  call("checkout.sessions.listLineItems", (s, { session }) => s.checkout.sessions.listLineItems(session)),
  call("checkout.sessions.expire", (s, { session }) => s.checkout.sessions.expire(session)),
  call(
    "checkout.sessions.create, setup",
    (s, { customer }) =>
      s.checkout.sessions.create({
        mode: "setup",
        customer,
        currency: "usd",
        setup_intent_data: { metadata },
        success_url,
        cancel_url,
      }),
    { keep: "setupSession" },
  ),
  call("setupIntents.retrieve", (s, { setupIntent }) => s.setupIntents.retrieve(setupIntent), {
    async before({ client, pay }, ids) {
      const { url } = await client.checkout.sessions.retrieve(ids.setupSession);
      await pay(url!);
      ids.setupIntent = (await client.checkout.sessions.retrieve(ids.setupSession)).setup_intent as string;
    },
  }),
  call(
    "checkout.sessions.create, subscription",
    (s, { customer, price, promotionCode }) =>
      s.checkout.sessions.create({
        mode: "subscription",
        customer,
        line_items: [{ price, quantity: 1 }],
        discounts: [{ promotion_code: promotionCode }],
        payment_method_collection: "always",
        subscription_data: {
          metadata,
          trial_period_days: 7,
          trial_settings: { end_behavior: { missing_payment_method: "cancel" } },
        },
        success_url,
        cancel_url,
      }),
    { keep: "subscriptionSession" },
  ),
];

const subscriptions: Call[] = [
  call("subscriptions.list", (s, { customer }) => s.subscriptions.list({ customer, status: "all" }), {
    async before({ client, pay }, ids) {
      const { url } = await client.checkout.sessions.retrieve(ids.subscriptionSession);
      await pay(url!);
      ids.subscription = (await client.checkout.sessions.retrieve(ids.subscriptionSession)).subscription as string;
      const { items } = await client.subscriptions.retrieve(ids.subscription);
      ids.item = items.data[0].id;
    },
  }),
  call(
    "subscriptions.retrieve",
    (s, { subscription }) =>
      s.subscriptions.retrieve(subscription, { expand: ["latest_invoice.payments", "default_payment_method"] }),
  ),
  call("invoices.createPreview", (s, { customer, subscription, item, largerPrice }) =>
    s.invoices.createPreview({
      customer,
      subscription,
      subscription_details: { items: [{ id: item, price: largerPrice }], proration_behavior: "always_invoice" },
    })),
  call(
    "subscriptions.update, end of the trial",
    (s, { subscription }) => s.subscriptions.update(subscription, { trial_end: "now", metadata }),
  ),
  call(
    "subscriptions.update, another plan",
    (s, { subscription, item, largerPrice, card }) =>
      s.subscriptions.update(subscription, {
        items: [{ id: item, price: largerPrice }],
        proration_behavior: "always_invoice",
        payment_behavior: "error_if_incomplete",
        default_payment_method: card,
      }),
  ),
  call(
    "subscriptions.update, end of the period",
    (s, { subscription }) => s.subscriptions.update(subscription, { cancel_at_period_end: true }),
  ),
  call(
    "subscriptions.update, going on",
    (s, { subscription }) => s.subscriptions.update(subscription, { cancel_at_period_end: false }),
  ),
  call(
    "invoices.list",
    (s, { customer, subscription }) => s.invoices.list({ customer, subscription, status: "paid" }),
    {
      async before({ client, giveCard, advance }, ids) {
        giveCard(ids.customer, "fails");
        await advance(32);
        const { data } = await client.invoices.list({ subscription: ids.subscription, status: "open" });
        ids.invoice = data[0].id!;
        giveCard(ids.customer, "visa");
      },
    },
  ),
  call("invoices.retrieve", (s, { invoice }) => s.invoices.retrieve(invoice, { expand: ["payments"] })),
  call("invoices.pay", (s, { invoice }) => s.invoices.pay(invoice)),
  call("invoicePayments.list, of an invoice", (s, { invoice }) => s.invoicePayments.list({ invoice })),
  call(
    "invoicePayments.list, of a payment",
    (s, { invoicePayment }) =>
      s.invoicePayments.list({ payment: { type: "payment_intent", payment_intent: invoicePayment } }),
    {
      async before({ client }, ids) {
        const [{ payment }] = (await client.invoicePayments.list({ invoice: ids.invoice, status: "paid" })).data;
        ids.invoicePayment = payment.payment_intent as string;
      },
    },
  ),
  call(
    "invoices.finalizeInvoice",
    (s, { draft }) => s.invoices.finalizeInvoice(draft, { auto_advance: true }),
    {
      // In the hour in which a renewal is a draft.
      async before({ client, advance }, ids) {
        const { items } = await client.subscriptions.retrieve(ids.subscription);
        const { created: now } = await client.customers.create({});
        await advance((items.data[0].current_period_end - now) / 86_400 + 0.01);
        const { data } = await client.invoices.list({ subscription: ids.subscription, status: "draft" });
        ids.draft = data[0].id!;
      },
    },
  ),
  call("invoices.voidInvoice", (s, { voidedInvoice }) => s.invoices.voidInvoice(voidedInvoice), {
    async before({ client, giveCard, advance }, ids) {
      giveCard(ids.customer, "fails");
      await advance(32);
      const { data } = await client.invoices.list({ subscription: ids.subscription, status: "open" });
      ids.voidedInvoice = data[0].id!;
    },
  }),
  call(
    "subscriptions.cancel",
    (s, { subscription }) => s.subscriptions.cancel(subscription, { prorate: false, invoice_now: false }),
  ),
];

const rest: Call[] = [
  call(
    "billingPortal.configurations.create",
    (s, { product, price }) =>
      s.billingPortal.configurations.create({
        business_profile: { headline: "Kredo" },
        features: {
          customer_update: { enabled: true, allowed_updates: ["address", "tax_id"] },
          invoice_history: { enabled: true },
          payment_method_update: { enabled: true },
          subscription_cancel: { enabled: true, mode: "at_period_end" },
          subscription_update: {
            enabled: true,
            default_allowed_updates: ["price"],
            proration_behavior: "always_invoice",
            products: [{ product, prices: [price] }],
          },
        },
        metadata,
      }),
    { keep: "configuration" },
  ),
  call(
    "billingPortal.configurations.retrieve",
    (s, { configuration }) => s.billingPortal.configurations.retrieve(configuration),
  ),
  call(
    "billingPortal.configurations.update",
    (s, { configuration }) => s.billingPortal.configurations.update(configuration, { metadata }),
  ),
  call("billingPortal.configurations.list", (s) => s.billingPortal.configurations.list({ active: true })),
  call("billingPortal.sessions.create", (s, { customer, configuration }) =>
    s.billingPortal.sessions.create({
      customer,
      configuration,
      locale: "pl",
      return_url: cancel_url,
      flow_data: { type: "payment_method_update" },
    })),
  call("taxRates.retrieve", (s, { taxRate }) => s.taxRates.retrieve(taxRate)),
  call(
    "events.list",
    (s) => s.events.list({ types: ["customer.subscription.*", "charge.refunded"], created: { gte: 0 } }),
  ),
  call("events.retrieve", (s, { event }) => s.events.retrieve(event), {
    async before({ client }, ids) {
      ids.event = (await client.events.list({ limit: 1 })).data[0].id;
    },
  }),
  call("paymentMethods.detach", (s, { card }) => s.paymentMethods.detach(card)),
  call("coupons.del", (s, { coupon }) => s.coupons.del(coupon)),
  call(
    "testHelpers.testClocks.create",
    (s) => s.testHelpers.testClocks.create({ frozen_time: inDays(70), name: "Spring" }),
    {
      keep: "testClock",
    },
  ),
  call("testHelpers.testClocks.retrieve", (s, { testClock }) => s.testHelpers.testClocks.retrieve(testClock)),
  call("testHelpers.testClocks.list", (s) => s.testHelpers.testClocks.list({ limit: 1 })),
  call(
    "testHelpers.testClocks.advance",
    (s, { testClock }) => s.testHelpers.testClocks.advance(testClock, { frozen_time: inDays(120) }),
    {
      async before({ client }, ids) {
        await until(async () => {
          const { status } = await client.testHelpers.testClocks.retrieve(ids.testClock);
          return status === "ready";
        }, "the test clock");
      },
    },
  ),
  call("testHelpers.testClocks.del", (s, { testClock }) => s.testHelpers.testClocks.del(testClock)),
];

export const calls: Call[] = [...catalogue, ...customers, ...payments, ...checkouts, ...subscriptions, ...rest];
