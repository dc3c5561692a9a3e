/**
 * What happens to an account from outside: what buyers and their banks do. The API has no calls for it, so the console
 * and tests do it here. Each is one transaction, and refuses as the API would.
 */
import type { Account, Charge, Dispute, PaymentMethod, Refund } from "./account.ts";
import { invalid, noSuch } from "./api/errors.ts";
import { found } from "./api/resource.ts";
import { type CardToken, newCard, payWith } from "./cards.ts";
import { closeDispute, openDispute, type reasons } from "./dispute.ts";
import { failRefund, refundCharge, type RefundRequest, succeedRefund } from "./refund.ts";

/** The cards that a customer may be given. */
export const bankCards = {
  visa: "pm_card_visa",
  fails: "pm_card_chargeCustomerFail",
  asks: "pm_card_authenticationRequired",
} satisfies Record<string, CardToken>;

export type BankCard = keyof typeof bankCards;

/** @throws {ApiError} for what is not there, and for what cannot happen any more. */
export interface Bank {
  refund(paymentIntent: string, request?: RefundRequest): Refund;
  /** How a refund that was asked for goes on. A bank may send it back although it had succeeded. */
  endRefund(id: string, outcome: "succeeded" | "failed"): Refund;
  dispute(paymentIntent: string, about?: { amount?: number; reason?: typeof reasons[number] }): Dispute;
  endDispute(id: string, outcome: "won" | "lost"): Dispute;
  /** The customer pays with another card from now on, also for subscriptions they have. */
  giveCard(customer: string, card: BankCard): PaymentMethod;
}

export function createBank(account: Account): Bank {
  const atOnce = <T>(act: () => T): T => account.store.transaction(act);

  function chargeOf(paymentIntent: string): Charge {
    const intent = account.paymentIntents.get(paymentIntent);
    const charge = account.charges.get(String(intent?.latest_charge));
    if (!charge) throw noSuch("payment_intent", paymentIntent, "payment_intent");
    return charge;
  }

  return {
    refund: (paymentIntent, request = {}) => atOnce(() => refundCharge(account, chargeOf(paymentIntent), request)),
    endRefund: (id, outcome) =>
      atOnce(() => {
        const { status } = found(account.refunds, id, "refund");
        const ended = (outcome === "failed" ? failRefund : succeedRefund)(account, id);
        if (!ended) throw over("refund", status);
        return ended;
      }),
    dispute: (paymentIntent, about) => atOnce(() => openDispute(account, chargeOf(paymentIntent), about)),
    endDispute: (id, outcome) =>
      atOnce(() => {
        const { status } = found(account.disputes, id, "dispute", "dispute");
        const ended = closeDispute(account, id, outcome);
        if (!ended) throw over("dispute", status);
        return ended;
      }),
    giveCard: (id, card) =>
      atOnce(() => {
        const customer = found(account.customers, id, "customer", "customer");
        return payWith(account, customer, newCard(account, bankCards[card]));
      }),
  };
}

const over = (noun: string, status: string | null) => invalid(`This ${noun} is over: it has a status of ${status}.`);
