/**
 * The test cards (docs.stripe.com/testing) and what happens when they are charged. A card's last four digits say
 * what it does, as they do there.
 */
import { newId } from "./ids.ts";
import { type Account, type Customer, noRequest, type PaymentMethod } from "./account.ts";
import { CardError, type Decline } from "./api/errors.ts";
import { named } from "./api/resource.ts";

interface TestCard {
  brand: string;
  last4: string;
  /** Cannot be saved nor charged. */
  refused?: Decline;
  /** Can be saved; every later charge is declined. */
  failsLater?: Decline;
  /** Pays when its owner is there to approve; on its own the bank asks for them. */
  needsOwner?: boolean;
}

export const declined: Decline = {
  code: "card_declined",
  decline_code: "generic_decline",
  message: "Your card was declined.",
};
const poor: Decline = {
  code: "card_declined",
  decline_code: "insufficient_funds",
  message: "Your card has insufficient funds.",
};
export const authenticationRequired: Decline = {
  code: "authentication_required",
  decline_code: "authentication_required",
  message: "Your card was declined. This transaction requires authentication.",
};

const testCards = {
  pm_card_visa: { brand: "visa", last4: "4242" },
  pm_card_mastercard: { brand: "mastercard", last4: "4444" },
  pm_card_chargeCustomerFail: { brand: "visa", last4: "0341", failsLater: declined },
  pm_card_authenticationRequired: { brand: "visa", last4: "3184", needsOwner: true },
  pm_card_chargeDeclined: { brand: "visa", last4: "0002", refused: declined },
  pm_card_chargeDeclinedInsufficientFunds: { brand: "visa", last4: "9995", refused: poor },
} satisfies Record<string, TestCard>;

export type CardToken = keyof typeof testCards;

export const isCardToken = (id: string): id is CardToken => Object.hasOwn(testCards, id);

/** What the hosted pages call the cards. */
export const pageCards = {
  visa: "pm_card_visa",
  fails_later: "pm_card_chargeCustomerFail",
} satisfies Record<string, CardToken>;

export type PageCard = keyof typeof pageCards;

/** A new payment method that is this test card, attached to nobody; the caller stores it. */
export function newCard(account: Account, token: CardToken): PaymentMethod {
  const { brand, last4 } = testCards[token];
  return {
    id: newId("pm_1"),
    object: "payment_method",
    allow_redisplay: "unspecified",
    billing_details: { address: null, email: null, name: null, phone: null, tax_id: null },
    card: {
      brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: "pass" },
      country: "US",
      display_brand: brand,
      exp_month: 12,
      exp_year: new Date(account.nowMs()).getUTCFullYear() + 4,
      fingerprint: `fingerprint${brand}${last4}`.slice(0, 16),
      funding: "credit",
      generated_from: null,
      last4,
      networks: { available: [brand], preferred: null },
      regulated_status: "unregulated",
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
    created: account.now(),
    customer: null,
    customer_account: null,
    livemode: false,
    metadata: {},
    type: "card",
  };
}

/** Where the card's owner is when it is charged. */
export interface Presence {
  /** There to approve what the bank asks; without them a card may ask for approval. */
  present?: boolean;
  /** At a hosted page, where they have just typed it in: that once also a card works that later fails. */
  atPage?: boolean;
}

/** What keeps this card from being charged; null when nothing does. */
export function objection(method: PaymentMethod, { present, atPage }: Presence): Decline | null {
  const card: TestCard | undefined = Object.values(testCards).find(({ last4 }) => last4 === method.card?.last4);
  if (card?.refused) return card.refused;
  if (atPage) return null;
  if (card?.failsLater) return card.failsLater;
  return card?.needsOwner && !present ? authenticationRequired : null;
}

/** What keeps this card from being saved; null when nothing does. */
export function refusal(method: PaymentMethod): Decline | null {
  const card: TestCard | undefined = Object.values(testCards).find(({ last4 }) => last4 === method.card?.last4);
  return card?.refused ?? null;
}

/** Gives the card to the customer and tells of it; does nothing for a card that already is theirs. */
export function attach(account: Account, method: PaymentMethod, customer: Customer, cause = noRequest): PaymentMethod {
  if (method.customer === customer.id) return method;
  const { address, email, name, phone } = customer;
  const attached: PaymentMethod = {
    ...method,
    customer: customer.id,
    billing_details: {
      ...method.billing_details,
      address: address ?? null,
      email,
      name: name ?? null,
      phone: phone ?? null,
    },
  };
  account.paymentMethods.put(attached.id, attached);
  account.emit("payment_method.attached", attached, cause);
  return attached;
}

/**
 * The card a parameter names: one of the account, or a fresh one for a token such as `pm_card_visa`.
 *
 * @throws {CardError} for a token whose card the bank does not even let be saved.
 */
export function payerCard(account: Account, id: string, param: string): PaymentMethod {
  if (!isCardToken(id)) return named(account.paymentMethods, id, "PaymentMethod", param);
  const method = newCard(account, id);
  const refused = refusal(method);
  if (refused) throw new CardError(refused, { payment_method: method });
  account.paymentMethods.put(method.id, method);
  return method;
}

/** Takes the card from its customer, who no longer pays with it by default. */
export function detach(account: Account, method: PaymentMethod, cause = noRequest): PaymentMethod {
  const customer = account.customers.get(String(method.customer));
  const detached = { ...method, customer: null };
  account.paymentMethods.put(detached.id, detached);
  account.emit("payment_method.detached", detached, cause, { customer: method.customer });
  if (customer?.invoice_settings.default_payment_method === method.id) {
    const invoice_settings = { ...customer.invoice_settings, default_payment_method: null };
    account.update("customer.updated", account.customers, { ...customer, invoice_settings }, cause);
  }
  for (const subscription of account.subscriptions.list()) {
    if (subscription.default_payment_method !== method.id) continue;
    const without = { ...subscription, default_payment_method: null };
    account.update("customer.subscription.updated", account.subscriptions, without, cause);
  }
  return detached;
}

/** The customer pays with this card from now on, also for subscriptions that had one of their own. */
export function payWith(account: Account, customer: Customer, card: PaymentMethod, cause = noRequest): PaymentMethod {
  const method = attach(account, card, customer, cause);
  const invoice_settings = { ...customer.invoice_settings, default_payment_method: method.id };
  account.update("customer.updated", account.customers, { ...customer, invoice_settings }, cause);
  for (const subscription of account.subscriptions.list()) {
    if (subscription.customer !== customer.id || !subscription.default_payment_method) continue;
    if (subscription.status === "canceled") continue;
    const changed = { ...subscription, default_payment_method: method.id };
    account.update("customer.subscription.updated", account.subscriptions, changed, cause);
  }
  return method;
}
