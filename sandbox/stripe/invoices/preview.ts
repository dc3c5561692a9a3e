/** What the next invoice of a subscription would be, as it stands or after a change that nobody has made yet. */
import type { Account, Invoice, Subscription } from "../account.ts";
import { ApiError } from "../api/errors.ts";
import { newId } from "../ids.ts";
import { itemOf } from "../subscriptions/objects.ts";
import { composeRenewal, nextPeriod, waitingLines } from "../subscriptions/renew.ts";
import { planTurn, type Turn } from "../subscriptions/update.ts";
import { composeInvoice } from "./compose.ts";
import { newLine } from "./lines.ts";

export function preview(account: Account, subscription: Subscription, turn: Turn = {}): Invoice {
  const { after, prorations, restarts } = planTurn(account, subscription, turn);
  const waiting = [...waitingLines(account, subscription), ...prorations.map(newLine)];
  if (restarts) return upcoming(composeRenewal(account, after, { waiting }));
  if (turn.proration_behavior === "always_invoice" && prorations.length > 0) {
    return upcoming(composeInvoice(account, {
      customer: account.customers.get(after.customer)!,
      currency: after.currency,
      lines: waiting,
      billing_reason: "upcoming",
      subscription: after,
      automatic_tax: after.automatic_tax.enabled,
    }));
  }
  if (after.cancel_at_period_end && waiting.length === 0) {
    throw new ApiError(404, `No upcoming invoices for customer: ${after.customer}`, { code: "invoice_upcoming_none" });
  }
  const due = itemOf(after).current_period_end;
  return account.asOf(due * 1000, () => upcoming(composeRenewal(account, nextPeriod(after), { waiting })));
}

const upcoming = (invoice: Invoice): Invoice => ({
  ...invoice,
  id: newId("upcoming_in_1"),
  billing_reason: "upcoming",
  next_payment_attempt: invoice.created + 60 * 60,
});
