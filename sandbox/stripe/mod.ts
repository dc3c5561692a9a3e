/**
 * A stand-in for Stripe, as strict as the real one where Kredo meets it. README.md says what it knows.
 *
 * `/v1/…` is the REST API, for the `stripe` client with host, port and protocol set; `/checkout/…`,
 * `/portal/…` and `/invoice/…` are the pages Stripe would host. Webhooks go out by the shared post office.
 */
import Stripe from "stripe";
import type { Deliveries } from "../faults/delivery.ts";
import { type Clock, createClock } from "../clock.ts";
import type { Store } from "../state/store.ts";
import { type Appointment, type CheckoutRecord, createAccount, type Event, type PaymentIntent } from "./account.ts";
import { createApi } from "./api/api.ts";
import { createClockwork } from "./appointments.ts";
import { type Bank, createBank } from "./bank.ts";
import { createCheckoutPage } from "./page/checkout-page.ts";
import { createInvoicePage } from "./page/invoice-page.ts";
import { createPortalPage } from "./page/portal-page.ts";
import { type Overview, overview, upcoming } from "./overview.ts";
import { stripeSignature } from "./signature.ts";

export interface StripeOptions {
  /** The origin it is reached at; the hosted page's address begins with it. */
  baseUrl: string;
  secretKey: string;
  webhookSecret: string;
  webhookUrl: string;
  store: Store;
  deliveries: Deliveries;
  /** How long a delayed payment takes to succeed or fail. */
  asyncDelayMs?: number;
  /** How long each API call takes. */
  latencyMs?: number;
  /** The clock it shares with others; one of its own without it. */
  clock?: Clock;
  /** What that one of its own goes by instead of the computer's. */
  now?: () => number;
}

export interface ShownCheckout extends CheckoutRecord {
  /** Null until a payment was tried. */
  intent: PaymentIntent | null;
}

export interface StripeStandIn {
  readonly clock: Clock;
  /** Null when the path is not Stripe's. */
  fetch(request: Request): Promise<Response | null>;
  /** What buyers and their banks do. */
  readonly bank: Bank;
  /** What the console shows of it. */
  overview(): Overview;
  /** What will happen by itself, soonest first. */
  upcoming(): Appointment[];
  /** Sends an event once more, also one whose delivery was given up or is long forgotten. False for an unknown id. */
  resend(event: string): boolean;
  /** The newest sessions and events, for the console. */
  state(): { sessions: ShownCheckout[]; events: Event[] };
  close(): Promise<void>;
}

export function createStripe(options: StripeOptions): StripeStandIn {
  const { baseUrl, secretKey, webhookSecret, webhookUrl, store, deliveries } = options;
  const clock = options.clock ?? createClock(store, options.now);
  const apiVersion = Stripe.API_VERSION;
  const asyncDelayMs = options.asyncDelayMs ?? 2_000;
  const account = createAccount({ baseUrl, store, deliveries, webhookUrl, apiVersion, asyncDelayMs, clock });
  const api = createApi(account, { secretKey, apiVersion, latencyMs: options.latencyMs ?? 20 });
  const served: [prefix: string, serve: (request: Request) => Promise<Response>][] = [
    ["/v1/", api],
    ["/checkout/", createCheckoutPage(account)],
    ["/portal/", createPortalPage(account)],
    ["/invoice/", createInvoicePage(account)],
  ];
  const clockwork = createClockwork(account);

  // The receiver compares the signature's time with its own clock, so ours, which may be moved, is not for it.
  const wallSeconds = () => Math.floor(Date.now() / 1000);
  deliveries.signWith("stripe", async ({ body }, bad) => ({
    "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    "stripe-signature": await stripeSignature(body, bad ? "whsec_not_the_secret" : webhookSecret, wallSeconds()),
  }));

  return {
    clock,
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const serve = served.find(([prefix]) => pathname.startsWith(prefix))?.[1];
      if (!serve) return null;
      // A session whose time is up must not be paid because the alarm is late.
      clockwork.catchUp();
      return await serve(request);
    },
    bank: createBank(account),
    overview: () => overview(account),
    upcoming: () => upcoming(account),
    resend: (event) => account.resend(event),
    state: () => ({
      sessions: account.checkouts.list({ limit: 50 }).map((record) => ({
        ...record,
        intent: account.paymentIntents.get(String(record.session.payment_intent)) ?? null,
      })),
      events: account.events.list({ limit: 100 }),
    }),
    close() {
      clockwork.close();
      return Promise.resolve();
    },
  };
}
