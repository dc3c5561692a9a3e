import type { Random } from "../../sandbox/faults/random.ts";
import type { Facts } from "./billing-events.ts";
import { disputeObject, intentObject, invoiceObject, sessionObject, subscriptionObject } from "./billing-objects.ts";
import { CUSTOMER, type Event, refundedCents, type State, type Subject, USER } from "./billing-stripe.ts";

/** Something handed to the database: an event with what was fetched after it, or what a comparison of lists has fetched. */
export interface Delivery {
  /** Null for a comparison. */
  event: { id: string; type: string; livemode: false; created: number; payload: null } | null;
  ticket: number;
  facts: Facts;
}

/** Each look may see another moment. */
type Look = () => State;

function sessionFacts(look: Look, id: string): Facts {
  const state = look();
  const { checkout, pack, intent, subscription, state: became } = state.purchases[id];
  const payment = intent ? state.payments[intent] : undefined;
  const session = sessionObject({
    ...{ id, checkout, user: USER, customer: CUSTOMER, amount: pack?.cents ?? 0, subscription },
    status: became === "open" || became === "expired" ? became : "complete",
    paid: became === "paid",
    intent: payment && intentObject(payment),
  });
  return { session, ...subscription && subscriptionFacts(look, subscription) };
}

const invoiceOf = (state: State, id: string) => invoiceObject(state.invoices[id]);

function subscriptionOf(state: State, id: string) {
  const subscription = state.subscriptions[id];
  return subscriptionObject({ ...subscription, latestInvoice: invoiceOf(state, subscription.latest) });
}

function subscriptionFacts(look: Look, id: string): Facts {
  const subscription = subscriptionOf(look(), id);
  return { subscription, invoice: subscription.latest_invoice };
}

function invoiceFacts(look: Look, id: string): Facts {
  const invoice = look();
  return { subscription: subscriptionOf(look(), invoice.invoices[id].subscription), invoice: invoiceOf(invoice, id) };
}

function paymentFacts(look: Look, id: string): Facts {
  const { invoice } = look().payments[id];
  const payment = look().payments[id];
  return {
    ...invoice && invoiceFacts(look, invoice),
    payment_intent: intentObject({ ...payment, refunded: refundedCents(payment) }),
    disputes: look().payments[id].disputes.map(({ id, amount, status }) => disputeObject(id, amount, status)),
  };
}

/** What domain/billing/stripe/gather-facts.ts fetches of something. */
function factsOf(look: Look, { kind, id }: Subject): Facts {
  switch (kind) {
    case "session":
      return sessionFacts(look, id);
    case "subscription":
      return subscriptionFacts(look, id);
    case "invoice":
      return invoiceFacts(look, id);
    case "payment":
      return paymentFacts(look, id);
  }
}

export interface Told {
  deliveries: Delivery[];
  nextTicket: number;
}

/**
 * One of the ways in which the news of some changes may come. Each event once, twice, three times or never; whoever
 * handles a copy takes a ticket, looks at Stripe, once for each object, and writes, with any time and any other
 * change between those, so that a later ticket may have seen an older state. What never came is found by a comparison.
 */
export function tell(
  random: Random,
  versions: readonly State[],
  events: readonly Event[],
  firstTicket: number,
  saw: (outcome: string) => void,
): Told {
  const end = versions.length;
  const later = (at: number) => at + random.next() * random.next() * (end - at);
  const copies: { event: Event; nth: number; ticketAt: number; facts: Facts; writtenAt: number }[] = [];
  const missed: Event[] = [];
  for (const [nth, event] of events.entries()) {
    const count = [0, 1, 1, 1, 1, 1, 2, 3][random.below(8)];
    if (count === 0) missed.push(event);
    if (count > 1) saw("an event came again");
    for (let copy = 0; copy < count; copy++) {
      const ticketAt = later(event.version);
      let [seen, newest] = [ticketAt, ticketAt];
      const look = () => {
        seen = later(ticketAt);
        newest = Math.max(newest, seen);
        return versions[Math.min(end - 1, Math.floor(seen))];
      };
      const facts = factsOf(look, event);
      if (Math.floor(newest) > event.version) saw("a later state was fetched");
      copies.push({ event, nth, ticketAt, facts, writtenAt: newest + random.next() * 4 });
    }
  }
  copies.sort((a, b) => a.ticketAt - b.ticketAt);
  const inOrder = copies.map((copy, at) => ({ ...copy, ticket: firstTicket + at }))
    .sort((a, b) => a.writtenAt - b.writtenAt);
  if (inOrder.some(({ ticket }, at) => at > 0 && ticket < inOrder[at - 1].ticket)) {
    saw("an older fetch was written last");
  }
  const deliveries: Delivery[] = inOrder.map(({ event, nth, ticket, facts }) => ({
    event: {
      id: `evt_${firstTicket}_${nth}_~`,
      type: event.type,
      livemode: false,
      created: 1_700_000_000,
      payload: null,
    },
    ticket,
    facts,
  }));
  let ticket = firstTicket + copies.length;
  for (const event of missed) {
    saw("found by a comparison");
    deliveries.push({ event: null, ticket: ticket++, facts: factsOf(() => versions[end - 1], event) });
  }
  return { deliveries, nextTicket: ticket };
}
