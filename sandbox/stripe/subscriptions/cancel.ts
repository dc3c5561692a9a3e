/** The end of a subscription, at once. */
import { type Account, type Invoice, noRequest, type Subscription } from "../account.ts";
import { addDraft, finalizeAndPay, stopCollecting } from "../invoices/collect.ts";
import { composeInvoice } from "../invoices/compose.ts";
import { addInvoiceItem, unusedTime } from "./proration.ts";
import { itemOf } from "./objects.ts";
import { subscriptionOf } from "./standing.ts";
import { waitingLines } from "./renew.ts";

export interface Cancellation {
  reason: NonNullable<Subscription["cancellation_details"]>["reason"];
  comment?: string | null;
  feedback?: NonNullable<Subscription["cancellation_details"]>["feedback"];
  /** Gives the unused time back as credit. */
  prorate?: boolean;
  /** Settles what waits for an invoice now instead of leaving it. */
  invoice_now?: boolean;
}

export function cancel(
  account: Account,
  subscription: Subscription,
  how: Cancellation,
  cause = noRequest,
): Subscription {
  const now = account.now();
  if (how.prorate) {
    const credit = unusedTime(account, subscription, now);
    if (credit) addInvoiceItem(account, subscription, credit, cause);
  }
  for (const name of ["renew", "trial", "incomplete"]) account.appointments.delete(`${name} ${subscription.id}`);
  for (const invoice of account.invoices.list()) {
    const unpaid = invoice.status === "open" || invoice.status === "draft";
    if (unpaid && subscriptionOf(account, invoice)?.id === subscription.id) stopCollecting(account, invoice, cause);
  }
  const last = how.invoice_now ? finalInvoice(account, subscription) : undefined;
  if (last) addDraft(account, last, cause);
  const canceled: Subscription = {
    ...subscription,
    status: "canceled",
    canceled_at: subscription.canceled_at ?? now,
    cancellation_details: {
      comment: how.comment ?? subscription.cancellation_details?.comment ?? null,
      feedback: how.feedback ?? subscription.cancellation_details?.feedback ?? null,
      feedback_option: null,
      reason: how.reason,
    },
    ended_at: now,
    latest_invoice: last?.id ?? subscription.latest_invoice,
  };
  account.subscriptions.put(canceled.id, canceled);
  account.emit("customer.subscription.deleted", canceled, cause);
  if (last) finalizeAndPay(account, last, {}, cause);
  return canceled;
}

function finalInvoice(account: Account, subscription: Subscription): Invoice | undefined {
  const lines = waitingLines(account, subscription);
  if (lines.length === 0) return undefined;
  return composeInvoice(account, {
    customer: account.customers.get(subscription.customer)!,
    currency: subscription.currency,
    lines,
    billing_reason: "manual",
    subscription,
    automatic_tax: subscription.automatic_tax.enabled,
  });
}

/** Ends with the period that is paid for, or, taken back in time, does not. */
export function cancelAtPeriodEnd(account: Account, subscription: Subscription, ends: boolean): Subscription {
  if (ends === subscription.cancel_at_period_end) return subscription;
  return {
    ...subscription,
    cancel_at: ends ? itemOf(subscription).current_period_end : null,
    cancel_at_period_end: ends,
    canceled_at: ends ? account.now() : null,
    cancellation_details: {
      comment: null,
      feedback: null,
      feedback_option: null,
      ...subscription.cancellation_details,
      reason: ends ? "cancellation_requested" : null,
    },
  };
}
