/** A Stripe stand-in served over HTTP, the real client pointed at it, and a receiver of its webhooks. */
import Stripe from "stripe";
import { createDeliveries, type DeliveryOptions } from "../../sandbox/faults/delivery.ts";
import { createFaults } from "../../sandbox/faults/mod.ts";
import { openStore } from "../../sandbox/state/store.ts";
import { createStripe, type StripeOptions } from "../../sandbox/stripe/mod.ts";

export const secretKey = "sk_test_contract_0123456789";
export const webhookSecret = "whsec_contract";

export interface Received {
  body: string;
  signature: string;
  event: Stripe.Event;
  at: number;
}

/** Listens for webhooks; `answer` decides the status, 200 without it. */
export function receiveWebhooks(answer: (received: Received, nth: number) => number | Promise<number> = () => 200) {
  const received: Received[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const body = await request.text();
    const signature = request.headers.get("stripe-signature") ?? "";
    const one = { body, signature, event: JSON.parse(body), at: Date.now() };
    received.push(one);
    return new Response(null, { status: await answer(one, received.length) });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/webhook`,
    received,
    types: () => received.map(({ event }) => event.type),
    of: (type: string) => received.filter(({ event }) => event.type === type),
    close: () => server.shutdown(),
  };
}

export interface StandInOptions {
  webhookUrl?: string;
  /** Where its state is kept; in memory without it. */
  path?: string;
  /** A port to be found again after a restart. */
  port?: number;
  stripe?: Partial<StripeOptions>;
  delivery?: Partial<DeliveryOptions>;
}

export function startStripe(options: StandInOptions = {}) {
  const store = openStore(options.path ?? ":memory:");
  const faults = createFaults("contract");
  const deliveries = createDeliveries({ store, faults, retryMs: 20, gatherMs: 150, ...options.delivery });
  const server = Deno.serve({ hostname: "127.0.0.1", port: options.port ?? 0, onListen() {} }, async (request) => {
    return await standIn.fetch(request) ?? new Response("not Stripe's", { status: 404 });
  });
  const { port } = server.addr;
  const baseUrl = `http://127.0.0.1:${port}`;
  const standIn = createStripe({
    baseUrl,
    secretKey,
    webhookSecret,
    webhookUrl: options.webhookUrl ?? "http://127.0.0.1:9/nobody",
    store,
    deliveries,
    asyncDelayMs: 60,
    latencyMs: 15,
    ...options.stripe,
  });
  deliveries.resume();

  return {
    baseUrl,
    port,
    faults,
    deliveries,
    clock: standIn.clock,
    /** What buyers and their banks do. */
    bank: standIn.bank,
    client: (config: Stripe.StripeConfig = {}, key = secretKey) =>
      new Stripe(key, { host: "127.0.0.1", port, protocol: "http", maxNetworkRetries: 0, telemetry: false, ...config }),
    /** A request the client would not let through. */
    raw: (path: string, init: RequestInit = {}) =>
      fetch(baseUrl + path, {
        ...init,
        headers: { authorization: `Bearer ${secretKey}`, ...init.headers },
      }),
    /** What the buyer's press of a button on the hosted page does. */
    press: (url: string, outcome: string, fields: Record<string, string> = {}) =>
      fetch(url, { method: "POST", body: new URLSearchParams({ outcome, ...fields }), redirect: "manual" }),
    async close() {
      await standIn.close();
      await deliveries.close();
      await server.shutdown();
      store.close();
    },
  };
}

export const pack: Stripe.Checkout.SessionCreateParams = {
  mode: "payment",
  line_items: [{
    quantity: 1,
    price_data: { currency: "usd", unit_amount: 900, product_data: { name: "10 credits" } },
  }],
  success_url: "http://127.0.0.1:8000/app/billing/success?session_id={CHECKOUT_SESSION_ID}",
  cancel_url: "http://127.0.0.1:8000/app/billing/cancel",
  client_reference_id: "user-1",
  metadata: { user_id: "user-1", pack: "pack_10" },
};

export const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
