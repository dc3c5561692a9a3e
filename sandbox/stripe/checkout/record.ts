/** A Checkout session with what its hosted page needs and the API does not show. */
import type { Account, Customer, LineItem, Metadata, PaymentIntent, Price, Session } from "../account.ts";

/** What the buyer has told the page so far. */
export interface Typed {
  email: string | null;
  name: string | null;
  /** Two letters. */
  country: string | null;
  tax_id: { type: string; value: string } | null;
}

export interface CheckoutRecord {
  id: string;
  session: Session;
  line_items: LineItem[];
  typed: Typed;
  /** Payment mode: what the payment intent gets. */
  payment: {
    description: string | null;
    metadata: Metadata;
    receipt_email: string | null;
    setup_future_usage: PaymentIntent["setup_future_usage"];
  };
  /** Payment mode: what the invoice gets; null when none is made. */
  invoice: { description: string | null; metadata: Metadata } | null;
  /** Subscription mode: what the subscription gets; null in the others. */
  subscription: {
    price: Price;
    quantity: number;
    description: string | null;
    metadata: Metadata;
    trial_days: number | null;
    missing_payment_method: "cancel" | "create_invoice";
  } | null;
  /** Which of the customer's own data the page may change. */
  customer_update: { address: boolean; name: boolean };
}

/** Whether the page asks for a country: to tax by, or because the merchant wants the address. */
export const asksCountry = ({ session }: CheckoutRecord): boolean =>
  session.automatic_tax.enabled || session.billing_address_collection === "required";

/** Whether the buyer may go on without a card. */
export const cardOptional = ({ session, subscription }: CheckoutRecord): boolean =>
  subscription !== null && session.payment_method_collection === "if_required" && session.amount_total === 0;

/** Whether the card is kept for later charges. */
export const savesCard = ({ session, payment }: CheckoutRecord): boolean =>
  session.mode !== "payment" || payment.setup_future_usage !== null;

export const customerOf = (account: Account, { session }: CheckoutRecord): Customer | undefined =>
  account.customers.get(String(session.customer));
