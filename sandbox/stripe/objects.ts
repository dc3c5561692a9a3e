/** The objects of the account as they are kept and sent: Stripe's own shapes, with ids where `expand` could put objects. */
import type Stripe from "stripe";
import type { ListObject } from "./api/lists.ts";

/**
 * A type of the client as it is on the wire: references are ids, decimals are strings.
 * (The client declares what it makes of them: a `Customer` where `expand` asked for one, a `Decimal`.)
 */
export type Stored<T> = string extends T ? Extract<T, string | null | undefined>
  : T extends Stripe.Decimal ? string
  : T extends Stripe.ApiList<infer Item> ? ListObject<Stored<Item>>
  : T extends (infer Item)[] ? Stored<Item>[]
  : T extends object ? { [Key in keyof T]: Stored<T[Key]> }
  : T;

export type Session = Stored<Stripe.Checkout.Session>;
export type LineItem = Stored<Stripe.LineItem>;
export type PaymentIntent = Stored<Stripe.PaymentIntent>;
export type SetupIntent = Stored<Stripe.SetupIntent>;
export type PaymentMethod = Stored<Stripe.PaymentMethod>;
export type Charge = Stored<Stripe.Charge>;
export type Refund = Stored<Stripe.Refund>;
export type Dispute = Stored<Stripe.Dispute>;
export type Customer = Stored<Stripe.Customer>;
export type BalanceTransaction = Stored<Stripe.CustomerBalanceTransaction>;
export type TaxId = Stored<Stripe.TaxId>;
export type Product = Stored<Stripe.Product>;
export type Price = Stored<Stripe.Price>;
export type Coupon = Stored<Stripe.Coupon>;
export type PromotionCode = Stored<Stripe.PromotionCode>;
export type Discount = Stored<Stripe.Discount>;
export type Subscription = Stored<Stripe.Subscription>;
export type SubscriptionItem = Stored<Stripe.SubscriptionItem>;
export type Invoice = Stored<Stripe.Invoice>;
export type InvoiceLine = Stored<Stripe.InvoiceLineItem>;
export type InvoiceItem = Stored<Stripe.InvoiceItem>;
export type InvoicePayment = Stored<Stripe.InvoicePayment>;
export type PortalConfiguration = Stored<Stripe.BillingPortal.Configuration>;
export type PortalSession = Stored<Stripe.BillingPortal.Session>;
export type TestClock = Stored<Stripe.TestHelpers.TestClock>;
export type Metadata = Record<string, string>;

export interface Event {
  id: string;
  object: "event";
  api_version: string;
  created: number;
  data: { object: unknown; previous_attributes?: unknown };
  livemode: false;
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null };
  type: string;
}
