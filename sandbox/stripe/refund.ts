/**
 * What can become of a refund, one verb each. `charge.amount_refunded` is what is refunded or under way at any moment:
 * a refund counts from its beginning, and no longer once it has failed or was canceled.
 */
import { type Account, type Cause, type Charge, type Dispute, noRequest, type Refund } from "./account.ts";
import { formatAmount } from "./api/currencies.ts";
import { invalid } from "./api/errors.ts";
import { newId } from "./ids.ts";

export interface RefundRequest {
  /** In the currency's smallest unit; what is left of the charge without it. */
  amount?: number;
  reason?: Refund["reason"];
  metadata?: Record<string, string>;
  /** Makes the bank ask the buyer where to send the money, who has to answer this e-mail first. */
  instructions_email?: string;
  /** The bank takes its time: the refund begins as `pending` and waits for `succeedRefund` or `failRefund`. */
  slow?: boolean;
}

/**
 * Gives money of a charge back. Refunds of a card succeed at once, as Stripe's do; the bank may still refuse them
 * later.
 *
 * @throws {ApiError} when so much is not left, or the buyer already takes it back by a dispute.
 */
export function refundCharge(
  account: Account,
  charge: Charge,
  request: RefundRequest,
  cause: Cause = noRequest,
): Refund {
  const amount = refundable(account, charge, request.amount);
  const refund: Refund = {
    id: newId("re_3"),
    object: "refund",
    amount,
    balance_transaction: newId("txn_3"),
    charge: charge.id,
    created: account.now(),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: {
      card: { reference_status: "pending", reference_type: "acquirer_reference_number", type: "refund" },
      type: "card",
    },
    metadata: request.metadata ?? {},
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: request.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: request.slow ? "pending" : "succeeded",
    transfer_reversal: null,
  };
  if (request.slow) refund.pending_reason = "processing";
  if (request.instructions_email) {
    refund.instructions_email = request.instructions_email;
    refund.status = "requires_action";
    refund.next_action = {
      display_details: {
        email_sent: { email_sent_at: account.now(), email_sent_to: request.instructions_email },
        expires_at: account.now() + 30 * 86_400,
      },
      type: "display_details",
    };
  }
  account.refunds.put(refund.id, refund);
  account.emit("refund.created", refund, cause);
  account.emit("charge.refunded", count(account, charge.id), cause, {
    amount_refunded: charge.amount_refunded,
    refunded: charge.refunded,
  });
  return refund;
}

/** The bank has done what it was asked. No effect on a refund that has ended. */
export function succeedRefund(account: Account, id: string): Refund | undefined {
  return change(
    account,
    id,
    ["pending", "requires_action"],
    noRequest,
    ({ pending_reason: _, next_action: __, ...refund }) => ({
      ...refund,
      status: "succeeded",
    }),
  );
}

/** The bank sends the money back to the merchant, be it weeks after the refund succeeded. */
export function failRefund(account: Account, id: string, reason = "expired_or_canceled_card"): Refund | undefined {
  const failed = change(account, id, ["pending", "requires_action", "succeeded"], noRequest, (refund) => ({
    ...refund,
    status: "failed",
    failure_reason: reason,
    failure_balance_transaction: newId("txn_3"),
  }));
  if (failed) account.emit("refund.failed", failed);
  return failed;
}

/** @throws {ApiError} unless the buyer still has to say where the money goes: no other refund can be called back. */
export function cancelRefund(account: Account, refund: Refund, cause: Cause): Refund {
  const canceled = change(account, refund.id, ["requires_action"], cause, ({ next_action: _, ...refund }) => ({
    ...refund,
    status: "canceled",
  }));
  if (canceled) return canceled;
  throw invalid(
    `You cannot cancel this refund because it has a status of ${refund.status}. Only a refund with one of the following statuses may be canceled: requires_action.`,
  );
}

function change(
  account: Account,
  id: string,
  from: readonly string[],
  cause: Cause,
  act: (refund: Refund) => Refund,
): Refund | undefined {
  return account.store.transaction(() => {
    const refund = account.refunds.get(id);
    if (!refund || !from.includes(refund.status!)) return undefined;
    const changed = account.update("refund.updated", account.refunds, act(refund), cause);
    count(account, refund.charge!);
    return changed;
  });
}

const refundsOf = (account: Account, charge: string): Refund[] =>
  account.refunds.list().filter((refund) => refund.charge === charge);

/** Adds up the charge's refunds anew, which cannot drift as adding and subtracting would. */
function count(account: Account, id: string): Charge {
  const charge = account.charges.get(id)!;
  const amount_refunded = refundsOf(account, id)
    .filter(({ status }) => status !== "failed" && status !== "canceled")
    .reduce((sum, { amount }) => sum + amount, 0);
  const counted = { ...charge, amount_refunded, refunded: amount_refunded === charge.amount };
  account.charges.put(id, counted);
  return counted;
}

function refundable(account: Account, charge: Charge, asked: number | undefined): number {
  const left = charge.amount_captured - charge.amount_refunded;
  if (!charge.paid || !charge.captured) {
    throw invalid(`Charge ${charge.id} cannot be refunded because it has not succeeded.`, "charge");
  }
  if (account.disputes.list().some((dispute) => dispute.charge === charge.id && withholds(dispute))) {
    throw invalid(`Charge ${charge.id} has been charged back; cannot issue a refund.`, undefined, "charge_disputed");
  }
  if (left === 0) {
    throw invalid(`Charge ${charge.id} has already been refunded.`, undefined, "charge_already_refunded");
  }
  if (asked === undefined) return left;
  if (asked > left) {
    const [wanted, rest] = [asked, left].map((amount) => formatAmount(amount, charge.currency));
    throw invalid(`Refund amount (${wanted}) is greater than unrefunded amount on charge (${rest})`, "amount");
  }
  return asked;
}

const withholds = ({ is_charge_refundable }: Dispute) => !is_charge_refundable;
