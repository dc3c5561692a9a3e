/** Opens a session: its object, its line items and prices, its discount. */
import type { Account, Cause, CheckoutRecord, LineItem, Price, Session } from "../account.ts";
import { formatAmount, smallestCharge } from "../api/currencies.ts";
import { invalid, notHere } from "../api/errors.ts";
import type { ReadShape } from "../api/params.ts";
import { named } from "../api/resource.ts";
import { hour, minute } from "../../calendar.ts";
import { nameOf, newPrice, newProduct } from "../catalogue.ts";
import { reckoned } from "../checkout/totals.ts";
import { newId } from "../ids.ts";
import { createSetupIntent } from "../setup.ts";
import type { createParams } from "./checkout-session-params.ts";
import { redeemables } from "./subscription-params.ts";

type Create = ReadShape<typeof createParams.shape>;
type Item = NonNullable<Create["line_items"]>[number];

export function openSession(account: Account, params: Create, cause: Cause): CheckoutRecord {
  const { mode } = params;
  const customer = params.customer ? named(account.customers, params.customer, "customer", "customer") : null;
  if (customer && params.automatic_tax?.enabled && !customer.address?.country && !params.customer_update?.address) {
    throw invalid(
      "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to the Customer or set either `customer_update[address]` to 'auto' or `customer_update[shipping]` to 'auto' to save the address entered in Checkout to the Customer.",
      "automatic_tax",
      "customer_tax_location_invalid",
    );
  }
  const items = (params.line_items ?? []).map((item, at) => lineItem(account, item, at));
  const currency = oneCurrency(items, params.currency);
  const recurring = checkPrices(mode, items);
  const discounts = redeemables(account, params.discounts, currency)
    .flatMap((given) =>
      typeof given === "string" ? [] : [{ coupon: given.coupon.id, promotion_code: given.promotion_code }]
    );
  const session = newSession(account, { params, mode, currency, discounts });
  const asked = params.subscription_data;
  const payment = params.payment_intent_data;
  const invoice = params.invoice_creation;
  const record = reckoned(account, {
    id: session.id,
    session,
    line_items: items,
    typed: { email: null, name: null, country: null, tax_id: null },
    payment: {
      description: payment?.description ?? null,
      metadata: payment?.metadata ?? {},
      receipt_email: payment?.receipt_email ?? null,
      setup_future_usage: payment?.setup_future_usage ?? null,
    },
    invoice: invoice?.enabled
      ? { description: invoice.invoice_data?.description ?? null, metadata: invoice.invoice_data?.metadata ?? {} }
      : null,
    subscription: recurring
      ? {
        price: recurring.price!,
        quantity: recurring.quantity!,
        description: asked?.description ?? null,
        metadata: asked?.metadata ?? {},
        trial_days: asked?.trial_period_days ?? null,
        missing_payment_method: missingCard(asked?.trial_settings),
      }
      : null,
    customer_update: {
      address: params.customer_update?.address === "auto",
      name: params.customer_update?.name === "auto",
    },
  });
  checkTotal(record);
  if (mode !== "setup") return { ...record, session: { ...record.session, payment_status: payable(record) } };
  const intent = createSetupIntent(account, {
    customer: session.customer,
    metadata: params.setup_intent_data?.metadata,
  }, cause);
  return { ...record, session: { ...record.session, setup_intent: intent.id } };
}

const payable = ({ session }: CheckoutRecord): Session["payment_status"] =>
  session.amount_total === 0 ? "no_payment_required" : "unpaid";

interface SessionFields {
  params: Create;
  mode: Session["mode"];
  currency: string;
  discounts: NonNullable<Session["discounts"]>;
}

function newSession(account: Account, { params, mode, currency, discounts }: SessionFields): Session {
  const id = newId("cs_test_a1", 58);
  const now = account.now();
  const priced = mode !== "setup";
  const automaticTax = params.automatic_tax?.enabled ?? false;
  const customerCreation = mode === "subscription" ? "always" : params.customer_creation ?? "if_required";
  return {
    id,
    object: "checkout.session",
    adaptive_pricing: { enabled: false },
    after_expiration: null,
    allow_promotion_codes: params.allow_promotion_codes ?? null,
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    amount_subtotal: priced ? 0 : null,
    amount_total: priced ? 0 : null,
    automatic_tax: {
      enabled: automaticTax,
      liability: automaticTax ? { type: "self" } : null,
      provider: automaticTax ? "stripe" : null,
      status: null,
    },
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
    customer: params.customer ?? null,
    customer_account: null,
    customer_creation: params.customer ? null : customerCreation,
    customer_details: null,
    customer_email: params.customer_email ?? null,
    discounts,
    expires_at: expiry(params.expires_at, now),
    integration_identifier: null,
    invoice: null,
    invoice_creation: mode === "payment"
      ? {
        enabled: params.invoice_creation?.enabled ?? false,
        invoice_data: {
          account_tax_ids: null,
          custom_fields: null,
          description: params.invoice_creation?.invoice_data?.description ?? null,
          footer: null,
          issuer: null,
          metadata: params.invoice_creation?.invoice_data?.metadata ?? {},
          rendering_options: null,
        },
      }
      : null,
    livemode: false,
    locale: params.locale ?? null,
    managed_payments: null,
    metadata: params.metadata ?? {},
    mode,
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: params.payment_method_collection ?? (mode === "subscription" ? "always" : "if_required"),
    payment_method_configuration_details: null,
    payment_method_options: {},
    payment_method_types: ["card"],
    payment_status: "no_payment_required",
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
    ...(params.tax_id_collection && {
      tax_id_collection: {
        enabled: params.tax_id_collection.enabled,
        required: params.tax_id_collection.required ?? "never",
      },
    }),
    total_details: priced ? { amount_discount: 0, amount_shipping: 0, amount_tax: 0 } : null,
    ui_mode: "hosted_page",
    url: `${account.baseUrl}/checkout/${id}`,
    wallet_options: null,
  };
}

function lineItem(account: Account, { price: id, price_data, quantity }: Item, at: number): LineItem {
  const place = `line_items[${at}]`;
  if (!id === !price_data) {
    throw invalid(
      "You must specify either `price` or `price_data` for each line item.",
      `${place}[price_data]`,
      "parameter_missing",
    );
  }
  const price = id ? named(account.prices, id, "price", `${place}[price]`) : adHocPrice(account, price_data!, place);
  if (id && !price.active) {
    throw invalid("The price specified is inactive. This field only accepts active prices.", `${place}[price]`);
  }
  return {
    id: newId("li_"),
    object: "item",
    adjustable_quantity: null,
    amount_discount: 0,
    amount_subtotal: 0,
    amount_tax: 0,
    amount_total: 0,
    currency: price.currency,
    description: nameOf(account, price),
    metadata: {},
    price,
    quantity,
  };
}

/** A price for this session only, and where only a name was given a product too: archived from the start. */
function adHocPrice(account: Account, data: NonNullable<Item["price_data"]>, place: string): Price {
  const { product, product_data, unit_amount, ...fields } = data;
  if (!product && !product_data) {
    throw invalid(
      `Missing required param: ${place}[price_data][product_data].`,
      `${place}[price_data][product_data]`,
      "parameter_missing",
    );
  }
  if (unit_amount === undefined) {
    throw invalid(
      "You must specify either `unit_amount` or `unit_amount_decimal` in `price_data`.",
      `${place}[price_data]`,
      "parameter_missing",
    );
  }
  const made = product
    ? named(account.products, product, "product", `${place}[price_data][product]`)
    : newProduct(account, { ...product_data!, active: false });
  account.products.put(made.id, made);
  const price = newPrice(account, { ...fields, unit_amount, product: made.id, active: false });
  account.prices.put(price.id, price);
  return price;
}

function oneCurrency(items: LineItem[], asked: string | undefined): string {
  const currency = items[0]?.currency ?? asked!;
  if (items.every((item) => item.currency === currency) && (!asked || asked === currency)) return currency;
  throw invalid("All prices on a Checkout Session must expect to be paid in the same currency.", "line_items");
}

/** Which of the items is subscribed to; null where nothing is. */
function checkPrices(mode: Session["mode"], items: LineItem[]): LineItem | null {
  const recurring = items.filter(({ price }) => price!.recurring);
  if (mode === "payment" && recurring.length > 0) {
    throw invalid(
      "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.",
      "line_items",
    );
  }
  if (mode !== "subscription") return null;
  if (recurring.length === 0) {
    throw invalid(
      "You must provide at least one recurring price in `subscription` mode when using prices.",
      "line_items",
    );
  }
  if (items.length > 1) throw notHere("more than one item in a subscription", "line_items");
  return recurring[0];
}

function checkTotal({ session }: CheckoutRecord) {
  const { currency, amount_total } = session;
  if (!currency || amount_total === null) return;
  const least = smallestCharge[currency];
  if (amount_total > 0 && amount_total < least) {
    throw invalid(
      `The Checkout Session's total amount due must add up to at least ${formatAmount(least, currency)} ${currency}`,
      undefined,
      "amount_too_small",
    );
  }
  if (amount_total > 99_999_999) {
    throw invalid(
      `The Checkout Session's total amount must be no more than ${formatAmount(99_999_999, currency)} ${currency}`,
      undefined,
      "amount_too_large",
    );
  }
}

function missingCard(settings: { end_behavior: { missing_payment_method: string } } | undefined) {
  const behavior = settings?.end_behavior.missing_payment_method;
  if (behavior === "pause") throw notHere("paused subscriptions", "subscription_data[trial_settings]");
  return behavior === "cancel" ? "cancel" : "create_invoice";
}

function expiry(asked: number | undefined, now: number): number {
  if (asked === undefined) return now + 24 * hour;
  if (asked < now + 30 * minute) {
    throw invalid(
      "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
      "expires_at",
    );
  }
  if (asked > now + 24 * hour) {
    throw invalid(
      "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
      "expires_at",
    );
  }
  return asked;
}
