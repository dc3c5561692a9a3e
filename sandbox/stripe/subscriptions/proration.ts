/**
 * What a change in the middle of a period is worth, to the second: the unused time of what was paid goes back as
 * credit, the remaining time of what replaces it is charged. Both are net of discounts, so that nobody gets back
 * more than they paid.
 */
import { type Account, type InvoiceLine, noRequest, type Price, type Subscription } from "../account.ts";
import { nameOf } from "../catalogue.ts";
import { amountsOff, couponOf, inForce } from "../discounts.ts";
import { type LineFields, newInvoiceItem } from "../invoices/lines.ts";
import { itemOf } from "./objects.ts";
import { subscriptionOf } from "./standing.ts";

interface Billed {
  net: number;
  period: { start: number; end: number };
  credited: LineFields["credited"];
}

/** The credit for the rest of the period; null when there is nothing to give back, as during a trial. */
export function unusedTime(account: Account, subscription: Subscription, at: number): LineFields | null {
  const item = itemOf(subscription);
  if (subscription.status === "trialing") return null;
  const { net, period, credited } = billed(account, subscription) ?? {
    net: discounted(account, subscription, item.price, item.quantity ?? 1, at),
    period: { start: item.current_period_start, end: item.current_period_end },
    credited: null,
  };
  const amount = -part(net, at, period);
  if (amount === 0) return null;
  return {
    amount,
    description: `Unused time on ${nameOf(account, item.price)} after ${dayOf(at)}`,
    price: item.price,
    quantity: item.quantity ?? 1,
    period: { start: at, end: period.end },
    discountable: false,
    proration: true,
    credited,
    subscription: subscription.id,
    subscription_item: item.id,
  };
}

/** The charge for the rest of the period at another price. */
export function remainingTime(
  account: Account,
  subscription: Subscription,
  to: { price: Price; quantity: number },
  at: number,
): LineFields {
  const item = itemOf(subscription);
  const period = { start: item.current_period_start, end: item.current_period_end };
  return {
    amount: part(discounted(account, subscription, to.price, to.quantity, at), at, period),
    description: `Remaining time on ${nameOf(account, to.price)} after ${dayOf(at)}`,
    price: to.price,
    quantity: to.quantity,
    period: { start: at, end: period.end },
    discountable: false,
    proration: true,
    subscription: subscription.id,
    subscription_item: item.id,
  };
}

/** Leaves a line for the next invoice. */
export function addInvoiceItem(account: Account, { customer }: Subscription, fields: LineFields, cause = noRequest) {
  const item = newInvoiceItem(account, customer, fields);
  account.invoiceItems.put(item.id, item);
  account.emit("invoiceitem.created", item, cause);
  return item;
}

/** The part of an amount that belongs to what is left of its period. */
function part(amount: number, at: number, { start, end }: Billed["period"]): number {
  const left = Math.min(Math.max(end - at, 0), end - start);
  return Math.round(amount * left / (end - start));
}

function discounted(account: Account, { discounts }: Subscription, price: Price, quantity: number, at: number): number {
  return inForce(account, discounts, at).reduce(
    (rest, discount) => rest - amountsOff(couponOf(account, discount), [rest])[0],
    price.unit_amount! * quantity,
  );
}

/**
 * What this period's use of the present price was billed with: the latest line, on an invoice or waiting for one,
 * for this price and up to the end of the period.
 */
function billed(account: Account, subscription: Subscription): Billed | undefined {
  const { price, current_period_end } = itemOf(subscription);
  const covers = (line: Pick<InvoiceLine, "amount" | "pricing" | "period">) =>
    line.amount > 0 && line.pricing?.price_details?.price === price.id && line.period.end === current_period_end;
  const waiting = account.invoiceItems.list().find((item) =>
    item.invoice === null && item.parent?.subscription_details?.subscription === subscription.id && covers(item)
  );
  if (waiting) return { net: waiting.amount, period: waiting.period, credited: null };
  for (const invoice of account.invoices.list()) {
    if (invoice.status === "void" || subscriptionOf(account, invoice)?.id !== subscription.id) continue;
    const line = invoice.lines.data.find(covers);
    if (!line) continue;
    const off = (line.discount_amounts ?? []).reduce((sum, { amount }) => sum + amount, 0);
    const credited = { invoice: invoice.id, invoice_line_items: [line.id] };
    return { net: line.amount - off, period: line.period, credited };
  }
}

/** `15 May 2026`, as on Stripe's lines. */
const dayOf = (seconds: number) =>
  new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "short", year: "numeric", timeZone: "UTC" })
    .format(seconds * 1000);
