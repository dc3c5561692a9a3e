/** What `POST /v1/checkout/sessions` takes: a one-time payment on the hosted page. */
import type { Session } from "../account.ts";
import { currencies } from "../api/currencies.ts";
import { invalid } from "../api/errors.ts";
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

const productData = {
  name: required(string({ max: 1_500 })),
  description: string({ max: 2_000 }),
  images: list(url, { max: 8 }),
  metadata,
  unit_label: string({ max: 12 }),
};

const priceData = {
  currency: required(currency(currencies)),
  product_data: required(object(productData, ["tax_code", "tax_details"])),
  unit_amount: integer({ min: 0, max: 99_999_999 }),
};

const lineItem = {
  price_data: required(object(priceData, ["product", "recurring", "tax_behavior", "unit_amount_decimal"])),
  quantity: required(integer({ min: 1, max: 999_999 })),
};

const locales = [
  ..."auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hi-IN hr hu id it ja ko lt lv ms mt nb nl".split(" "),
  ..."pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW".split(" "),
] as NonNullable<Session["locale"]>[];

const shape = {
  allow_promotion_codes: boolean,
  allowed_payment_method_types: list(oneOf(["card", "link", "blik", "p24", "sepa_debit"])),
  billing_address_collection: oneOf(["auto", "required"]),
  cancel_url: url,
  client_reference_id: string({ max: 200 }),
  currency: currency(currencies),
  customer: string(),
  customer_email: email,
  expand,
  expires_at: integer(),
  line_items: required(list(object(lineItem, ["adjustable_quantity", "metadata", "price", "tax_rates"]))),
  locale: oneOf(locales),
  metadata,
  mode: required(oneOf(["payment", "setup", "subscription"])),
  payment_intent_data: object({
    description: string({ max: 1_000 }),
    metadata,
    receipt_email: email,
  }, [
    "application_fee_amount",
    "capture_method",
    "on_behalf_of",
    "setup_future_usage",
    "shipping",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
  ]),
  submit_type: oneOf(["auto", "book", "donate", "pay", "subscribe"]),
  success_url: required(url),
  ui_mode: oneOf(["elements", "embedded_page", "form", "hosted_page"]),
};

const strict = object(shape, [
  "adaptive_pricing",
  "after_expiration",
  "automatic_tax",
  "branding_settings",
  "consent_collection",
  "custom_fields",
  "custom_text",
  "customer_account",
  "customer_creation",
  "customer_update",
  "discounts",
  "excluded_payment_method_types",
  "integration_identifier",
  "invoice_creation",
  "managed_payments",
  "name_collection",
  "optional_items",
  "origin_context",
  "payment_method_collection",
  "payment_method_configuration",
  "payment_method_data",
  "payment_method_options",
  "permissions",
  "phone_number_collection",
  "redirect_on_completion",
  "return_url",
  "saved_payment_method_options",
  "setup_intent_data",
  "shipping_address_collection",
  "shipping_options",
  "subscription_data",
  "tax_id_collection",
  "wallet_options",
]);

export const createParams: Param<ReadShape<typeof shape>> & { shape: typeof shape } = {
  shape,
  read(value, path) {
    const params = strict.read(value, path);
    if (params.line_items.length === 0) {
      throw invalid("Missing required param: line_items.", "line_items", "parameter_missing");
    }
    notYet("mode", params.mode, "payment");
    notYet("ui_mode", params.ui_mode ?? "hosted_page", "hosted_page");
    return params;
  },
};

function notYet(param: string, given: string, only: string) {
  if (given === only) return;
  throw invalid(
    `The sandbox's Stripe knows ${param}=${only} only, not ${given}: see sandbox/stripe/README.md`,
    param,
    "sandbox_not_implemented",
  );
}

/** The price of one, in minor units. The API wants exactly one of two ways to say it; this one we have. */
export function unitPrice({ unit_amount }: ReadShape<typeof priceData>, at: number): number {
  if (unit_amount !== undefined) return unit_amount;
  throw invalid(
    "You must specify either `unit_amount` or `unit_amount_decimal` in `price_data`.",
    `line_items[${at}][price_data]`,
    "parameter_missing",
  );
}
