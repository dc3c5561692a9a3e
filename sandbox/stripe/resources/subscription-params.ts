/** What creating and changing a subscription take. */
import type { Account, Coupon, Price, Subscription } from "../account.ts";
import { invalid, notHere } from "../api/errors.ts";
import { expand } from "../api/expand.ts";
import {
  boolean,
  either,
  emptyable,
  integer,
  list,
  metadata,
  metadataChange,
  object,
  oneOf,
  type Param,
  type ReadShape,
  required,
  string,
} from "../api/params.ts";
import { named } from "../api/resource.ts";
import { stillValid, suits } from "../discounts.ts";

const discount = { coupon: string(), discount: string(), promotion_code: string() };
const discountParams = list(object(discount), { max: 20 });
export const trialSettings = object({
  end_behavior: required(object({
    missing_payment_method: required(oneOf(["cancel", "create_invoice", "pause"])),
  })),
});
export const cancellationReasons = [
  "customer_service",
  "low_quality",
  "missing_features",
  "other",
  "switched_service",
  "too_complex",
  "too_expensive",
  "unused",
] as const;
export const prorationBehavior = oneOf(["always_invoice", "create_prorations", "none"]);
export const trialEnd: Param<number | "now"> = either(oneOf(["now"]), integer());

const paymentBehavior = oneOf([
  "allow_incomplete",
  "default_incomplete",
  "error_if_incomplete",
  "pending_if_incomplete",
]);
const automaticTax = object({ enabled: required(boolean) }, ["liability"]);
const lacking = [
  "add_invoice_items",
  "application_fee_percent",
  "billing_schedules",
  "billing_thresholds",
  "collection_method",
  "days_until_due",
  "default_source",
  "default_tax_rates",
  "invoice_settings",
  "on_behalf_of",
  "payment_settings",
  "pending_invoice_item_interval",
  "transfer_data",
  "trial_from_plan",
];

const item = {
  metadata,
  price: string(),
  quantity: integer({ min: 0, max: 999_999 }),
};
const itemLacking = ["billing_thresholds", "current_trial", "discounts", "price_data", "tax_rates"];

export const createParams = object({
  automatic_tax: automaticTax,
  customer: required(string()),
  default_payment_method: string(),
  description: string({ max: 500 }),
  discounts: emptyable(discountParams),
  expand,
  items: required(list(object(item, itemLacking), { max: 20 })),
  metadata,
  off_session: boolean,
  payment_behavior: paymentBehavior,
  trial_end: trialEnd,
  trial_period_days: integer({ min: 1, max: 730 }),
  trial_settings: trialSettings,
}, [
  ...lacking,
  "backdate_start_date",
  "billing_cycle_anchor",
  "billing_cycle_anchor_config",
  "billing_mode",
  "cancel_at",
  "cancel_at_period_end",
  "currency",
  "customer_account",
  "proration_behavior",
]);

export const itemChanges = list(
  object({ ...item, id: string() }, [...itemLacking, "clear_usage", "deleted"]),
  { max: 20 },
);

export const updateParams = object({
  automatic_tax: automaticTax,
  billing_cycle_anchor: oneOf(["now", "unchanged"]),
  cancel_at_period_end: boolean,
  cancellation_details: object({
    comment: emptyable(string()),
    feedback: emptyable(oneOf(cancellationReasons)),
  }),
  default_payment_method: emptyable(string()),
  description: emptyable(string({ max: 500 })),
  discounts: emptyable(discountParams),
  expand,
  items: itemChanges,
  metadata: metadataChange,
  off_session: boolean,
  payment_behavior: paymentBehavior,
  proration_behavior: prorationBehavior,
  proration_date: integer(),
  trial_end: trialEnd,
  trial_settings: trialSettings,
}, [...lacking, "cancel_at", "pause_collection"]);

/** The price somebody subscribes to. */
export function recurringPrice(account: Account, id: string, param: string): Price {
  const price = named(account.prices, id, "price", param);
  if (!price.recurring) {
    throw invalid(
      `The price specified is set to \`type=one_time\` but this field only accepts prices with \`type=recurring\`.`,
      param,
    );
  }
  if (!price.active) throw invalid(`The price specified is inactive. This field only accepts active prices.`, param);
  return price;
}

/** The one item of a change, checked against the one item there is. */
export function turnOf(
  account: Account,
  subscription: Subscription,
  items: ReadShape<{ items: typeof itemChanges }>["items"] = [],
): { price?: Price; quantity?: number } {
  if (items.length === 0) return {};
  const [{ id, price, quantity }] = items;
  const [current] = subscription.items.data;
  if (!id || items.length > 1) throw notHere("more than one item in a subscription", "items");
  if (id !== current.id) throw invalid(`No such subscription_item: '${id}'`, "items[0][id]", "resource_missing");
  const turn = price ? recurringPrice(account, price, "items[0][price]") : current.price;
  if (turn.currency !== subscription.currency) {
    throw invalid("The price specified must have the currency of the subscription.", "items[0][price]");
  }
  // What is in use may go on being used although it is no longer sold.
  return { price: turn, quantity };
}

export type Redeemable = { coupon: Coupon; promotion_code: string | null };

/** The coupons behind `discounts`; ids of discounts in use stay ids. */
export function redeemables(
  account: Account,
  given: ReadShape<{ discounts: typeof discountParams }>["discounts"],
  currency: string,
): (string | Redeemable)[] {
  return (given ?? []).map(({ coupon, discount, promotion_code }, at) => {
    if (discount) return named(account.discounts, discount, "discount", `discounts[${at}][discount]`).id;
    const code = promotion_code
      ? named(account.promotionCodes, promotion_code, "promotion code", `discounts[${at}][promotion_code]`)
      : null;
    const param = `discounts[${at}][${code ? "promotion_code" : "coupon"}]`;
    if (code && !code.active) throw invalid(`This promotion code is not active.`, param, "coupon_expired");
    const found = named(account.coupons, code?.promotion.coupon ?? coupon ?? "", "coupon", param);
    if (!stillValid(account, found)) throw invalid(`Coupon expired: ${found.id}`, param, "coupon_expired");
    if (!suits(found, currency)) {
      throw invalid(`The coupon's currency does not match the currency ${currency} of what it is for.`, param);
    }
    return { coupon: found, promotion_code: code?.id ?? null };
  });
}
