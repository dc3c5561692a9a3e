import {
  type Cycle,
  type IntentFields,
  type InvoiceFields,
  type LineFields,
  type Plan,
  type SubscriptionFields,
} from "./billing-objects.ts";
import { addMonths, DAY } from "./billing-time.ts";

/*
 * Stripe in memory, for one customer: what it does, and what it had at any moment. Ids hold a `~`, for the same history is
 * told of several people: whoever tells it puts their own in its place.
 */

export const USER = "00000000-0000-4000-8000-~";
export const CUSTOMER = "cus_~";
const checkoutId = (nth: number) => `${String(nth).padStart(8, "0")}-0000-4000-9000-~`;

export const PACKS = [
  { id: "pack_10", credits: 10, cents: 900 },
  { id: "pack_50", credits: 50, cents: 3900 },
  { id: "pack_200", credits: 200, cents: 13_900 },
];

/** Cents; the figures of seed.sql. */
export const PRICES: Record<Plan, Record<Cycle, number>> = {
  pro: { month: 2900, year: 29_000 },
  enterprise: { month: 9900, year: 99_000 },
};

export const TRIAL_DAYS = 7;
const monthsOf = (cycle: Cycle) => cycle === "year" ? 12 : 1;

export interface Purchase {
  id: string;
  checkout: string;
  /** Auto top-ups have no session. */
  kind: "pack" | "auto" | "plan";
  pack?: typeof PACKS[number];
  plan?: Plan;
  cycle?: Cycle;
  intent?: string;
  subscription?: string;
  state: "open" | "processing" | "paid" | "failed" | "expired";
}

export interface Payment extends IntentFields {
  refunds: number[];
  disputes: { id: string; amount: number; status: string }[];
  invoice?: string;
}

export interface Subscription extends SubscriptionFields {
  anchor: number;
  latest: string;
}

export interface Invoice extends InvoiceFields {
  intent: string | null;
}

export interface State {
  purchases: Record<string, Purchase>;
  payments: Record<string, Payment>;
  subscriptions: Record<string, Subscription>;
  invoices: Record<string, Invoice>;
}

export interface Subject {
  kind: "session" | "subscription" | "invoice" | "payment";
  id: string;
}

/** Emitted when `version` came about. */
export interface Event extends Subject {
  type: string;
  version: number;
}

type Told = [type: string, kind: Subject["kind"], id: string];

export const isLive = ({ status }: Subscription) => ["trialing", "active", "past_due"].includes(status);
export const paidCents = ({ lines }: Invoice) => Math.max(0, lines.reduce((sum, { amount }) => sum + amount, 0));
export const refundedCents = ({ refunds }: Payment) => refunds.reduce((sum, amount) => sum + amount, 0);

export class PureStripe {
  now: number;
  readonly state: State = { purchases: {}, payments: {}, subscriptions: {}, invoices: {} };
  /** Everything as it was after each change. */
  readonly versions: State[] = [];
  readonly events: Event[] = [];
  #ids = 0;

  constructor(now: number) {
    this.now = now;
    this.versions.push(structuredClone(this.state));
  }

  #id = (prefix: string) => `${prefix}_${++this.#ids}_~`;

  /** A change is over, and these are told of. */
  #happened(...events: Told[]): void {
    this.versions.push(structuredClone(this.state));
    const version = this.versions.length - 1;
    for (const [type, kind, id] of events) this.events.push({ type, kind, id, version });
    // No two things happen in one second.
    this.now += 1;
  }

  #intent(fields: Partial<Payment> & { amount: number }): Payment {
    const payment = { id: this.#id("pi"), customer: CUSTOMER, refunds: [], disputes: [], ...fields };
    this.state.payments[payment.id] = payment;
    return payment;
  }

  // Packs --------------------------------------------------------------------------------------------------

  buy(pack: typeof PACKS[number], how: "paid" | "delayed" | "expired" | "auto" | "auto fails"): void {
    const checkout = checkoutId(++this.#ids);
    const auto = how.startsWith("auto");
    const purchase: Purchase = { id: this.#id("cs"), checkout, kind: auto ? "auto" : "pack", pack, state: "open" };
    this.state.purchases[purchase.id] = purchase;
    if (how === "expired") {
      purchase.state = "expired";
      return this.#happened(["checkout.session.expired", "session", purchase.id]);
    }
    const failed = how === "auto fails" && { status: "requires_payment_method", failure: "card_declined" };
    const status = how === "delayed" ? "processing" : "succeeded";
    const intent = this.#intent({ amount: pack.cents, checkout, user: USER, status, ...failed });
    purchase.intent = intent.id;
    purchase.state = how === "delayed" ? "processing" : failed ? "failed" : "paid";
    if (auto) {
      const type = failed ? "payment_intent.payment_failed" : "payment_intent.succeeded";
      return this.#happened([type, "payment", intent.id]);
    }
    this.#happened(
      ["checkout.session.completed", "session", purchase.id],
      ...how === "paid" ? [["payment_intent.succeeded", "payment", intent.id] satisfies Told] : [],
    );
  }

  endDelayed(purchase: Purchase, well: boolean): void {
    purchase.state = well ? "paid" : "failed";
    const intent = this.state.payments[purchase.intent!];
    intent.status = well ? "succeeded" : "requires_payment_method";
    this.#happened(
      [`checkout.session.async_payment_${well ? "succeeded" : "failed"}`, "session", purchase.id],
      [`payment_intent.${well ? "succeeded" : "payment_failed"}`, "payment", intent.id],
    );
  }

  // Money back ---------------------------------------------------------------------------------------------

  refund(payment: Payment, amount: number): void {
    payment.refunds.push(amount);
    this.#happened(["charge.refunded", "payment", payment.id]);
  }

  failRefund(payment: Payment): void {
    payment.refunds.pop();
    this.#happened(["refund.failed", "payment", payment.id]);
  }

  dispute(payment: Payment, amount: number, status: "needs_response" | "warning_needs_response"): void {
    payment.disputes.push({ id: this.#id("dp"), amount, status });
    this.#happened(["charge.dispute.created", "payment", payment.id]);
  }

  closeDispute(payment: Payment, status: "won" | "lost" | "warning_closed"): void {
    payment.disputes.at(-1)!.status = status;
    this.#happened(["charge.dispute.closed", "payment", payment.id]);
  }

  // Subscriptions ------------------------------------------------------------------------------------------

  subscribe(plan: Plan, cycle: Cycle, trial: boolean): void {
    const start = this.now;
    const end = trial ? start + TRIAL_DAYS * DAY : addMonths(start, monthsOf(cycle));
    const id = this.#id("sub");
    const subscription: Subscription = {
      ...{ id, customer: CUSTOMER, plan, cycle, start, end, created: start, anchor: start, latest: "" },
      ...{ status: trial ? "trialing" : "active", trialEnd: trial ? end : null, cancelAt: null, endedAt: null },
    };
    this.state.subscriptions[id] = subscription;
    const amount = trial ? 0 : PRICES[plan][cycle];
    const invoice = this.#bill(subscription, [{ amount, start, end }], "subscription_create");
    const checkout = checkoutId(++this.#ids);
    const purchase: Purchase = {
      id: this.#id("cs"),
      checkout,
      kind: "plan",
      plan,
      cycle,
      subscription: id,
      state: "paid",
    };
    this.state.purchases[purchase.id] = purchase;
    this.#happened(
      ["customer.subscription.created", "subscription", id],
      ["invoice.paid", "invoice", invoice.id],
      ["checkout.session.completed", "session", purchase.id],
    );
  }

  /** Gives an invoice, paid or not; one of nothing is paid without a payment. */
  #bill(of: Subscription, lines: Omit<LineFields, "subscription" | "plan" | "cycle">[], reason: string, pays = true) {
    const { id: subscription, plan, cycle } = of;
    const invoice: Invoice = {
      ...{ id: this.#id("in"), customer: CUSTOMER, subscription, created: this.now, reason, intent: null },
      lines: lines.map((line) => ({ subscription, plan, cycle, ...line })),
      ...pays ? { status: "paid", attempts: 1 } : { status: "open", attempts: 1 },
    };
    this.state.invoices[invoice.id] = invoice;
    of.latest = invoice.id;
    this.#collect(invoice, pays);
    return invoice;
  }

  #collect(invoice: Invoice, pays: boolean): void {
    const amount = paidCents(invoice);
    if (amount === 0) return;
    const status = pays ? "succeeded" : "requires_payment_method";
    if (invoice.intent) this.state.payments[invoice.intent].status = status;
    else invoice.intent = this.#intent({ amount, status, invoice: invoice.id }).id;
  }

  /** At once, with proration: the rest of the old one is credited, the new one is charged for the rest, or for a whole year. */
  change(subscription: Subscription, plan: Plan, cycle: Cycle): void {
    const { plan: was, cycle: wasCycle, start, end } = subscription;
    const at = this.now;
    const rest = (end - at) / (end - start);
    const old = { plan: was, cycle: wasCycle, amount: -Math.round(PRICES[was][wasCycle] * rest), start: at, end };
    Object.assign(subscription, { plan, cycle });
    const longer = cycle !== wasCycle;
    if (longer) Object.assign(subscription, { anchor: at, start: at, end: addMonths(at, 12) });
    const amount = longer ? PRICES[plan][cycle] : Math.round(PRICES[plan][cycle] * rest);
    const invoice = this.#bill(subscription, [
      { ...old, proration: true },
      { amount, start: at, end: subscription.end, proration: !longer },
    ], "subscription_update");
    this.#happened(
      ["customer.subscription.updated", "subscription", subscription.id],
      ["invoice.paid", "invoice", invoice.id],
    );
  }

  cancelAtEnd(subscription: Subscription, cancel: boolean): void {
    subscription.cancelAt = cancel ? subscription.end : null;
    this.#happened(["customer.subscription.updated", "subscription", subscription.id]);
  }

  cancel(subscription: Subscription): void {
    subscription.status = "canceled";
    subscription.endedAt = this.now;
    this.#happened(["customer.subscription.deleted", "subscription", subscription.id]);
  }

  /** An invoice that could not be paid is paid after all. */
  recover(subscription: Subscription): void {
    const invoice = this.state.invoices[subscription.latest];
    invoice.status = "paid";
    this.#collect(invoice, true);
    subscription.status = "active";
    this.#happened(
      ["invoice.paid", "invoice", invoice.id],
      ["customer.subscription.updated", "subscription", subscription.id],
    );
  }

  /** Time passes up to a moment; what falls due meanwhile is paid, or not. */
  passTime(to: number, pays: boolean): void {
    for (const subscription of Object.values(this.state.subscriptions)) {
      while (isLive(subscription) && subscription.end <= to) {
        this.now = Math.max(this.now, subscription.end);
        if (subscription.cancelAt !== null || subscription.status === "past_due") this.cancel(subscription);
        else this.#renew(subscription, pays);
      }
    }
    this.now = Math.max(this.now, to);
  }

  #renew(subscription: Subscription, pays: boolean): void {
    if (subscription.status === "trialing") subscription.anchor = subscription.end;
    const months = monthsOf(subscription.cycle);
    let nth = 1;
    while (addMonths(subscription.anchor, nth * months) <= subscription.end) nth++;
    const [start, end] = [subscription.end, addMonths(subscription.anchor, nth * months)];
    Object.assign(subscription, { start, end, status: pays ? "active" : "past_due" });
    const amount = PRICES[subscription.plan][subscription.cycle];
    const invoice = this.#bill(subscription, [{ amount, start, end }], "subscription_cycle", pays);
    this.#happened(
      ["customer.subscription.updated", "subscription", subscription.id],
      [pays ? "invoice.paid" : "invoice.payment_failed", "invoice", invoice.id],
    );
  }
}
