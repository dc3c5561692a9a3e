/**
 * What can become of a payment intent, whoever wants the money: a checkout, an invoice or a call of the API. Each
 * verb stores the intent and its charge and tells of both; call them inside a transaction.
 */
import { type Account, type Cause, type Charge, noRequest, type PaymentIntent } from "./account.ts";
import type { Decline } from "./api/errors.ts";
import { objection, type Presence } from "./cards.ts";
import { type IntentFields, newCharge, newPaymentIntent } from "./intent-objects.ts";

export function createIntent(account: Account, fields: IntentFields, cause = noRequest): PaymentIntent {
  const intent = newPaymentIntent(account, fields);
  account.paymentIntents.put(intent.id, intent);
  account.emit("payment_intent.created", intent, cause);
  return intent;
}

/** Charges the intent's card. */
export function chargeCard(
  account: Account,
  intent: PaymentIntent,
  presence: Presence,
  cause = noRequest,
): PaymentIntent {
  const method = account.paymentMethods.get(String(intent.payment_method));
  const decline = method ? objection(method, presence) : null;
  return decline ? declineIntent(account, intent, decline, cause) : settleIntent(account, intent, cause);
}

/** The money is there. */
export function settleIntent(account: Account, intent: PaymentIntent, cause = noRequest): PaymentIntent {
  const { id } = charge(account, intent, "succeeded", null, cause);
  return put(account, "payment_intent.succeeded", {
    ...intent,
    status: "succeeded",
    amount_received: intent.amount,
    latest_charge: id,
    last_payment_error: null,
    next_action: null,
  }, cause);
}

/** The money is under way: a delayed payment method. */
export function processIntent(account: Account, intent: PaymentIntent, cause = noRequest): PaymentIntent {
  const { id } = charge(account, intent, "pending", null, cause);
  return put(account, "payment_intent.processing", { ...intent, status: "processing", latest_charge: id }, cause);
}

export function declineIntent(
  account: Account,
  intent: PaymentIntent,
  decline: Decline,
  cause = noRequest,
): PaymentIntent {
  const { id } = charge(account, intent, "failed", decline, cause);
  return put(account, "payment_intent.payment_failed", {
    ...intent,
    status: "requires_payment_method",
    latest_charge: id,
    payment_method: null,
    last_payment_error: {
      type: "card_error",
      charge: id,
      code: decline.code,
      decline_code: decline.decline_code,
      doc_url: `https://stripe.com/docs/error-codes/${decline.code.replaceAll("_", "-")}`,
      message: decline.message,
      payment_method: account.paymentMethods.get(String(intent.payment_method)),
      payment_method_type: "card",
    },
  }, cause);
}

/** The bank wants to see the card's owner. */
export function requireAction(account: Account, intent: PaymentIntent, cause = noRequest): PaymentIntent {
  return put(account, "payment_intent.requires_action", {
    ...intent,
    status: "requires_action",
    next_action: { type: "use_stripe_sdk" },
  }, cause);
}

export function cancelIntent(
  account: Account,
  intent: PaymentIntent,
  reason: PaymentIntent["cancellation_reason"],
  cause = noRequest,
): PaymentIntent {
  return put(account, "payment_intent.canceled", {
    ...intent,
    status: "canceled",
    canceled_at: account.now(),
    cancellation_reason: reason,
    next_action: null,
  }, cause);
}

function put(account: Account, type: string, intent: PaymentIntent, cause: Cause): PaymentIntent {
  account.paymentIntents.put(intent.id, intent);
  account.emit(type, intent, cause);
  return intent;
}

function charge(
  account: Account,
  intent: PaymentIntent,
  status: Charge["status"],
  decline: Decline | null,
  cause: Cause,
): Charge {
  const pending = account.charges.get(String(intent.latest_charge));
  const fresh = newCharge(account, intent, status, decline);
  // A delayed payment ends the charge it began with.
  const made = pending?.status === "pending" ? { ...fresh, id: pending.id, created: pending.created } : fresh;
  account.charges.put(made.id, made);
  account.emit(`charge.${status}`, made, cause);
  return made;
}
