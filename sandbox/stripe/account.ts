/**
 * The one Stripe account of the sandbox: its objects, its clock and its events. Resources and the checkout page
 * take it as their first argument.
 */
import type Stripe from "stripe";
import type { Deliveries } from "../faults/delivery.ts";
import type { Collection, Store } from "../state/store.ts";
import { newId } from "./ids.ts";

export type Session = Stripe.Checkout.Session;
export type PaymentIntent = Stripe.PaymentIntent;
export type Charge = Stripe.Charge;
export type Customer = Stripe.Customer;
/** On the wire a decimal is a string; the client parses it into the type that `stripe` declares. */
export type Price = Omit<Stripe.Price, "unit_amount_decimal"> & { unit_amount_decimal: string };
export type LineItem = Omit<Stripe.LineItem, "price"> & { price: Price };

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

/** A session with what its hosted page needs and the API does not show in the object itself. */
export interface CheckoutRecord {
  id: string;
  session: Session;
  line_items: LineItem[];
  payment: { description: string | null; metadata: Record<string, string>; receipt_email: string | null };
}

/** Something that happens to a session by itself, later. Kept, so that a restart does not forget it. */
export interface Appointment {
  id: string;
  session: string;
  act: "expire" | "settle" | "bounce";
  due_ms: number;
}

/** Which API request causes a change; hosted pages and the passing of time are none. */
export interface Cause {
  id: string | null;
  idempotency_key: string | null;
}

export const noRequest: Cause = { id: null, idempotency_key: null };

export interface Account {
  readonly baseUrl: string;
  readonly store: Store;
  readonly checkouts: Collection<CheckoutRecord>;
  readonly paymentIntents: Collection<PaymentIntent>;
  readonly charges: Collection<Charge>;
  readonly customers: Collection<Customer>;
  readonly events: Collection<Event>;
  readonly appointments: Collection<Appointment>;
  /** Seconds since 1970, as Stripe's timestamps. */
  now(): number;
  nowMs(): number;
  /** How long a delayed payment method takes to succeed or fail. */
  readonly asyncDelayMs: number;
  /** Makes or moves an appointment; call inside the transaction that is the reason for it. */
  appoint(appointment: Appointment): void;
  /** Who keeps the appointments hears here of new ones, in milliseconds since 1970. */
  onAppointment(listener: (dueMs: number) => void): void;
  /** Records an event and queues its webhook; call inside the transaction that made the change. */
  emit(type: string, object: unknown, cause?: Cause): void;
}

export interface AccountOptions {
  baseUrl: string;
  store: Store;
  deliveries: Deliveries;
  webhookUrl: string;
  apiVersion: string;
  asyncDelayMs: number;
  nowMs: () => number;
}

export function createAccount(options: AccountOptions): Account {
  const { baseUrl, store, deliveries, webhookUrl, apiVersion, asyncDelayMs, nowMs } = options;
  const events: Collection<Event> = store.collection("stripe_events");
  const appointments: Collection<Appointment> = store.collection("stripe_appointments");
  const keepers: ((dueMs: number) => void)[] = [];
  const now = () => Math.floor(nowMs() / 1000);

  deliveries.onChange(({ source, event, state }) => {
    if (source !== "stripe" || state !== "delivered") return;
    const delivered = events.get(event);
    if (delivered?.pending_webhooks) events.put(event, { ...delivered, pending_webhooks: 0 });
  });

  return {
    baseUrl,
    store,
    checkouts: store.collection("stripe_checkouts"),
    paymentIntents: store.collection("stripe_payment_intents"),
    charges: store.collection("stripe_charges"),
    customers: store.collection("stripe_customers"),
    events,
    appointments,
    now,
    nowMs,
    asyncDelayMs,
    appoint(appointment) {
      appointments.put(appointment.id, appointment);
      for (const hear of keepers) hear(appointment.due_ms);
    },
    onAppointment: (listener) => void keepers.push(listener),
    emit(type, object, cause = noRequest) {
      const event: Event = {
        id: newId("evt_"),
        object: "event",
        api_version: apiVersion,
        created: now(),
        data: { object },
        livemode: false,
        pending_webhooks: 1,
        request: cause,
        type,
      };
      events.put(event.id, event);
      // Indented as Stripe sends it: a receiver that verifies re-encoded JSON must fail here too.
      const body = JSON.stringify(event, null, 2);
      deliveries.deliver({ source: "stripe", event: event.id, type, url: webhookUrl, body });
    },
  };
}
