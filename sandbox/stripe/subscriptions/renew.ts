/** The end of a period or of a trial: the next period with its invoice, or the end of the subscription. */
import { type Account, type Invoice, type InvoiceLine, noRequest, type Subscription } from "../account.ts";
import { addDraft, finalizeLater } from "../invoices/collect.ts";
import { composeInvoice } from "../invoices/compose.ts";
import { lineOf, newLine } from "../invoices/lines.ts";
import { cancel } from "./cancel.ts";
import { itemOf, withItem } from "./objects.ts";
import { updateSubscription } from "./standing.ts";
import { endOfPeriod, keepAppointments, lineText } from "./start.ts";

export function renew(account: Account, id: string): void {
  const subscription = account.subscriptions.get(id);
  if (!subscription || !["active", "past_due", "trialing"].includes(subscription.status)) return;
  if (subscription.cancel_at_period_end) {
    cancel(account, subscription, { reason: "cancellation_requested" });
    return;
  }
  const trialEnds = subscription.status === "trialing";
  if (trialEnds && !canPay(account, subscription) && endsWithoutCard(subscription)) {
    cancel(account, subscription, { reason: null });
    return;
  }
  const { current_period_start, current_period_end } = itemOf(subscription);
  const past = { start: current_period_start, end: current_period_end };
  const next = nextPeriod(subscription);
  const discounts = running(account, subscription);
  const draft = composeRenewal(account, { ...next, discounts }, { past });
  addDraft(account, draft, noRequest);
  const renewed = updateSubscription(account, {
    ...next,
    discounts,
    latest_invoice: draft.id,
    status: trialEnds ? "active" : subscription.status,
  });
  keepAppointments(account, renewed);
  finalizeLater(account, draft);
}

/** The subscription as it will be in the period after this one. */
export function nextPeriod(subscription: Subscription): Subscription {
  const item = itemOf(subscription);
  const start = item.current_period_end;
  return withItem(subscription, {
    current_period_start: start,
    current_period_end: endOfPeriod(item.price, subscription.billing_cycle_anchor, start),
  });
}

/** The invoice of a period: its price in advance, and what waited for it. */
export function composeRenewal(
  account: Account,
  subscription: Subscription,
  { reason = "subscription_cycle", waiting = waitingLines(account, subscription), past }: {
    reason?: Invoice["billing_reason"];
    waiting?: InvoiceLine[];
    /** The period that has ended, which Stripe calls the invoice's; its lines have the one that begins. */
    past?: { start: number; end: number };
  } = {},
): Invoice {
  const { price, quantity = 1, id, current_period_start, current_period_end } = itemOf(subscription);
  const line = newLine({
    amount: price.unit_amount! * quantity,
    description: lineText(account, price, quantity),
    price,
    quantity,
    period: { start: current_period_start, end: current_period_end },
    subscription: subscription.id,
    subscription_item: id,
  });
  return composeInvoice(account, {
    customer: account.customers.get(subscription.customer)!,
    currency: subscription.currency,
    lines: [...waiting, line],
    billing_reason: reason,
    subscription,
    discounts: subscription.discounts,
    automatic_tax: subscription.automatic_tax.enabled,
    period: past,
  });
}

/** What earlier changes left for the next invoice of the subscription, oldest first. */
export function waitingLines(account: Account, { id }: Subscription): InvoiceLine[] {
  return account.invoiceItems.list().reverse()
    .filter(({ invoice, parent }) => invoice === null && parent?.subscription_details?.subscription === id)
    .map((item) => lineOf(account, item));
}

const running = (account: Account, { discounts }: Subscription) =>
  discounts.filter((id) => {
    const { end } = account.discounts.get(id)!;
    return end === null || account.now() < end;
  });

function canPay(account: Account, { default_payment_method, customer }: Subscription): boolean {
  const method = default_payment_method ?? account.customers.get(customer)?.invoice_settings.default_payment_method;
  return account.paymentMethods.get(String(method)) !== undefined;
}

const endsWithoutCard = ({ trial_settings }: Subscription) =>
  trial_settings?.end_behavior.missing_payment_method === "cancel";
