/**
 * What can become of a Checkout session, one verb each. Every change of a session, its payment and its events
 * is one transaction, and a session leaves `open` once: a second payment of the same session cannot happen.
 */
import { type Account, type Cause, type Charge, type CheckoutRecord, noRequest, type Session } from "./account.ts";
import { newCharge, newPaymentIntent } from "./payment-objects.ts";

export const outcomes = ["paid", "declined", "async_paid", "async_failed", "canceled"] as const;
export type Outcome = typeof outcomes[number];

const declineMessage = "Your card was declined.";

/** The buyer's press of a button on the hosted page, with the address they typed. `canceled` changes nothing. */
export function checkOut(account: Account, id: string, outcome: Outcome, buyer: string | null): Session | undefined {
  return change(account, id, (record) => {
    const { session } = record;
    if (session.status !== "open" || outcome === "canceled") return;
    if (session.amount_total === 0) return complete(account, record, "no_payment_required", buyer);
    intentOf(account, record);
    if (outcome === "declined") return decline(account, record);
    if (outcome === "paid") {
      settle(account, record);
      return complete(account, record, "paid", buyer);
    }
    process(account, record);
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
    if (record.session.payment_status !== "unpaid" || !processing(account, record)) return;
    settle(account, record);
    record.session.payment_status = "paid";
    account.emit("checkout.session.async_payment_succeeded", record.session);
  });
}

/** A delayed payment did not arrive. */
export function bounceLater(account: Account, id: string): void {
  change(account, id, (record) => {
    if (record.session.payment_status !== "unpaid" || !processing(account, record)) return;
    decline(account, record);
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
function intentOf(account: Account, record: CheckoutRecord) {
  if (record.session.payment_intent) return;
  const intent = newPaymentIntent(account, record);
  account.paymentIntents.put(intent.id, intent);
  record.session.payment_intent = intent.id;
  account.emit("payment_intent.created", intent);
}

function intent(account: Account, { session }: CheckoutRecord) {
  return account.paymentIntents.get(String(session.payment_intent))!;
}

const processing = (account: Account, record: CheckoutRecord) => intent(account, record).status === "processing";

function charge(account: Account, record: CheckoutRecord, status: Charge["status"]): Charge {
  const current = intent(account, record);
  const pending = account.charges.get(String(current.latest_charge));
  const fresh = newCharge(account, current, status);
  // A delayed payment ends the charge it began with.
  const made = pending?.status === "pending" ? { ...fresh, id: pending.id, created: pending.created } : fresh;
  account.charges.put(made.id, made);
  account.emit(`charge.${status}`, made);
  return made;
}

function settle(account: Account, record: CheckoutRecord) {
  const { id } = charge(account, record, "succeeded");
  const before = intent(account, record);
  const paid = {
    ...before,
    status: "succeeded" as const,
    amount_received: before.amount,
    latest_charge: id,
    last_payment_error: null,
  };
  account.paymentIntents.put(paid.id, paid);
  account.emit("payment_intent.succeeded", paid);
}

function process(account: Account, record: CheckoutRecord) {
  const { id } = charge(account, record, "pending");
  const waiting = { ...intent(account, record), status: "processing" as const, latest_charge: id };
  account.paymentIntents.put(waiting.id, waiting);
  account.emit("payment_intent.processing", waiting);
}

function decline(account: Account, record: CheckoutRecord) {
  const { id } = charge(account, record, "failed");
  const declined = {
    ...intent(account, record),
    status: "requires_payment_method" as const,
    latest_charge: id,
    payment_method: null,
    last_payment_error: {
      type: "card_error" as const,
      charge: id,
      code: "card_declined" as const,
      decline_code: "generic_decline",
      doc_url: "https://stripe.com/docs/error-codes/card-declined",
      message: declineMessage,
      payment_method_type: "card",
    },
  };
  account.paymentIntents.put(declined.id, declined);
  account.emit("payment_intent.payment_failed", declined);
}
