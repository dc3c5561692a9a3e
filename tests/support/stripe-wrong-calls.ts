/** Calls with one thing wrong in each, of every way in which a parameter can be wrong. */
import type Stripe from "stripe";

/** Sent as it is, for the client's types would not allow it. */
export interface WrongCall {
  method: "GET" | "POST";
  path: string;
  params: Record<string, unknown>;
  what: "unknown" | "missing" | "type" | "value";
  /** The parameter that is wrong; at the top level, as the mock names no other. */
  param: string;
}

const good = {
  session: {
    mode: "payment",
    line_items: [{
      quantity: 1,
      price_data: { currency: "usd", unit_amount: 900, product_data: { name: "10 credits" } },
    }],
    success_url: "http://127.0.0.1/",
  },
  intent: { amount: 900, currency: "usd" },
  price: { product: "prod_1", currency: "usd", unit_amount: 900 },
  clock: { frozen_time: 4_000_000_000 },
};

const post = (what: WrongCall["what"], path: string, params: Record<string, unknown>, param: string): WrongCall => ({
  method: "POST",
  path,
  params,
  what,
  param,
});
const get = (what: WrongCall["what"], path: string, params: Record<string, unknown>, param: string): WrongCall => ({
  method: "GET",
  path,
  params,
  what,
  param,
});

const lists = [
  "charges",
  "checkout/sessions",
  "coupons",
  "customers",
  "disputes",
  "events",
  "invoice_payments",
  "invoices",
  "payment_intents",
  "payment_methods",
  "prices",
  "products",
  "promotion_codes",
  "refunds",
  "subscriptions",
  "test_helpers/test_clocks",
  "billing_portal/configurations",
].map((name) => `/v1/${name}`);

export const wrongCalls: WrongCall[] = [
  ...lists.flatMap((path) => [
    get("unknown", path, { colour: "red" }, "colour"),
    get("type", path, { limit: "many" }, "limit"),
  ]),

  post("unknown", "/v1/products", { name: "Studio", colour: "red" }, "colour"),
  post("missing", "/v1/products", { description: "Nameless" }, "name"),
  post("type", "/v1/products", { name: "Studio", active: "perhaps" }, "active"),
  post("unknown", "/v1/prices", { ...good.price, colour: "red" }, "colour"),
  post("missing", "/v1/prices", { product: "prod_1", unit_amount: 900 }, "currency"),
  post("type", "/v1/prices", { ...good.price, unit_amount: "nine" }, "unit_amount"),
  post("value", "/v1/prices", { ...good.price, tax_behavior: "none" }, "tax_behavior"),
  post("value", "/v1/prices", { ...good.price, recurring: { interval: "fortnight" } }, "recurring"),
  post("missing", "/v1/prices", { ...good.price, recurring: { interval_count: 2 } }, "recurring"),
  post("unknown", "/v1/coupons", { percent_off: 20, colour: "red" }, "colour"),
  post("type", "/v1/coupons", { percent_off: "half" }, "percent_off"),
  post("value", "/v1/coupons", { percent_off: 20, duration: "always" }, "duration"),
  post("missing", "/v1/promotion_codes", { code: "WELCOME" }, "promotion"),
  post("missing", "/v1/promotion_codes", { promotion: { coupon: "co_1" } }, "promotion"),

  post("unknown", "/v1/customers", { email: "ada@example.com", colour: "red" }, "colour"),
  post("type", "/v1/customers", { preferred_locales: "pl" }, "preferred_locales"),
  post("unknown", "/v1/payment_methods/pm_card_visa/attach", { customer: "cus_1", colour: "red" }, "colour"),

  post("unknown", "/v1/checkout/sessions", { ...good.session, colour: "red" }, "colour"),
  post("value", "/v1/checkout/sessions", { ...good.session, mode: "gift" }, "mode"),
  post("value", "/v1/checkout/sessions", { ...good.session, locale: "xx" }, "locale"),
  post("type", "/v1/checkout/sessions", { ...good.session, expires_at: "soon" }, "expires_at"),
  post("type", "/v1/checkout/sessions", { ...good.session, line_items: "credits" }, "line_items"),
  post(
    "missing",
    "/v1/checkout/sessions",
    { ...good.session, line_items: [{ quantity: 1, price_data: { unit_amount: 900 } }] },
    "line_items",
  ),
  post("type", "/v1/checkout/sessions", { ...good.session, allow_promotion_codes: "some" }, "allow_promotion_codes"),
  post(
    "missing",
    "/v1/checkout/sessions",
    { ...good.session, automatic_tax: { liability: { type: "self" } } },
    "automatic_tax",
  ),

  post("unknown", "/v1/payment_intents", { ...good.intent, colour: "red" }, "colour"),
  post("missing", "/v1/payment_intents", { currency: "usd" }, "amount"),
  post("missing", "/v1/payment_intents", { amount: 900 }, "currency"),
  post("type", "/v1/payment_intents", { ...good.intent, amount: "9.00" }, "amount"),
  post("type", "/v1/payment_intents", { ...good.intent, confirm: "perhaps" }, "confirm"),
  post("value", "/v1/payment_intents", { ...good.intent, setup_future_usage: "never" }, "setup_future_usage"),
  post("unknown", "/v1/refunds", { charge: "ch_1", colour: "red" }, "colour"),
  post("type", "/v1/refunds", { charge: "ch_1", amount: "all" }, "amount"),
  post("value", "/v1/refunds", { charge: "ch_1", reason: "regret" }, "reason"),

  post("unknown", "/v1/invoices/create_preview", { customer: "cus_1", colour: "red" }, "colour"),
  get("value", "/v1/invoices", { status: "lost" }, "status"),
  get("value", "/v1/subscriptions", { status: "lost" }, "status"),
  get("type", "/v1/refunds", { created: "today" }, "created"),
  post("missing", "/v1/test_helpers/test_clocks", { name: "Spring" }, "frozen_time"),
  post("type", "/v1/test_helpers/test_clocks", { ...good.clock, frozen_time: "tomorrow" }, "frozen_time"),
  post("missing", "/v1/billing_portal/configurations", { metadata: { kredo: "1" } }, "features"),
  post(
    "value",
    "/v1/billing_portal/configurations",
    { features: { subscription_cancel: { enabled: true, mode: "someday" } } },
    "features",
  ),
  post("unknown", "/v1/billing_portal/sessions", { customer: "cus_1", colour: "red" }, "colour"),
  post("value", "/v1/billing_portal/sessions", { customer: "cus_1", locale: "xx" }, "locale"),
];

export const send = (client: Stripe, { method, path, params }: WrongCall): Promise<unknown> =>
  method === "POST"
    ? client.rawRequest(method, path, params)
    : client.rawRequest(method, `${path}?${new URLSearchParams(params as Record<string, string>)}`);
