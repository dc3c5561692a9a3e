/**
 * What can become of a Checkout session, one verb each. Every change of a session, its payment and its events
 * is one transaction, and a session leaves `open` once: a second payment of the same session cannot happen.
 */
import {
  type Account,
  type Cause,
  noRequest,
  type PaymentIntent,
  type PaymentMethod,
  type Session,
} from "../account.ts";
import { attach, declined, newCard, type PageCard, pageCards } from "../cards.ts";
import { promotionCode, redeem } from "../discounts.ts";
import { createIntent, declineIntent, processIntent, settleIntent } from "../intents.ts";
import { recordPaid } from "../invoices/collect.ts";
import { composeInvoice } from "../invoices/compose.ts";
import { newLine } from "../invoices/lines.ts";
import { createSetupIntent, failSetup, succeedSetup } from "../setup.ts";
import { startSubscription } from "../subscriptions/start.ts";
import { day } from "../../calendar.ts";
import { buyerOf, customerDetails } from "./buyer.ts";
import { cardOptional, type CheckoutRecord, customerOf, savesCard, type Typed } from "./record.ts";
import { reckoned } from "./totals.ts";

export const outcomes = ["paid", "declined", "async_paid", "async_failed", "canceled"] as const;
export type Outcome = typeof outcomes[number];

/** What the buyer's form says; what it leaves out stays as it was. */
export interface Form {
  typed: Partial<Typed>;
  /** "" takes the code away. */
  promotion_code?: string;
}

/** Takes in what was typed, and says whether the code was good. */
export function fillIn(account: Account, id: string, { typed, promotion_code }: Form): boolean {
  let good = true;
  change(account, id, (record) => {
    if (record.session.status !== "open") return record;
    const filled = { ...record, typed: { ...record.typed, ...typed } };
    if (promotion_code === undefined || !record.session.allow_promotion_codes) return reckoned(account, filled);
    const found = promotion_code.trim() && promotionCode(account, promotion_code, {
      customer: customerOf(account, record) ?? null,
      currency: record.session.currency!,
      amount: record.session.amount_subtotal!,
    });
    good = found !== undefined;
    const discounts = found ? [{ coupon: found.promotion.coupon, promotion_code: found.id }] : [];
    return reckoned(account, { ...filled, session: { ...filled.session, discounts } });
  });
  return good;
}

/** The buyer's press of a button on the hosted page. `canceled` changes nothing. */
export function checkOut(
  account: Account,
  id: string,
  outcome: Outcome,
  card: PageCard | "none" = "visa",
): Session | undefined {
  return change(account, id, (record) => {
    if (record.session.status !== "open" || outcome === "canceled") return record;
    if (record.session.mode === "subscription") return subscribe(account, record, outcome, card);
    return record.session.mode === "setup"
      ? saveCard(account, record, outcome, card)
      : payOnce(account, record, outcome, card);
  });
}

function payOnce(account: Account, before: CheckoutRecord, outcome: Outcome, card: PageCard | "none"): CheckoutRecord {
  if (before.session.amount_total === 0) {
    const free = buyerOf(account, before);
    redeemed(account, free);
    return complete(account, free, "no_payment_required");
  }
  const declines = outcome === "declined";
  const record = declines ? before : buyerOf(account, before);
  const method = cardFor(account, record, card === "none" ? "visa" : card, !declines && savesCard(record));
  const intent = intentOf(account, record, method);
  const tried = { ...record, session: { ...record.session, payment_intent: intent.id } };
  if (declines) {
    declineIntent(account, intent, declined);
    return tried;
  }
  if (outcome === "paid") return complete(account, invoiced(account, tried, settleIntent(account, intent)), "paid");
  processIntent(account, intent);
  account.appoint({
    id: `settle ${record.id}`,
    subject: record.id,
    act: outcome === "async_paid" ? "settle_checkout" : "bounce_checkout",
    due_ms: account.nowMs() + account.asyncDelayMs,
  });
  return complete(account, tried, "unpaid");
}

/** A card that is declined leaves no subscription behind: the buyer tries another one on the page. */
function subscribe(
  account: Account,
  before: CheckoutRecord,
  outcome: Outcome,
  card: PageCard | "none",
): CheckoutRecord {
  if (outcome !== "paid") return before;
  const record = buyerOf(account, before);
  const { session, subscription } = record;
  const method = card === "none" && cardOptional(record)
    ? null
    : cardFor(account, record, card === "none" ? "visa" : card, true);
  const { trial_days, ...terms } = subscription!;
  const customer = customerOf(account, record)!;
  if (method && session.amount_total === 0) {
    succeedSetup(account, createSetupIntent(account, { customer: customer.id }), method.id);
  }
  const coupons = (session.discounts ?? []).flatMap(({ coupon, promotion_code }) => {
    const found = account.coupons.get(String(coupon));
    return found ? [{ coupon: found, promotion_code }] : [];
  });
  const started = startSubscription(account, {
    ...terms,
    customer,
    trial_end: trial_days ? account.now() + trial_days * day : null,
    default_payment_method: method?.id,
    automatic_tax: session.automatic_tax.enabled,
    coupons,
    checkout_session: session.id,
    payment: "charge",
    atPage: true,
  });
  const with_ids = { ...session, subscription: started.id, invoice: started.latest_invoice };
  return complete(account, { ...record, session: with_ids }, "paid");
}

function saveCard(account: Account, before: CheckoutRecord, outcome: Outcome, card: PageCard | "none"): CheckoutRecord {
  const intent = account.setupIntents.get(String(before.session.setup_intent))!;
  if (outcome === "declined") {
    failSetup(account, intent, declined);
    return before;
  }
  if (outcome !== "paid") return before;
  const record = buyerOf(account, before);
  const method = cardFor(account, record, card === "none" ? "visa" : card, true);
  succeedSetup(account, { ...intent, customer: record.session.customer }, method.id);
  return complete(account, record, "no_payment_required");
}

/** A delayed payment arrived. */
export function settleLater(account: Account, id: string): void {
  change(account, id, (record) => {
    const intent = account.paymentIntents.get(String(record.session.payment_intent));
    if (record.session.payment_status !== "unpaid" || intent?.status !== "processing") return record;
    const paid = invoiced(account, record, settleIntent(account, intent));
    const session: Session = { ...paid.session, payment_status: "paid" };
    account.emit("checkout.session.async_payment_succeeded", session);
    return { ...paid, session };
  });
}

/** A delayed payment did not arrive. */
export function bounceLater(account: Account, id: string): void {
  change(account, id, (record) => {
    const intent = account.paymentIntents.get(String(record.session.payment_intent));
    if (record.session.payment_status !== "unpaid" || intent?.status !== "processing") return record;
    declineIntent(account, intent, declined);
    account.emit("checkout.session.async_payment_failed", record.session);
    return record;
  });
}

/** Nobody paid in time, or the merchant gave up waiting. No effect on a session that is not open. */
export function expireSession(account: Account, id: string, cause: Cause = noRequest): Session | undefined {
  return change(account, id, (record) => {
    if (record.session.status !== "open") return record;
    const session: Session = { ...record.session, status: "expired", url: null };
    account.appointments.delete(`expire ${id}`);
    account.emit("checkout.session.expired", session, cause);
    return { ...record, session };
  });
}

function change(
  account: Account,
  id: string,
  act: (record: CheckoutRecord) => CheckoutRecord,
): Session | undefined {
  return account.store.transaction(() => {
    const record = account.checkouts.get(id);
    if (!record) return undefined;
    const changed = act(record);
    account.checkouts.put(id, changed);
    return changed.session;
  });
}

function complete(account: Account, record: CheckoutRecord, paid: Session["payment_status"]): CheckoutRecord {
  const session: Session = {
    ...record.session,
    status: "complete",
    payment_status: record.session.amount_total === 0 ? "no_payment_required" : paid,
    url: null,
    customer_details: customerDetails(account, record),
  };
  account.appointments.delete(`expire ${session.id}`);
  account.emit("checkout.session.completed", session);
  return { ...record, session };
}

/** Stripe creates the payment intent when the first payment is tried, not with the session. */
function intentOf(account: Account, { session, payment }: CheckoutRecord, { id }: PaymentMethod): PaymentIntent {
  const tried = account.paymentIntents.get(String(session.payment_intent));
  const now = { amount: session.amount_total!, customer: session.customer, payment_method: id };
  return tried ? { ...tried, ...now } : createIntent(account, { ...payment, ...now, currency: session.currency! });
}

/** The card the buyer gave; kept with the customer where it is to be used again. */
function cardFor(account: Account, record: CheckoutRecord, name: PageCard, keep: boolean): PaymentMethod {
  const { address, email, name: owner } = customerDetails(account, record);
  const fresh = newCard(account, pageCards[name]);
  const method = { ...fresh, billing_details: { ...fresh.billing_details, address, email, name: owner } };
  account.paymentMethods.put(method.id, method);
  const customer = customerOf(account, record);
  return keep && customer ? attach(account, method, customer) : method;
}

/** The invoice of a one-time payment, where one was asked for: made once the money is there. */
function invoiced(account: Account, record: CheckoutRecord, intent: PaymentIntent): CheckoutRecord {
  const { session, invoice, line_items } = record;
  const customer = customerOf(account, record);
  const discounts = redeemed(account, record);
  if (!invoice || !customer) return record;
  const now = account.now();
  const draft = composeInvoice(account, {
    ...invoice,
    customer,
    currency: session.currency!,
    lines: line_items.map((item) =>
      newLine({
        amount: item.amount_subtotal,
        description: item.description ?? "",
        price: item.price!,
        quantity: item.quantity!,
        period: { start: now, end: now },
      })
    ),
    billing_reason: "manual",
    discounts,
    automatic_tax: session.automatic_tax.enabled,
  });
  return { ...record, session: { ...session, invoice: recordPaid(account, draft, intent).id } };
}

/** Redeems the session's coupon and gives the ids of what comes of it. */
function redeemed(account: Account, { session }: CheckoutRecord): string[] {
  return (session.discounts ?? []).flatMap(({ coupon, promotion_code }) => {
    const found = account.coupons.get(String(coupon));
    if (!found) return [];
    const redemption = { coupon: found, promotion_code, customer: session.customer, checkout_session: session.id };
    return [redeem(account, redemption).id];
  });
}
