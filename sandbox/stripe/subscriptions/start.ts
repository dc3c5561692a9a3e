/** A subscription begins: its first period or its trial, its first invoice, and what will happen by itself later. */
import {
  type Account,
  type Cause,
  type Customer,
  type Invoice,
  noRequest,
  type Price,
  type Subscription,
} from "../account.ts";
import { day, hour, periodEnd } from "../../calendar.ts";
import { formatAmount } from "../api/currencies.ts";
import { type Presence } from "../cards.ts";
import { nameOf } from "../catalogue.ts";
import { redeem, type Redemption } from "../discounts.ts";
import { addDraft, finalize, finalizeAndPay, voidInvoice } from "../invoices/collect.ts";
import { composeInvoice } from "../invoices/compose.ts";
import { newLine } from "../invoices/lines.ts";
import { itemOf, newSubscription, type SubscriptionFields } from "./objects.ts";
import { updateSubscription } from "./standing.ts";

const untilIncompleteExpires = 23 * hour;
const trialWarning = 3 * day;

export interface Start extends Pick<SubscriptionFields, "price" | "quantity" | "missing_payment_method">, Presence {
  customer: Customer;
  /** When the trial ends; null without one. */
  trial_end: number | null;
  default_payment_method?: string | null;
  automatic_tax?: boolean;
  description?: string | null;
  metadata?: Subscription["metadata"];
  coupons?: Pick<Redemption, "coupon" | "promotion_code">[];
  checkout_session?: string;
  /** `hold` leaves the first invoice open for somebody to pay. */
  payment: "charge" | "hold";
}

export function startSubscription(account: Account, start: Start, cause = noRequest): Subscription {
  const { customer, price, trial_end } = start;
  const now = account.now();
  const fresh = newSubscription(account, {
    ...start,
    customer: customer.id,
    status: trial_end ? "trialing" : "incomplete",
    period: { start: now, end: trial_end ?? endOfPeriod(price, now, now) },
    trial: trial_end ? { start: now, end: trial_end } : null,
  });
  account.subscriptions.put(fresh.id, fresh);
  const discounts = (start.coupons ?? []).map((coupon) =>
    redeem(account, {
      ...coupon,
      customer: customer.id,
      subscription: fresh.id,
      checkout_session: start.checkout_session,
    }).id
  );
  const draft = firstInvoice(account, { ...fresh, discounts }, price, start.quantity);
  const subscription = { ...fresh, discounts, latest_invoice: draft.id };
  account.subscriptions.put(subscription.id, subscription);
  account.emit("customer.subscription.created", subscription, cause);
  keepAppointments(account, subscription);
  if (!trial_end) {
    account.appoint({
      id: `incomplete ${subscription.id}`,
      subject: subscription.id,
      act: "expire_subscription",
      due_ms: (now + untilIncompleteExpires) * 1000,
    });
  }
  addDraft(account, draft, cause);
  if (start.payment === "hold") finalize(account, draft, cause);
  else finalizeAndPay(account, draft, { present: start.present, atPage: start.atPage }, cause);
  return account.subscriptions.get(subscription.id)!;
}

export const endOfPeriod = ({ recurring }: Price, anchor: number, from: number): number =>
  periodEnd(anchor, from, recurring!.interval, recurring!.interval_count);

/** Sets what comes next by itself: the end of this period, and three days before the end of a trial the news of it. */
export function keepAppointments(account: Account, subscription: Subscription): void {
  const { id, trial_end, status } = subscription;
  account.appoint({
    id: `renew ${id}`,
    subject: id,
    act: "renew_subscription",
    due_ms: itemOf(subscription).current_period_end * 1000,
  });
  if (status === "trialing") {
    const due = Math.max(trial_end! - trialWarning, account.now());
    account.appoint({ id: `trial ${id}`, subject: id, act: "trial_will_end", due_ms: due * 1000 });
  } else {
    account.appointments.delete(`trial ${id}`);
  }
}

function firstInvoice(account: Account, subscription: Subscription, price: Price, quantity: number): Invoice {
  const item = itemOf(subscription);
  const trial = subscription.status === "trialing";
  const name = nameOf(account, price);
  const line = newLine({
    amount: trial ? 0 : price.unit_amount! * quantity,
    description: trial ? `Trial period for ${name}` : lineText(account, price, quantity),
    price,
    quantity,
    period: { start: item.current_period_start, end: item.current_period_end },
    subscription: subscription.id,
    subscription_item: item.id,
  });
  return composeInvoice(account, {
    customer: account.customers.get(subscription.customer)!,
    currency: price.currency,
    lines: [line],
    billing_reason: "subscription_create",
    subscription,
    discounts: subscription.discounts,
    automatic_tax: subscription.automatic_tax.enabled,
  });
}

/** `1 × Pro (at $29.00 / month)`, as Stripe writes it. */
export function lineText(account: Account, price: Price, quantity: number): string {
  const amount = formatAmount(price.unit_amount!, price.currency);
  return `${quantity} × ${nameOf(account, price)} (at ${amount} / ${price.recurring?.interval ?? "unit"})`;
}

/** Stripe's news that a trial is about to end. */
export function trialWillEnd(account: Account, id: string): void {
  const subscription = account.subscriptions.get(id);
  if (subscription?.status === "trialing") account.emit("customer.subscription.trial_will_end", subscription);
}

/** Nobody paid the first invoice in time. */
export function expireIncomplete(account: Account, id: string, cause: Cause = noRequest): void {
  const subscription = account.subscriptions.get(id);
  if (subscription?.status !== "incomplete") return;
  account.appointments.delete(`renew ${id}`);
  const invoice = account.invoices.get(String(subscription.latest_invoice));
  if (invoice?.status === "open") voidInvoice(account, invoice, cause);
  updateSubscription(account, { ...subscription, status: "incomplete_expired", ended_at: account.now() }, cause);
}
