/**
 * The one Stripe account of the sandbox: its objects, its clock and its events. Resources and hosted pages take it
 * as their first argument.
 */
import type { Clock } from "../clock.ts";
import type { Deliveries } from "../faults/delivery.ts";
import type { Collection, Store } from "../state/store.ts";
import { changes } from "./changes.ts";
import type { CheckoutRecord } from "./checkout/record.ts";
import { newId } from "./ids.ts";
import type {
  BalanceTransaction,
  Charge,
  Coupon,
  Customer,
  Discount,
  Dispute,
  Event,
  Invoice,
  InvoiceItem,
  InvoicePayment,
  PaymentIntent,
  PaymentMethod,
  PortalConfiguration,
  PortalSession,
  Price,
  Product,
  PromotionCode,
  Refund,
  SetupIntent,
  Subscription,
  TaxId,
  TestClock,
} from "./objects.ts";

export type * from "./objects.ts";

export type { CheckoutRecord };

/** Something that happens to an object by itself, later. Kept, so that a restart does not forget it. */
export interface Appointment {
  id: string;
  /** The id of the object it happens to. */
  subject: string;
  act:
    | "expire_checkout"
    | "settle_checkout"
    | "bounce_checkout"
    | "renew_subscription"
    | "trial_will_end"
    | "expire_subscription"
    | "finalize_invoice"
    | "retry_invoice"
    | "decide_dispute";
  due_ms: number;
}

/** Which API request causes a change; hosted pages and the passing of time are none. */
export interface Cause {
  id: string | null;
  idempotency_key: string | null;
}

export const noRequest: Cause = { id: null, idempotency_key: null };

interface Collections {
  readonly checkouts: Collection<CheckoutRecord>;
  readonly paymentIntents: Collection<PaymentIntent>;
  readonly setupIntents: Collection<SetupIntent>;
  readonly paymentMethods: Collection<PaymentMethod>;
  readonly charges: Collection<Charge>;
  readonly refunds: Collection<Refund>;
  readonly disputes: Collection<Dispute>;
  readonly customers: Collection<Customer>;
  readonly taxIds: Collection<TaxId>;
  readonly balanceTransactions: Collection<BalanceTransaction>;
  readonly products: Collection<Product>;
  readonly prices: Collection<Price>;
  readonly coupons: Collection<Coupon>;
  /** Deleted ones, whose discounts go on. */
  readonly formerCoupons: Collection<Coupon>;
  readonly promotionCodes: Collection<PromotionCode>;
  readonly discounts: Collection<Discount>;
  readonly subscriptions: Collection<Subscription>;
  readonly invoices: Collection<Invoice>;
  readonly invoiceItems: Collection<InvoiceItem>;
  readonly invoicePayments: Collection<InvoicePayment>;
  readonly portalConfigurations: Collection<PortalConfiguration>;
  readonly portalSessions: Collection<PortalSession>;
  readonly testClocks: Collection<TestClock>;
  readonly events: Collection<Event>;
  readonly appointments: Collection<Appointment>;
}

export interface Account extends Collections {
  readonly baseUrl: string;
  readonly store: Store;
  readonly clock: Clock;
  /** Seconds since 1970, as Stripe's timestamps. */
  now(): number;
  nowMs(): number;
  /** Does something as of a moment that has passed: what was due then is dated then, however late we come to it. */
  asOf<T>(ms: number, run: () => T): T;
  /** How long a delayed payment method takes to succeed or fail. */
  readonly asyncDelayMs: number;
  /** Makes or moves an appointment; call inside the transaction that is the reason for it. */
  appoint(appointment: Appointment): void;
  /** Who keeps the appointments hears here of new ones. */
  onAppointment(listener: (appointment: Appointment) => void): void;
  /** Records an event and queues its webhook; call inside the transaction that made the change. */
  emit(type: string, object: unknown, cause?: Cause, previous?: Record<string, unknown>): void;
  /** Queues an event's webhook once more. False for an unknown id. */
  resend(event: string): boolean;
  /**
   * Puts an object in its place again and tells of it with what it was before; does neither when nothing is
   * different. Call inside a transaction.
   */
  update<T extends { id: string }>(type: string, collection: Collection<T>, object: T, cause?: Cause): T;
}

export interface AccountOptions {
  baseUrl: string;
  store: Store;
  clock: Clock;
  deliveries: Deliveries;
  webhookUrl: string;
  apiVersion: string;
  asyncDelayMs: number;
}

export function createAccount(options: AccountOptions): Account {
  const { baseUrl, store, clock, deliveries, webhookUrl, apiVersion, asyncDelayMs } = options;
  const kept = collections(store);
  const { events, appointments } = kept;
  const keepers: ((appointment: Appointment) => void)[] = [];
  let moment: number | undefined;
  const nowMs = () => moment ?? clock.nowMs();
  const now = () => Math.floor(nowMs() / 1000);

  deliveries.onChange(({ source, event, state }) => {
    if (source !== "stripe" || state !== "delivered") return;
    const delivered = events.get(event);
    if (delivered?.pending_webhooks) events.put(event, { ...delivered, pending_webhooks: 0 });
  });

  function emit(type: string, object: unknown, cause = noRequest, previous?: Record<string, unknown>) {
    const event: Event = {
      id: newId("evt_"),
      object: "event",
      api_version: apiVersion,
      created: now(),
      data: previous ? { object, previous_attributes: previous } : { object },
      livemode: false,
      pending_webhooks: 1,
      request: cause,
      type,
    };
    events.put(event.id, event);
    send(event);
  }

  function send(event: Event) {
    // Indented as Stripe sends it: a receiver that verifies re-encoded JSON must fail here too.
    const body = JSON.stringify(event, null, 2);
    deliveries.deliver({ source: "stripe", event: event.id, type: event.type, url: webhookUrl, body });
  }

  return {
    ...kept,
    baseUrl,
    store,
    clock,
    now,
    nowMs,
    asOf(ms, run) {
      const outer = moment;
      moment = ms;
      try {
        return run();
      } finally {
        moment = outer;
      }
    },
    asyncDelayMs,
    appoint(appointment) {
      appointments.put(appointment.id, appointment);
      for (const hear of keepers) hear(appointment);
    },
    onAppointment: (listener) => void keepers.push(listener),
    emit,
    resend(id) {
      const event = events.get(id);
      if (event) send(event);
      return event !== undefined;
    },
    update(type, collection, object, cause) {
      const previous = changes(collection.get(object.id), object);
      if (!previous) return object;
      collection.put(object.id, object);
      emit(type, object, cause, previous);
      return object;
    },
  };
}

const collections = (store: Store): Collections => ({
  checkouts: store.collection("stripe_checkouts"),
  paymentIntents: store.collection("stripe_payment_intents"),
  setupIntents: store.collection("stripe_setup_intents"),
  paymentMethods: store.collection("stripe_payment_methods"),
  charges: store.collection("stripe_charges"),
  refunds: store.collection("stripe_refunds"),
  disputes: store.collection("stripe_disputes"),
  customers: store.collection("stripe_customers"),
  taxIds: store.collection("stripe_tax_ids"),
  balanceTransactions: store.collection("stripe_balance_transactions"),
  products: store.collection("stripe_products"),
  prices: store.collection("stripe_prices"),
  coupons: store.collection("stripe_coupons"),
  formerCoupons: store.collection("stripe_former_coupons"),
  promotionCodes: store.collection("stripe_promotion_codes"),
  discounts: store.collection("stripe_discounts"),
  subscriptions: store.collection("stripe_subscriptions"),
  invoices: store.collection("stripe_invoices"),
  invoiceItems: store.collection("stripe_invoice_items"),
  invoicePayments: store.collection("stripe_invoice_payments"),
  portalConfigurations: store.collection("stripe_portal_configurations"),
  portalSessions: store.collection("stripe_portal_sessions"),
  testClocks: store.collection("stripe_test_clocks"),
  events: store.collection("stripe_events"),
  // Not the name of the first version's, whose appointments were for sessions only.
  appointments: store.collection("stripe_due"),
});
