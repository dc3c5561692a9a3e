import type { Account } from "../account.ts";
import { ApiError } from "./errors.ts";
import { list, type Param, string } from "./params.ts";
import { wholeList } from "./lists.ts";

export const expand: Param<string[]> = list(string({ max: 200 }), { max: 20 });

type Plain = Record<string, unknown>;
type Find = (account: Account, id: string) => unknown;

/** Where the object is that an id stands for, by the name of the property that holds the id. */
const references: Record<string, Find> = {
  charge: ({ charges }, id) => charges.get(id),
  configuration: ({ portalConfigurations }, id) => portalConfigurations.get(id),
  coupon: ({ coupons }, id) => coupons.get(id),
  customer: ({ customers }, id) => customers.get(id),
  default_payment_method: ({ paymentMethods }, id) => paymentMethods.get(id),
  default_price: ({ prices }, id) => prices.get(id),
  discount: ({ discounts }, id) => discounts.get(id),
  discounts: ({ discounts }, id) => discounts.get(id),
  invoice: ({ invoices }, id) => invoices.get(id),
  latest_charge: ({ charges }, id) => charges.get(id),
  latest_invoice: ({ invoices }, id) => invoices.get(id),
  payment_intent: ({ paymentIntents }, id) => paymentIntents.get(id),
  payment_method: ({ paymentMethods }, id) => paymentMethods.get(id),
  pending_setup_intent: ({ setupIntents }, id) => setupIntents.get(id),
  price: ({ prices }, id) => prices.get(id),
  product: ({ products }, id) => products.get(id),
  promotion_code: ({ promotionCodes }, id) => promotionCodes.get(id),
  refund: ({ refunds }, id) => refunds.get(id),
  setup_intent: ({ setupIntents }, id) => setupIntents.get(id),
  subscription: ({ subscriptions }, id) => subscriptions.get(id),
  test_clock: ({ testClocks }, id) => testClocks.get(id),
};

/** Lists that an object has but shows only when asked, as `<object>.<property>`. */
const included: Record<string, (account: Account, id: string) => unknown> = {
  "checkout.session.line_items": ({ checkouts }, id) =>
    wholeList(checkouts.get(id)?.line_items ?? [], `/v1/checkout/sessions/${id}/line_items`),
  "invoice.payments": ({ invoicePayments }, id) =>
    wholeList(invoicePayments.list().filter(({ invoice }) => invoice === id), "/v1/invoice_payments"),
  "customer.subscriptions": ({ subscriptions }, id) =>
    wholeList(
      subscriptions.list().filter(({ customer, status }) => customer === id && status !== "canceled"),
      `/v1/customers/${id}/subscriptions`,
    ),
  "customer.tax_ids": ({ taxIds }, id) =>
    wholeList(taxIds.list().filter(({ customer }) => customer === id), `/v1/customers/${id}/tax_ids`),
  "charge.refunds": ({ refunds }, id) =>
    wholeList(refunds.list().filter(({ charge }) => charge === id), `/v1/charges/${id}/refunds`),
};

/** Puts whole objects where ids are, along `expand`'s dotted paths; lists are entered through `data`. */
export function expanded(account: Account, root: unknown, paths: readonly string[] = []): unknown {
  const copy = structuredClone(root) as Plain;
  for (const path of paths) {
    const levels = path.split(".");
    if (levels.length > 4) {
      throw new ApiError(400, `You cannot expand more than 4 levels of a property (${path}).`, { param: "expand" });
    }
    walk(account, copy, levels, path);
  }
  return copy;
}

function walk(account: Account, place: Plain, [name, ...rest]: string[], path: string): void {
  if (name === "data" && place.object === "list") return enter(account, place.data, rest, path);
  const value = expandableValue(account, place, name, rest.length > 0);
  if (value === undefined) {
    throw new ApiError(400, `This property cannot be expanded (${path}).`, { param: "expand" });
  }
  place[name] = value;
  if (rest.length > 0) enter(account, value, rest, path);
}

function enter(account: Account, place: unknown, rest: string[], path: string): void {
  if (Array.isArray(place)) { for (const item of place) enter(account, item, rest, path); }
  else if (typeof place === "object" && place !== null) walk(account, place as Plain, rest, path);
}

function expandableValue(account: Account, place: Plain, name: string, onward: boolean): unknown {
  const list = `${place.object}.${name}`;
  if (Object.hasOwn(included, list)) return included[list](account, String(place.id));
  if (!Object.hasOwn(place, name)) return undefined;
  const value = place[name];
  const find = Object.hasOwn(references, name) ? references[name] : undefined;
  if (find && typeof value === "string") return find(account, value) ?? value;
  if (find && Array.isArray(value)) return value.map((id) => typeof id === "string" ? find(account, id) ?? id : id);
  // On the way through a hash, `parent.subscription_details.subscription`.
  return find || (onward && typeof value === "object") ? value : undefined;
}
