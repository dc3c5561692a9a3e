/**
 * What can become of a Checkout session, one verb each. Every change of a session, its payment and its events
 * is one transaction, and a session leaves `open` once: a second payment of the same session cannot happen.
 */
import {
  type Account,
  type Cause,
  type CheckoutRecord,
  noRequest,
  type PaymentIntent,
  type Session,
} from "./account.ts";
import { declined } from "./cards.ts";
import { createIntent, declineIntent, processIntent, settleIntent } from "./intents.ts";

export const outcomes = ["paid", "declined", "async_paid", "async_failed", "canceled"] as const;
export type Outcome = typeof outcomes[number];

/** The buyer's press of a button on the hosted page, with the address they typed. `canceled` changes nothing. */
export function checkOut(account: Account, id: string, outcome: Outcome, buyer: string | null): Session | undefined {
  return change(account, id, (record) => {
    const { session } = record;
    if (session.status !== "open" || outcome === "canceled") return;
    if (session.amount_total === 0) return complete(account, record, "no_payment_required", buyer);
    const intent = intentOf(account, record);
    if (outcome === "declined") return void declineIntent(account, intent, declined);
    if (outcome === "paid") {
      settleIntent(account, intent);
      return complete(account, record, "paid", buyer);
    }
    processIntent(account, intent);
    complete(account, record, "unpaid", buyer);
    const act = outcome === "async_paid" ? "settle_checkout" : "bounce_checkout";
    account.appoint({
      id: `settle ${id}`,
      subject: id,
      act,
      due_ms: account.nowMs() + account.asyncDelayMs,
    });
  });
}

/** A delayed payment arrived. */
export function settleLater(account: Account, id: string): void {
  change(account, id, (record) => {
    const intent = intentOf(account, record);
    if (record.session.payment_status !== "unpaid" || intent.status !== "processing") return;
    settleIntent(account, intent);
    record.session.payment_status = "paid";
    account.emit("checkout.session.async_payment_succeeded", record.session);
  });
}

/** A delayed payment did not arrive. */
export function bounceLater(account: Account, id: string): void {
  change(account, id, (record) => {
    const intent = intentOf(account, record);
    if (record.session.payment_status !== "unpaid" || intent.status !== "processing") return;
    declineIntent(account, intent, declined);
    account.emit("checkout.session.async_payment_failed", record.session);
  });
}

/** Nobody paid in time, or the merchant gave up waiting. No effect on a session that is not open. */
export function expireSession(account: Account, id: string, cause: Cause = noRequest): Session | undefined {
  return change(account, id, ({ session }) => {
    if (session.status !== "open") return;
    session.status = "expired";
    session.url = null;
    account.appointments.delete(`expire ${id}`);
    account.emit("checkout.session.expired", session, cause);
  });
}

function change(account: Account, id: string, act: (record: CheckoutRecord) => void): Session | undefined {
  return account.store.transaction(() => {
    const record = account.checkouts.get(id);
    if (!record) return undefined;
    act(record);
    account.checkouts.put(id, record);
    return record.session;
  });
}

function complete(
  account: Account,
  { session }: CheckoutRecord,
  paid: Session["payment_status"],
  buyer: string | null,
) {
  const customer = typeof session.customer === "string" ? account.customers.get(session.customer) : undefined;
  session.status = "complete";
  session.payment_status = paid;
  session.url = null;
  session.customer_details = {
    address: null,
    business_name: null,
    email: session.customer_email ?? customer?.email ?? buyer,
    individual_name: null,
    name: customer?.name ?? null,
    phone: null,
    tax_exempt: "none",
    tax_ids: [],
  };
  account.appointments.delete(`expire ${session.id}`);
  account.emit("checkout.session.completed", session);
}

/** Stripe creates the payment intent when the first payment is tried, not with the session. */
function intentOf(account: Account, { session, payment }: CheckoutRecord): PaymentIntent {
  const tried = account.paymentIntents.get(String(session.payment_intent));
  if (tried) return tried;
  const intent = createIntent(account, {
    ...payment,
    amount: session.amount_total!,
    currency: session.currency!,
    customer: session.customer,
  });
  session.payment_intent = intent.id;
  return intent;
}
