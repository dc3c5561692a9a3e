import type { Account, Price } from "../account.ts";
import { currencies } from "../api/currencies.ts";
import { invalid } from "../api/errors.ts";
import { expand, expanded } from "../api/expand.ts";
import { created, page, pageParams } from "../api/lists.ts";
import {
  boolean,
  currency,
  emptyable,
  integer,
  list,
  metadata,
  metadataChange,
  object,
  oneOf,
  required,
  string,
} from "../api/params.ts";
import { endpoint, found, named } from "../api/resource.ts";
import { newPrice } from "../catalogue.ts";

const lookupKey = string({ max: 200 });
const taxBehavior = oneOf(["exclusive", "inclusive", "unspecified"]);
const interval = oneOf(["day", "week", "month", "year"]);

const createParams = object({
  active: boolean,
  billing_scheme: oneOf(["per_unit"]),
  currency: required(currency(currencies)),
  expand,
  lookup_key: lookupKey,
  metadata,
  nickname: string(),
  product: required(string()),
  recurring: object({
    interval: required(interval),
    interval_count: integer({ min: 1, max: 36 }),
    usage_type: oneOf(["licensed"]),
  }, ["meter", "trial_period_days"]),
  tax_behavior: taxBehavior,
  transfer_lookup_key: boolean,
  unit_amount: required(integer({ min: 0, max: 99_999_999 })),
}, [
  "currency_options",
  "custom_unit_amount",
  "product_data",
  "tiers",
  "tiers_mode",
  "transform_quantity",
  "unit_amount_decimal",
]);

const updateParams = object({
  active: boolean,
  expand,
  lookup_key: emptyable(lookupKey),
  metadata: metadataChange,
  nickname: emptyable(string()),
  tax_behavior: taxBehavior,
  transfer_lookup_key: boolean,
}, ["currency_options"]);

export const prices = [
  endpoint("POST", "/v1/prices", createParams, ({ account, cause }, params) => {
    const { expand, transfer_lookup_key, ...fields } = params;
    named(account.products, fields.product, "product", "product");
    if (fields.lookup_key) freeLookupKey(account, fields.lookup_key, transfer_lookup_key);
    const price = newPrice(account, fields);
    account.prices.put(price.id, price);
    account.emit("price.created", price, cause);
    return expanded(account, price, expand);
  }),

  endpoint("GET", "/v1/prices/:id", object({ expand }), ({ account, id }, params) => {
    return expanded(account, found(account.prices, id, "price", "price"), params.expand);
  }),

  endpoint("POST", "/v1/prices/:id", updateParams, ({ account, id, cause }, params) => {
    const { expand, metadata, transfer_lookup_key, ...changes } = params;
    const price = found(account.prices, id, "price", "price");
    if (changes.lookup_key && changes.lookup_key !== price.lookup_key) {
      freeLookupKey(account, changes.lookup_key, transfer_lookup_key);
    }
    if (changes.tax_behavior && price.tax_behavior !== "unspecified" && changes.tax_behavior !== price.tax_behavior) {
      throw invalid("The `tax_behavior` of a price cannot be changed once it is set.", "tax_behavior");
    }
    const changed: Price = { ...price, ...changes, metadata: metadata ? metadata(price.metadata) : price.metadata };
    return expanded(account, account.update("price.updated", account.prices, changed, cause), expand);
  }),

  endpoint(
    "GET",
    "/v1/prices",
    object({
      ...pageParams,
      active: boolean,
      created,
      currency: currency(currencies),
      expand,
      lookup_keys: list(lookupKey, { max: 10 }),
      product: string(),
      recurring: object({ interval, usage_type: oneOf(["licensed", "metered"]) }, ["meter"]),
      type: oneOf(["one_time", "recurring"]),
    }),
    ({ account }, params) => {
      const listed = page(account.prices, params, {
        url: "/v1/prices",
        noun: "price",
        where: (price) =>
          (params.active === undefined || price.active === params.active) &&
          (!params.currency || price.currency === params.currency) &&
          (!params.lookup_keys || params.lookup_keys.includes(price.lookup_key!)) &&
          (!params.product || price.product === params.product) &&
          (!params.type || price.type === params.type) &&
          (!params.recurring?.interval || price.recurring?.interval === params.recurring.interval) &&
          (!params.recurring?.usage_type || price.recurring?.usage_type === params.recurring.usage_type) &&
          (!params.created || params.created(price.created)),
      });
      return expanded(account, listed, params.expand);
    },
  ),
];

/** A lookup key names one price; a second one takes it over only when asked to. */
function freeLookupKey(account: Account, key: string, transfer = false) {
  const holder = account.prices.list().find(({ lookup_key }) => lookup_key === key);
  if (!holder) return;
  if (!transfer) {
    throw invalid(
      `A price (\`${holder.id}\`) already uses that lookup key. Use \`transfer_lookup_key=true\` to move it.`,
      "lookup_key",
      "resource_already_exists",
    );
  }
  account.update("price.updated", account.prices, { ...holder, lookup_key: null });
}
