/** Changing a running subscription: another price, the end of its trial, its discounts, its card. */
import {
  type Account,
  type Cause,
  type Coupon,
  type Invoice,
  noRequest,
  type Price,
  type Subscription,
} from "../account.ts";
import { ApiError } from "../api/errors.ts";
import { redeem } from "../discounts.ts";
import { addDraft, finalize, finalizeAndPay } from "../invoices/collect.ts";
import { composeInvoice } from "../invoices/compose.ts";
import { type LineFields } from "../invoices/lines.ts";
import { cancelAtPeriodEnd } from "./cancel.ts";
import { itemOf, withItem } from "./objects.ts";
import { addInvoiceItem, remainingTime, unusedTime } from "./proration.ts";
import { composeRenewal, waitingLines } from "./renew.ts";
import { invoiceFailed, updateSubscription } from "./standing.ts";
import { endOfPeriod, keepAppointments } from "./start.ts";

export interface Turn {
  price?: Price;
  quantity?: number;
  /** Seconds, later than now; only while it is on trial. */
  trial_end?: number | "now";
  billing_cycle_anchor?: "now" | "unchanged";
  proration_behavior?: "always_invoice" | "create_prorations" | "none";
  proration_date?: number;
}

/** What a turn comes to, before anything has happened. */
export interface Plan {
  after: Subscription;
  prorations: LineFields[];
  /** A new period begins now, with its price to pay. */
  restarts: boolean;
}

export function planTurn(account: Account, subscription: Subscription, turn: Turn): Plan {
  const now = account.now();
  const item = itemOf(subscription);
  const { price = item.price, quantity = item.quantity ?? 1, trial_end } = turn;
  const turned = withItem(subscription, { price, quantity });
  const onTrial = subscription.status === "trialing";
  if (onTrial && trial_end !== "now") {
    if (trial_end === undefined) return { after: turned, prorations: [], restarts: false };
    const longer = { ...turned, trial_end, billing_cycle_anchor: trial_end };
    return { after: withItem(longer, { current_period_end: trial_end }), prorations: [], restarts: false };
  }
  const at = turn.proration_date ?? now;
  const prorates = turn.proration_behavior !== "none";
  const credit = prorates ? unusedTime(account, subscription, at) : null;
  // A month cannot be counted on in years: another interval begins afresh.
  const restarts = onTrial || turn.billing_cycle_anchor === "now" || !sameInterval(item.price, price);
  if (restarts) {
    const fresh = {
      ...turned,
      billing_cycle_anchor: now,
      ...(onTrial && { status: "active" as const, trial_end: now }),
    };
    const period = { current_period_start: now, current_period_end: endOfPeriod(price, now, now) };
    return { after: withItem(fresh, period), prorations: credit ? [credit] : [], restarts };
  }
  const moved = price.id !== item.price.id || quantity !== item.quantity;
  if (!moved || !prorates) return { after: turned, prorations: [], restarts };
  const charge = remainingTime(account, subscription, { price, quantity }, at);
  return { after: turned, prorations: credit ? [credit, charge] : [charge], restarts };
}

const sameInterval = ({ recurring: a }: Price, { recurring: b }: Price) =>
  a!.interval === b!.interval && a!.interval_count === b!.interval_count;

export interface Change extends Turn {
  payment_behavior?: "allow_incomplete" | "default_incomplete" | "error_if_incomplete";
  cancel_at_period_end?: boolean;
  /** All its discounts from now on: those it keeps, by id, and coupons to be redeemed. */
  discounts?: (string | { coupon: Coupon; promotion_code: string | null })[];
  /** What else is different, none of which costs anything. */
  plain?: Partial<
    Pick<
      Subscription,
      | "automatic_tax"
      | "cancellation_details"
      | "default_payment_method"
      | "description"
      | "metadata"
      | "trial_settings"
    >
  >;
}

/**
 * @throws {ApiError} 402 when the change has to be paid at once, is not, and `error_if_incomplete` was asked for;
 * nothing has happened then.
 */
export function changeSubscription(
  account: Account,
  before: Subscription,
  change: Change,
  cause = noRequest,
): Subscription {
  const discounts = discountsOf(account, before, change, cause);
  const subscription = { ...before, ...change.plain, discounts };
  const { after, prorations, restarts } = planTurn(account, subscription, change);
  for (const fields of prorations) addInvoiceItem(account, subscription, fields, cause);
  const invoices = restarts || (change.proration_behavior === "always_invoice" && prorations.length > 0);
  const draft = invoices ? composeTurn(account, after, restarts) : undefined;
  if (draft) addDraft(account, draft, cause);
  const ending = change.cancel_at_period_end === undefined
    ? after
    : cancelAtPeriodEnd(account, after, change.cancel_at_period_end);
  const updated = updateSubscription(account, {
    ...ending,
    // A date that moved takes the end it was set for along.
    cancel_at: ending.cancel_at_period_end ? itemOf(ending).current_period_end : ending.cancel_at,
    latest_invoice: draft?.id ?? ending.latest_invoice,
  }, cause);
  keepAppointments(account, updated);
  if (draft) collect(account, draft, change.payment_behavior, cause);
  return account.subscriptions.get(updated.id)!;
}

/** The invoice of a change: what waits for one, and the new period's price when one begins. */
function composeTurn(account: Account, after: Subscription, restarts: boolean): Invoice {
  if (restarts) return composeRenewal(account, after, { reason: "subscription_update" });
  return composeInvoice(account, {
    customer: account.customers.get(after.customer)!,
    currency: after.currency,
    lines: waitingLines(account, after),
    billing_reason: "subscription_update",
    subscription: after,
    automatic_tax: after.automatic_tax.enabled,
  });
}

function collect(account: Account, draft: Invoice, behavior: Change["payment_behavior"], cause: Cause) {
  if (behavior === "default_incomplete") {
    const open = finalize(account, draft, cause);
    if (open.status === "open") invoiceFailed(account, open, cause);
    return;
  }
  const { status } = finalizeAndPay(account, draft, {}, cause);
  if (status === "open" && behavior === "error_if_incomplete") {
    throw new ApiError(402, "Your card was declined.", { type: "card_error", code: "card_declined" });
  }
}

function discountsOf(account: Account, { id, customer, discounts }: Subscription, change: Change, cause: Cause) {
  if (!change.discounts) return discounts;
  const wanted = change.discounts.map((discount) =>
    typeof discount === "string" ? discount : redeem(account, { ...discount, customer, subscription: id }).id
  );
  for (const gone of discounts.filter((discount) => !wanted.includes(discount))) {
    account.emit("customer.discount.deleted", account.discounts.get(gone), cause);
  }
  return wanted;
}
