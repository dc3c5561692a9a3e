/** Products and their prices, whether of the catalogue or made up for one checkout. */
import type { Account, Metadata, Price, Product } from "./account.ts";
import { newId } from "./ids.ts";

export interface PriceFields {
  product: string;
  currency: string;
  unit_amount: number;
  recurring?: { interval: string; interval_count?: number };
  active?: boolean;
  lookup_key?: string | null;
  metadata?: Metadata;
  nickname?: string | null;
  tax_behavior?: Price["tax_behavior"];
}

export function newPrice(account: Account, fields: PriceFields): Price {
  const { recurring } = fields;
  return {
    id: newId("price_1"),
    object: "price",
    active: fields.active ?? true,
    billing_scheme: "per_unit",
    created: account.now(),
    currency: fields.currency,
    custom_unit_amount: null,
    livemode: false,
    lookup_key: fields.lookup_key ?? null,
    metadata: fields.metadata ?? {},
    nickname: fields.nickname ?? null,
    product: fields.product,
    recurring: recurring
      ? {
        interval: recurring.interval,
        interval_count: recurring.interval_count ?? 1,
        meter: null,
        trial_period_days: null,
        usage_type: "licensed",
      }
      : null,
    tax_behavior: fields.tax_behavior ?? "unspecified",
    tiers_mode: null,
    transform_quantity: null,
    type: recurring ? "recurring" : "one_time",
    unit_amount: fields.unit_amount,
    unit_amount_decimal: String(fields.unit_amount),
  };
}

export function newProduct(account: Account, fields: Pick<Product, "name"> & Partial<Product>): Product {
  return {
    id: newId("prod_", 14),
    object: "product",
    active: true,
    created: account.now(),
    default_price: null,
    description: null,
    images: [],
    livemode: false,
    marketing_features: [],
    metadata: {},
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: "service",
    unit_label: null,
    updated: account.now(),
    url: null,
    ...fields,
  };
}

/** What a line about this price is called: its product's name. */
export const nameOf = (account: Account, price: Price): string => account.products.get(price.product)?.name ?? price.id;
