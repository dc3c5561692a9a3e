/** What `POST /v1/checkout/sessions` takes. */
import type { Session } from "../account.ts";
import { currencies } from "../api/currencies.ts";
import { invalid, notHere } from "../api/errors.ts";
import { expand } from "../api/expand.ts";
import {
  boolean,
  currency,
  email,
  integer,
  list,
  metadata,
  object,
  oneOf,
  type Param,
  type ReadShape,
  required,
  string,
  url,
} from "../api/params.ts";
import { trialSettings } from "./subscription-params.ts";

const productData = {
  name: required(string({ max: 1_500 })),
  description: string({ max: 2_000 }),
  images: list(url, { max: 8 }),
  metadata,
  tax_code: string({ pattern: /^txcd_\d{8}$/ }),
  unit_label: string({ max: 12 }),
};

const priceData = {
  currency: required(currency(currencies)),
  product: string(),
  product_data: object(productData, ["tax_details"]),
  recurring: object({
    interval: required(oneOf(["day", "week", "month", "year"])),
    interval_count: integer({ min: 1, max: 36 }),
  }),
  tax_behavior: oneOf(["exclusive", "inclusive", "unspecified"]),
  unit_amount: integer({ min: 0, max: 99_999_999 }),
};

const lineItem = {
  price: string(),
  price_data: object(priceData, ["unit_amount_decimal"]),
  quantity: required(integer({ min: 1, max: 999_999 })),
};

const enabled = { enabled: required(boolean) };

export const locales = [
  ..."auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hi-IN hr hu id it ja ko lt lv ms mt nb nl".split(" "),
  ..."pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW".split(" "),
] as NonNullable<Session["locale"]>[];

const autoOrNever = oneOf(["auto", "never"]);

const shape = {
  allow_promotion_codes: boolean,
  allowed_payment_method_types: list(oneOf(["card", "link", "blik", "p24", "sepa_debit"])),
  automatic_tax: object(enabled, ["liability"]),
  billing_address_collection: oneOf(["auto", "required"]),
  cancel_url: url,
  client_reference_id: string({ max: 200 }),
  currency: currency(currencies),
  customer: string(),
  customer_creation: oneOf(["always", "if_required"]),
  customer_email: email,
  customer_update: object({ address: autoOrNever, name: autoOrNever, shipping: autoOrNever }),
  discounts: list(object({ coupon: string(), promotion_code: string() }, ["coupon_data"]), { max: 1 }),
  expand,
  expires_at: integer(),
  invoice_creation: object({
    ...enabled,
    invoice_data: object({ description: string({ max: 1_500 }), metadata }, [
      "account_tax_ids",
      "custom_fields",
      "footer",
      "issuer",
      "rendering_options",
    ]),
  }),
  line_items: list(object(lineItem, ["adjustable_quantity", "dynamic_tax_rates", "metadata", "tax_rates"])),
  locale: oneOf(locales),
  metadata,
  mode: required(oneOf(["payment", "setup", "subscription"])),
  payment_intent_data: object({
    description: string({ max: 1_000 }),
    metadata,
    receipt_email: email,
    setup_future_usage: oneOf(["off_session", "on_session"]),
  }, [
    "application_fee_amount",
    "capture_method",
    "on_behalf_of",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
  ]),
  payment_method_collection: oneOf(["always", "if_required"]),
  setup_intent_data: object({ metadata }, ["description", "on_behalf_of"]),
  submit_type: oneOf(["auto", "book", "donate", "pay", "subscribe"]),
  subscription_data: object({
    description: string({ max: 500 }),
    metadata,
    trial_period_days: integer({ min: 1, max: 730 }),
    trial_settings: trialSettings,
  }, [
    "application_fee_percent",
    "billing_cycle_anchor",
    "billing_mode",
    "default_tax_rates",
    "invoice_settings",
    "on_behalf_of",
    "proration_behavior",
    "transfer_data",
    "trial_end",
  ]),
  success_url: required(url),
  tax_id_collection: object({ ...enabled, required: oneOf(["if_supported", "never"]) }),
  ui_mode: oneOf(["elements", "embedded_page", "form", "hosted_page"]),
};

const strict = object(shape, [
  "adaptive_pricing",
  "after_expiration",
  "branding_settings",
  "consent_collection",
  "custom_fields",
  "custom_text",
  "customer_account",
  "excluded_payment_method_types",
  "integration_identifier",
  "managed_payments",
  "name_collection",
  "optional_items",
  "origin_context",
  "payment_method_configuration",
  "payment_method_data",
  "payment_method_options",
  "permissions",
  "phone_number_collection",
  "redirect_on_completion",
  "return_url",
  "saved_payment_method_options",
  "shipping_address_collection",
  "shipping_options",
  "wallet_options",
]);

export const createParams: Param<ReadShape<typeof shape>> & { shape: typeof shape } = {
  shape,
  read(value, path) {
    const params = strict.read(value, path);
    if ((params.ui_mode ?? "hosted_page") !== "hosted_page") throw notHere(`ui_mode=${params.ui_mode}`, "ui_mode");
    checkMode(params);
    checkTogether(params);
    return params;
  },
};

/** What belongs to one mode only, and what a mode cannot do without. */
function checkMode(params: ReadShape<typeof shape>) {
  const { mode } = params;
  const belongs = {
    customer_creation: ["payment", "setup"],
    discounts: ["payment", "subscription"],
    invoice_creation: ["payment"],
    line_items: ["payment", "subscription"],
    payment_intent_data: ["payment"],
    payment_method_collection: ["subscription"],
    setup_intent_data: ["setup"],
    subscription_data: ["subscription"],
  };
  for (const [name, modes] of Object.entries(belongs)) {
    if (Object.hasOwn(params, name) && !modes.includes(mode)) {
      throw invalid(`You can not pass \`${name}\` in \`${mode}\` mode.`, name);
    }
  }
  if (mode === "setup" && !params.currency) {
    throw invalid("Missing required param: currency.", "currency", "parameter_missing");
  }
  if (mode !== "setup" && !params.line_items?.length) {
    throw invalid("Missing required param: line_items.", "line_items", "parameter_missing");
  }
}

function checkTogether(params: ReadShape<typeof shape>) {
  const never = (a: keyof typeof params, b: keyof typeof params) => {
    if (params[a] !== undefined && params[b] !== undefined) {
      throw invalid(`You may only specify one of these parameters: ${a}, ${b}.`, a);
    }
  };
  never("customer", "customer_email");
  never("customer", "customer_creation");
  never("allow_promotion_codes", "discounts");
  if (params.customer_update && !params.customer) {
    throw invalid("`customer_update` can only be used with `customer`.", "customer_update");
  }
  if (params.customer && params.tax_id_collection?.enabled && params.customer_update?.name !== "auto") {
    throw invalid(
      "Tax ID collection requires updating business name on the customer. To enable tax ID collection for an existing customer, please set `customer_update[name]` to `auto`.",
      "customer_update[name]",
    );
  }
}
