/**
 * Calls that Kredo makes at Stripe, in an order in which each finds what it needs: made of the stand-in and of Stripe's
 * own mock alike. `ids` holds what earlier calls made; the mock, which knows every id, gets stand-ins for them.
 */
import type Stripe from "stripe";

export type Ids = Record<string, string>;

export interface Call {
  name: string;
  /** What has to happen outside of the API first; the mock, without a history, has no need of it. */
  before?(outside: Outside, ids: Ids): Promise<void>;
  make(client: Stripe, ids: Ids): Promise<object>;
  /** Under which name the answer's id is kept. */
  keep?: string;
}

/** What buyers, banks and time do to the stand-in. */
export interface Outside {
  client: Stripe;
  pay(url: string): Promise<void>;
  dispute(payment: string): string;
  giveCard(customer: string, card: "visa" | "fails"): void;
  advance(days: number): Promise<void>;
}

const name = "Studio";
export const metadata = { kredo: "contract" };
export const call = (name: string, make: Call["make"], rest: Omit<Call, "name" | "make"> = {}): Call => ({
  name,
  make,
  ...rest,
});

export const catalogue: Call[] = [
  call("products.create", (s) => s.products.create({ name, description: "For studios", metadata }), {
    keep: "product",
  }),
  call("products.retrieve", (s, { product }) => s.products.retrieve(product)),
  call("products.update", (s, { product }) => s.products.update(product, { description: "For all", metadata })),
  call("products.list", (s) => s.products.list({ active: true, limit: 10 })),
  call(
    "prices.create, monthly",
    (s, { product }) =>
      s.prices.create({
        product,
        currency: "usd",
        unit_amount: 2900,
        recurring: { interval: "month" },
        lookup_key: "studio_month",
        transfer_lookup_key: true,
        nickname: "Studio, monthly",
        tax_behavior: "exclusive",
        metadata,
      }),
    { keep: "price" },
  ),
  call(
    "prices.create, larger",
    (s, { product }) =>
      s.prices.create({ product, currency: "usd", unit_amount: 9900, recurring: { interval: "month" }, metadata }),
    { keep: "largerPrice" },
  ),
  call("prices.retrieve", (s, { price }) => s.prices.retrieve(price, { expand: ["product"] })),
  call("prices.update", (s, { price }) => s.prices.update(price, { active: true, metadata, nickname: "Monthly" })),
  call("prices.list", (s, { product }) => s.prices.list({ lookup_keys: ["studio_month"], product, active: true })),
  call(
    "coupons.create",
    (s) =>
      s.coupons.create({ percent_off: 20, duration: "repeating", duration_in_months: 3, name: "Welcome", metadata }),
    { keep: "coupon" },
  ),
  call("coupons.retrieve", (s, { coupon }) => s.coupons.retrieve(coupon)),
  call("coupons.list", (s) => s.coupons.list({ limit: 3 })),
  call(
    "promotionCodes.create",
    (s, { coupon }) => s.promotionCodes.create({ promotion: { type: "coupon", coupon }, code: "WELCOME20", metadata }),
    { keep: "promotionCode" },
  ),
  call("promotionCodes.retrieve", (s, { promotionCode }) => s.promotionCodes.retrieve(promotionCode)),
  call("promotionCodes.update", (s, { promotionCode }) => s.promotionCodes.update(promotionCode, { metadata })),
  call("promotionCodes.list", (s) => s.promotionCodes.list({ code: "WELCOME20", active: true })),
];

export const customers: Call[] = [
  call(
    "customers.create",
    (s) =>
      s.customers.create({
        email: "ada@example.com",
        name: "Ada",
        preferred_locales: ["pl"],
        address: { country: "PL", city: "Warszawa", line1: "Prosta 1", postal_code: "00-001" },
        metadata,
      }),
    { keep: "customer" },
  ),
  call("customers.retrieve", (s, { customer }) => s.customers.retrieve(customer, { expand: ["tax_ids"] })),
  call("customers.list", (s) => s.customers.list({ email: "ada@example.com" })),
  call(
    "customers.createTaxId",
    (s, { customer }) => s.customers.createTaxId(customer, { type: "eu_vat", value: "PL1234567890" }),
  ),
  call("customers.listTaxIds", (s, { customer }) => s.customers.listTaxIds(customer)),
  call("paymentMethods.attach", (s, { customer }) => s.paymentMethods.attach("pm_card_visa", { customer }), {
    keep: "card",
  }),
  call("paymentMethods.retrieve", (s, { card }) => s.paymentMethods.retrieve(card)),
  call("paymentMethods.list", (s, { customer }) => s.paymentMethods.list({ customer, type: "card" })),
  call("customers.listPaymentMethods", (s, { customer }) => s.customers.listPaymentMethods(customer, { limit: 5 })),
  call(
    "customers.update",
    (s, { customer, card }) =>
      s.customers.update(customer, { name: "Ada L.", invoice_settings: { default_payment_method: card }, metadata }),
  ),
];

const offSession = (ids: Ids): Stripe.PaymentIntentCreateParams => ({
  amount: 900,
  currency: "usd",
  customer: ids.customer,
  payment_method: ids.card,
  automatic_payment_methods: { enabled: true, allow_redirects: "never" },
  description: "10 credits",
  receipt_email: "ada@example.com",
  metadata,
});

export const payments: Call[] = [
  call(
    "paymentIntents.create, off session",
    (s, ids) => s.paymentIntents.create({ ...offSession(ids), confirm: true, off_session: true }),
    { keep: "payment" },
  ),
  call(
    "paymentIntents.retrieve",
    (s, { payment }) => s.paymentIntents.retrieve(payment, { expand: ["latest_charge"] }),
  ),
  call("paymentIntents.list", (s, { customer }) => s.paymentIntents.list({ customer, created: { gte: 0 } })),
  call("paymentIntents.create, to be confirmed", (s, ids) => s.paymentIntents.create(offSession(ids)), {
    keep: "confirmedPayment",
  }),
  call(
    "paymentIntents.confirm",
    (s, { confirmedPayment }) => s.paymentIntents.confirm(confirmedPayment, { off_session: true }),
  ),
  call("paymentIntents.create, to be canceled", (s, ids) => s.paymentIntents.create(offSession(ids)), {
    keep: "canceledPayment",
  }),
  call(
    "paymentIntents.cancel",
    (s, { canceledPayment }) => s.paymentIntents.cancel(canceledPayment, { cancellation_reason: "abandoned" }),
  ),
  call("charges.list", (s, { payment, customer }) => s.charges.list({ payment_intent: payment, customer })),
  call("charges.retrieve", (s, { charge }) => s.charges.retrieve(charge, { expand: ["refunds"] }), {
    async before({ client }, ids) {
      ids.charge = (await client.charges.list({ payment_intent: ids.payment })).data[0].id;
    },
  }),
  call(
    "refunds.create",
    (s, { payment }) =>
      s.refunds.create({ payment_intent: payment, amount: 100, reason: "requested_by_customer", metadata }),
    {
      keep: "refund",
    },
  ),
  call("refunds.retrieve", (s, { refund }) => s.refunds.retrieve(refund, { expand: ["charge"] })),
  call("refunds.list", (s, { payment }) => s.refunds.list({ payment_intent: payment, created: { gte: 0 } })),
  call(
    "refunds.create, to be canceled",
    (s, { payment }) =>
      s.refunds.create({ payment_intent: payment, amount: 100, instructions_email: "ada@example.com" }),
    { keep: "canceledRefund" },
  ),
  call("refunds.cancel", (s, { canceledRefund }) => s.refunds.cancel(canceledRefund)),
  call("disputes.list", (s, { confirmedPayment }) => s.disputes.list({ payment_intent: confirmedPayment }), {
    before: ({ dispute }, ids) => {
      ids.dispute = dispute(ids.confirmedPayment);
      return Promise.resolve();
    },
  }),
  call("disputes.retrieve", (s, { dispute }) => s.disputes.retrieve(dispute, { expand: ["charge"] })),
  call(
    "disputes.update",
    (s, { dispute }) =>
      s.disputes.update(dispute, { evidence: { uncategorized_text: "They used it." }, submit: false, metadata }),
  ),
  call("disputes.close", (s, { dispute }) => s.disputes.close(dispute)),
];
