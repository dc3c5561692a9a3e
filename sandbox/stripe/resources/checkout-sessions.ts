import { formatAmount, smallestCharge } from "../api/currencies.ts";
import { invalid, noSuch } from "../api/errors.ts";
import { expand, expanded } from "../api/expand.ts";
import { created, page, pageParams, wholeList } from "../api/lists.ts";
import { email, object, oneOf, type ReadShape, string } from "../api/params.ts";
import { type Call, endpoint } from "../api/resource.ts";
import type { CheckoutRecord, LineItem, Session } from "../account.ts";
import { expireSession } from "../payment.ts";
import { newId } from "../ids.ts";
import { createParams, unitPrice } from "./checkout-session-params.ts";

type Create = ReadShape<typeof createParams.shape>;

const minutes = 60;
const hours = 60 * minutes;

export const checkoutSessions = [
  endpoint("POST", "/v1/checkout/sessions", createParams, (call, params) => {
    const record = create(call, params);
    call.account.checkouts.put(record.id, record);
    call.account.appoint({
      id: `expire ${record.id}`,
      subject: record.id,
      act: "expire_checkout",
      due_ms: record.session.expires_at * 1000,
    });
    return expanded(call.account, record.session, params.expand);
  }),

  endpoint(
    "GET",
    "/v1/checkout/sessions",
    object({
      ...pageParams,
      created,
      customer: string(),
      customer_details: object({ email }),
      expand,
      payment_intent: string(),
      status: oneOf(["complete", "expired", "open"]),
    }, ["payment_link", "subscription", "customer_account"]),
    ({ account }, params) => {
      const sessions = {
        get: (id: string) => account.checkouts.get(id)?.session,
        list: (options?: { after?: string }) => account.checkouts.list(options).map(({ session }) => session),
      };
      const listed = page(sessions, params, {
        url: "/v1/checkout/sessions",
        noun: "checkout.session",
        where: (session) =>
          (!params.payment_intent || session.payment_intent === params.payment_intent) &&
          (!params.customer || session.customer === params.customer) &&
          (!params.customer_details?.email || session.customer_details?.email === params.customer_details.email) &&
          (!params.status || session.status === params.status) &&
          (!params.created || params.created(session.created)),
      });
      return expanded(account, listed, params.expand);
    },
  ),

  endpoint("GET", "/v1/checkout/sessions/:id", object({ expand }), ({ account, id }, params) => {
    return expanded(account, find({ account, id }).session, params.expand);
  }),

  endpoint("POST", "/v1/checkout/sessions/:id/expire", object({ expand }), ({ account, id, cause }, params) => {
    const { session } = find({ account, id });
    if (session.status !== "open") {
      throw invalid(
        `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of ${session.status}.`,
      );
    }
    return expanded(account, expireSession(account, id, cause), params.expand);
  }),

  endpoint(
    "GET",
    "/v1/checkout/sessions/:id/line_items",
    object({ ...pageParams, expand }),
    ({ account, id }, { limit = 10, starting_after, expand }) => {
      const items = find({ account, id }).line_items;
      const from = starting_after ? items.findIndex((item) => item.id === starting_after) + 1 : 0;
      const listed = wholeList(items.slice(from), `/v1/checkout/sessions/${id}/line_items`, limit);
      return expanded(account, listed, expand);
    },
  ),
];

function find({ account, id }: Pick<Call, "account" | "id">): CheckoutRecord {
  const record = account.checkouts.get(id);
  if (!record) throw noSuch("checkout.session", id, "session");
  return record;
}

function create({ account }: Call, params: Create): CheckoutRecord {
  const now = account.now();
  const items = params.line_items.map(lineItem(now));
  const { currency, total } = sum(items, params.currency);
  const customer = params.customer ? account.customers.get(params.customer) : null;
  if (params.customer && !customer) throw noSuch("customer", params.customer, "customer", 400);
  if (params.customer && params.customer_email) {
    throw invalid("You may only specify one of these parameters: customer, customer_email.", "customer");
  }
  const id = newId("cs_test_a1", 58);
  const session: Session = {
    id,
    object: "checkout.session",
    adaptive_pricing: { enabled: false },
    after_expiration: null,
    allow_promotion_codes: params.allow_promotion_codes ?? null,
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    amount_subtotal: total,
    amount_total: total,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: params.billing_address_collection ?? null,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: now,
    currency,
    currency_conversion: null,
    custom_fields: [],
    custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
    customer: customer?.id ?? null,
    customer_account: null,
    customer_creation: customer ? null : "if_required",
    customer_details: null,
    customer_email: params.customer_email ?? null,
    discounts: [],
    expires_at: expiry(params.expires_at, now),
    integration_identifier: null,
    invoice: null,
    invoice_creation: null,
    livemode: false,
    locale: params.locale ?? null,
    managed_payments: null,
    metadata: params.metadata ?? {},
    mode: "payment",
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: "if_required",
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ["card"],
    payment_status: total === 0 ? "no_payment_required" : "unpaid",
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: "open",
    submit_type: params.submit_type ?? null,
    subscription: null,
    success_url: params.success_url,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: "hosted_page",
    url: `${account.baseUrl}/checkout/${id}`,
    wallet_options: null,
  };
  const payment = params.payment_intent_data;
  return {
    id,
    session,
    line_items: items,
    payment: {
      description: payment?.description ?? null,
      metadata: payment?.metadata ?? {},
      receipt_email: payment?.receipt_email ?? null,
    },
  };
}

function lineItem(now: number) {
  return ({ price_data, quantity }: Create["line_items"][number], at: number): LineItem => {
    const unit = unitPrice(price_data, at);
    const amount = unit * quantity;
    return {
      id: newId("li_"),
      object: "item",
      adjustable_quantity: null,
      amount_discount: 0,
      amount_subtotal: amount,
      amount_tax: 0,
      amount_total: amount,
      currency: price_data.currency,
      description: price_data.product_data.name,
      metadata: {},
      price: {
        id: newId("price_"),
        object: "price",
        active: false,
        billing_scheme: "per_unit",
        created: now,
        currency: price_data.currency,
        custom_unit_amount: null,
        livemode: false,
        lookup_key: null,
        metadata: {},
        nickname: null,
        product: newId("prod_", 14),
        recurring: null,
        tax_behavior: "unspecified",
        tiers_mode: null,
        transform_quantity: null,
        type: "one_time",
        unit_amount: unit,
        unit_amount_decimal: String(unit),
      },
      quantity,
    };
  };
}

function sum(items: LineItem[], asked: string | undefined): { currency: string; total: number } {
  const [{ currency }] = items;
  if (items.some((item) => item.currency !== currency) || (asked && asked !== currency)) {
    throw invalid("All prices on a Checkout Session must expect to be paid in the same currency.", "line_items");
  }
  const total = items.reduce((sum, item) => sum + item.amount_total, 0);
  const least = smallestCharge[currency];
  if (total > 0 && total < least) {
    throw invalid(
      `The Checkout Session's total amount due must add up to at least ${formatAmount(least, currency)} ${currency}`,
      undefined,
      "amount_too_small",
    );
  }
  if (total > 99_999_999) {
    throw invalid(
      `The Checkout Session's total amount must be no more than ${formatAmount(99_999_999, currency)} ${currency}`,
      undefined,
      "amount_too_large",
    );
  }
  return { currency, total };
}

function expiry(asked: number | undefined, now: number): number {
  if (asked === undefined) return now + 24 * hours;
  if (asked < now + 30 * minutes) {
    throw invalid(
      "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
      "expires_at",
    );
  }
  if (asked > now + 24 * hours) {
    throw invalid(
      "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
      "expires_at",
    );
  }
  return asked;
}
