import type Stripe from "stripe";
import type { Database } from "../../../platform/database.ts";
import { isMissingAtStripe, stripeUnavailable } from "../../../platform/stripe-errors.ts";
import { describeTaxes, type InvoiceTax } from "./describe-taxes.ts";

/**
 * Stripe's objects as they are at the moment of asking, for `private.apply_stripe_facts`. Related ones are fetched
 * together, so that it does not matter which of several events about one change comes first.
 */
export interface Facts {
  session?: Stripe.Checkout.Session;
  subscription?: Stripe.Subscription;
  invoice?: Stripe.Invoice & { kredo_taxes: InvoiceTax[] };
  payment_intent?: Stripe.PaymentIntent;
  disputes?: Stripe.Dispute[];
}

/** Facts, and their place among all that was ever fetched; null of what needs none, and of a preview. */
export interface Gathered {
  facts: Facts;
  ticket: number | null;
}

/** What an event, or a list of Stripe's, is about. */
export interface Subject {
  kind: "session" | "subscription" | "invoice" | "payment" | "dispute" | "refund" | "charge";
  id: string;
}

/**
 * @param takeTicket `takeStripeTicket`, awaited before anything is fetched that may be older than what we have (ADR 5). Not
 * before a session: that only ever moves on, and the database never moves it back
 * @returns null if Stripe has no such object, in this mode, for this account
 * @throws what Stripe's client throws when Stripe does not answer, and what `takeTicket` throws
 */
export async function gatherFacts(
  stripe: Stripe,
  subject: Subject,
  takeTicket: () => Promise<number | null>,
): Promise<Gathered | null> {
  let ticket: number | null = null;
  const facts = await fetchFacts(stripe, subject, async () => {
    ticket = await takeTicket();
  });
  return facts && { facts, ticket };
}

async function fetchFacts(
  stripe: Stripe,
  { kind, id }: Subject,
  takeTicket: () => Promise<void>,
): Promise<Facts | null> {
  try {
    if (kind === "session") return await sessionFacts(stripe, id, takeTicket);
    await takeTicket();
    switch (kind) {
      case "subscription":
        return await subscriptionFacts(stripe, id);
      case "invoice":
        return await invoiceFacts(stripe, id);
      case "payment":
        return await paymentFacts(stripe, id);
      case "charge":
        return await paymentOf(stripe, same(await stripe.charges.retrieve(id), id));
      case "refund":
        return await paymentOf(stripe, same(await stripe.refunds.retrieve(id), id));
      case "dispute":
        return await paymentOf(stripe, same(await stripe.disputes.retrieve(id), id));
    }
  } catch (error) {
    if (isMissingAtStripe(error)) return null;
    throw error;
  }
}

/** The place of what is fetched from now on among all that was ever fetched. */
export async function takeStripeTicket(db: Pick<Database, "onceAsService">): Promise<number> {
  const { ticket } = await db.onceAsService((sql) =>
    sql<{ ticket: number }[]>`select private.take_stripe_ticket() as ticket`
  );
  return ticket;
}

async function sessionFacts(stripe: Stripe, id: string, takeTicket: () => Promise<void>): Promise<Facts> {
  const session = same(
    await stripe.checkout.sessions.retrieve(id, { expand: ["payment_intent", "setup_intent.payment_method"] }),
    id,
  );
  const subscription = idOf(session.subscription);
  if (!subscription) return { session };
  await takeTicket();
  return { session, ...await subscriptionFacts(stripe, subscription) };
}

async function subscriptionFacts(stripe: Stripe, id: string): Promise<Facts> {
  const subscription = same(
    await stripe.subscriptions.retrieve(id, { expand: ["latest_invoice.payments"] }),
    id,
  );
  const { latest_invoice: invoice } = subscription;
  return { subscription, ...invoice && typeof invoice === "object" && { invoice: await withTaxes(stripe, invoice) } };
}

async function invoiceFacts(stripe: Stripe, id: string): Promise<Facts> {
  const invoice = same(await stripe.invoices.retrieve(id, { expand: ["payments"] }), id);
  const subscription = idOf(invoice.parent?.subscription_details?.subscription);
  return {
    ...subscription &&
      { subscription: await stripe.subscriptions.retrieve(subscription, { expand: ["latest_invoice"] }) },
    invoice: await withTaxes(stripe, invoice),
  };
}

async function paymentFacts(stripe: Stripe, id: string): Promise<Facts> {
  const [intent, disputes, links] = await Promise.all([
    stripe.paymentIntents.retrieve(id, { expand: ["latest_charge"] }),
    stripe.disputes.list({ payment_intent: id, limit: 100 }),
    stripe.invoicePayments.list({ payment: { type: "payment_intent", payment_intent: id }, limit: 1 }),
  ]);
  const invoice = idOf(links.data[0]?.invoice);
  return {
    ...invoice && await invoiceFacts(stripe, invoice),
    payment_intent: same(intent, id),
    disputes: disputes.data,
  };
}

/** Of something that happened to a payment; a charge without a payment intent was not made by us. */
async function paymentOf(
  stripe: Stripe,
  { payment_intent }: { payment_intent: string | Stripe.PaymentIntent | null },
): Promise<Facts | null> {
  const id = idOf(payment_intent);
  return id ? await paymentFacts(stripe, id) : null;
}

async function withTaxes(stripe: Stripe, invoice: Stripe.Invoice): Promise<NonNullable<Facts["invoice"]>> {
  return { ...invoice, kredo_taxes: await describeTaxes(stripe, invoice) };
}

/** The client takes any JSON for a success; what is not this object must not decide over it. */
function same<T extends { id: string }>(object: T, id: string): T {
  if (object.id !== id) throw stripeUnavailable(new Error("the answer is another object"));
  return object;
}

export function idOf(reference: string | { id: string } | null | undefined): string | undefined {
  return typeof reference === "string" ? reference : reference?.id;
}
