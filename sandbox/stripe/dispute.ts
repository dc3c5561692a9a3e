/**
 * What can become of a dispute, one verb each. Only a buyer's bank opens one, so nothing of the API does; the console
 * plays the bank.
 */
import { type Account, type Cause, type Charge, type Dispute, noRequest } from "./account.ts";
import { formatAmount } from "./api/currencies.ts";
import { invalid } from "./api/errors.ts";
import { newId } from "./ids.ts";

/** Stripe's fee for a dispute, in cents; kept by Stripe whoever wins. */
const FEE = 1_500;
const DAYS_TO_ANSWER = 9;

/** What a merchant may put forward; each is a text or the id of a file. */
export const evidenceKeys = [
  "access_activity_log",
  "billing_address",
  "cancellation_policy",
  "cancellation_policy_disclosure",
  "cancellation_rebuttal",
  "customer_communication",
  "customer_email_address",
  "customer_name",
  "customer_purchase_ip",
  "customer_signature",
  "duplicate_charge_documentation",
  "duplicate_charge_explanation",
  "duplicate_charge_id",
  "product_description",
  "receipt",
  "refund_policy",
  "refund_policy_disclosure",
  "refund_refusal_explanation",
  "service_date",
  "service_documentation",
  "shipping_address",
  "shipping_carrier",
  "shipping_date",
  "shipping_documentation",
  "shipping_tracking_number",
  "uncategorized_file",
  "uncategorized_text",
] as const;

export type Evidence = Partial<Record<typeof evidenceKeys[number], string>>;

export const reasons = [
  "bank_cannot_process",
  "credit_not_processed",
  "customer_initiated",
  "duplicate",
  "fraudulent",
  "general",
  "insufficient_funds",
  "product_not_received",
  "product_unacceptable",
  "subscription_canceled",
  "unrecognized",
] as const;

/**
 * The buyer's bank takes a payment back, all of it or a part, and with it Stripe takes the money and its fee.
 *
 * @throws {ApiError} when there is no payment to take back, less of it, or it has been taken back before.
 */
export function openDispute(
  account: Account,
  charge: Charge,
  { amount = charge.amount, reason = "fraudulent" }: { amount?: number; reason?: typeof reasons[number] } = {},
): Dispute {
  return account.store.transaction(() => {
    if (!charge.paid) throw invalid(`Charge ${charge.id} has not succeeded, so nobody can dispute it.`, "charge");
    if (charge.disputed) throw invalid(`Charge ${charge.id} has already been disputed.`, "charge");
    if (amount < 1 || amount > charge.amount) {
      throw invalid(
        `A dispute of this charge may be about ${formatAmount(charge.amount, charge.currency)} at most.`,
        "amount",
      );
    }
    const id = newId("du_1");
    const dispute: Dispute = {
      id,
      object: "dispute",
      amount,
      balance_transactions: [movement(account, id, charge.currency, -amount, FEE)],
      charge: charge.id,
      created: account.now(),
      currency: charge.currency,
      enhanced_eligibility_types: [],
      evidence: {
        ...Object.fromEntries(evidenceKeys.map((key) => [key, null])) as Record<typeof evidenceKeys[number], null>,
        enhanced_evidence: {},
      },
      evidence_details: {
        due_by: account.now() + DAYS_TO_ANSWER * 86_400,
        enhanced_eligibility: {},
        has_evidence: false,
        past_due: false,
        submission_count: 0,
        submission_method: "not_submitted",
      },
      intended_submission_method: null,
      is_charge_refundable: false,
      livemode: false,
      metadata: {},
      payment_intent: charge.payment_intent,
      payment_method_details: {
        card: { brand: "visa", case_type: "chargeback", network: "visa", network_reason_code: "10.4" },
        type: "card",
      },
      reason,
      status: "needs_response",
    };
    account.disputes.put(id, dispute);
    account.charges.put(charge.id, { ...charge, disputed: true });
    account.emit("charge.dispute.created", dispute);
    account.emit("charge.dispute.funds_withdrawn", dispute);
    return dispute;
  });
}

/**
 * The merchant puts evidence forward, and unless `submit` is false hands it in, after which the bank decides.
 *
 * @throws {ApiError} once the bank has it or has decided.
 */
export function putForward(
  account: Account,
  dispute: Dispute,
  { evidence, metadata, submit = true }: {
    evidence?: Evidence;
    metadata?: (before: Dispute["metadata"]) => Dispute["metadata"];
    submit?: boolean;
  },
  cause: Cause,
): Dispute {
  const changed = structuredClone(dispute);
  if (metadata) changed.metadata = metadata(dispute.metadata);
  if (evidence) {
    if (dispute.status !== "needs_response") {
      throw invalid(`Evidence for this dispute can no longer be updated: it has a status of ${dispute.status}.`);
    }
    Object.assign(changed.evidence, evidence);
    changed.evidence_details.has_evidence = true;
  }
  if (evidence && submit) {
    changed.status = "under_review";
    changed.evidence_details.submission_count++;
    changed.evidence_details.submission_method = "manual";
    // Stripe's test mode decides by these two texts, a moment later; a text of one's own waits for the console.
    if (decided(changed)) {
      account.appoint({
        id: `decide ${dispute.id}`,
        subject: dispute.id,
        act: "decide_dispute",
        due_ms: account.nowMs() + account.asyncDelayMs,
      });
    }
  }
  return account.update("charge.dispute.updated", account.disputes, changed, cause);
}

/** The bank has read the evidence of test mode. */
export function decideLater(account: Account, id: string): void {
  const outcome = decided(account.disputes.get(id)!);
  if (outcome) closeDispute(account, id, outcome);
}

function decided({ evidence }: Dispute): "won" | "lost" | undefined {
  if (evidence.uncategorized_text === "winning_evidence") return "won";
  if (evidence.uncategorized_text === "losing_evidence") return "lost";
}

/** The bank decides, or the merchant accepts that the money is gone. No effect on a dispute that has been closed. */
export function closeDispute(
  account: Account,
  id: string,
  outcome: "won" | "lost",
  cause: Cause = noRequest,
): Dispute | undefined {
  return account.store.transaction(() => {
    const dispute = account.disputes.get(id);
    if (!dispute || !isOpen(dispute)) return undefined;
    const won = outcome === "won";
    const closed: Dispute = {
      ...dispute,
      status: outcome,
      is_charge_refundable: won,
      balance_transactions: won
        ? [...dispute.balance_transactions, movement(account, id, dispute.currency, dispute.amount, 0)]
        : dispute.balance_transactions,
    };
    account.disputes.put(id, closed);
    account.appointments.delete(`decide ${id}`);
    account.emit("charge.dispute.closed", closed, cause);
    if (won) account.emit("charge.dispute.funds_reinstated", closed, cause);
    return closed;
  });
}

export const isOpen = ({ status }: Dispute): boolean => status === "needs_response" || status === "under_review";

/** Money that leaves the merchant's balance, or comes back to it. */
function movement(
  account: Account,
  source: string,
  currency: string,
  amount: number,
  fee: number,
): Dispute["balance_transactions"][number] {
  return {
    id: newId("txn_1"),
    object: "balance_transaction",
    amount,
    available_on: account.now(),
    balance_type: "payments",
    created: account.now(),
    currency,
    description: amount < 0 ? "Chargeback withdrawal" : "Chargeback reversal",
    exchange_rate: null,
    fee,
    fee_details: fee === 0
      ? []
      : [{ amount: fee, application: null, currency, description: "Dispute fee", type: "stripe_fee" }],
    net: amount - fee,
    reporting_category: amount < 0 ? "dispute" : "dispute_reversal",
    source,
    status: "available",
    type: "adjustment",
  };
}
