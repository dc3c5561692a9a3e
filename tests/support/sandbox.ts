/** Everything on the sandbox's port but the database, in memory: Stripe, Replicate's place, the inbox, the console. */
import Stripe from "stripe";
import { type Clock, createClock } from "../../sandbox/clock.ts";
import { createSandbox } from "../../sandbox/console/mod.ts";
import type { ShownPrediction } from "../../sandbox/console/options.ts";
import { createDeliveries } from "../../sandbox/faults/delivery.ts";
import { createFaults } from "../../sandbox/faults/mod.ts";
import { createMail } from "../../sandbox/mail/mod.ts";
import { openStore } from "../../sandbox/state/store.ts";
import { createStripe } from "../../sandbox/stripe/mod.ts";

export interface Sandbox {
  /** Stripe's own API on the same port. */
  client: Stripe;
  clock: Clock;
  ask(path: string, init?: RequestInit): Promise<Response>;
  text(path: string): Promise<string>;
  fetch(request: Request): Promise<Response>;
  mail: ReturnType<typeof createMail>;
  faults: ReturnType<typeof createFaults>;
  deliveries: ReturnType<typeof createDeliveries>;
  predictions: ShownPrediction[];
  close(): Promise<void>;
}

/** `baseUrl` is where it is told to be; whoever wants it there has to serve it. */
export function openSandbox(baseUrl = "http://127.0.0.1:22100"): Sandbox {
  const store = openStore(":memory:");
  const faults = createFaults("seed-1");
  const deliveries = createDeliveries({ store, faults, retryMs: 10 });
  const mail = createMail({ store, keep: 3 });
  const clock = createClock(store);
  const stripe = createStripe({
    baseUrl,
    secretKey: "sk_test_x",
    webhookSecret: "whsec_x",
    webhookUrl: `${baseUrl}/nobody`,
    store,
    deliveries,
    clock,
    latencyMs: 0,
  });
  const predictions: ShownPrediction[] = [];
  const replicate = {
    fetch: (request: Request) =>
      Promise.resolve(new URL(request.url).pathname.startsWith("/replicate/") ? new Response("replicate") : null),
    state: () => ({ predictions, trainings: [] }),
    charges: () => predictions.flatMap(({ id, charge }) => charge ? [{ id, ...charge }] : []),
  };
  const sandbox = createSandbox({
    baseUrl,
    links: { web: "http://127.0.0.1:22000", api: "http://127.0.0.1:22001", db: "postgres://127.0.0.1:22002" },
    users: { customer: { email: "ada@example.com", password: "a password" } },
    mail,
    stripe,
    clock,
    replicate,
    faults,
    deliveries,
    sql: () => null,
  });
  const ask = (path: string, init?: RequestInit) => sandbox.fetch(new Request(baseUrl + path, init));
  // The client's calls take the same way as everybody's, without a port of their own.
  const httpClient = Stripe.createFetchHttpClient((url: string | URL | Request, init?: RequestInit) =>
    sandbox.fetch(new Request(url, init))
  );
  return {
    client: new Stripe("sk_test_x", { httpClient, telemetry: false, maxNetworkRetries: 0 }),
    clock,
    ask,
    text: async (path) => await (await ask(path)).text(),
    fetch: sandbox.fetch,
    mail,
    faults,
    deliveries,
    predictions,
    async close() {
      await stripe.close();
      await deliveries.close();
      store.close();
    },
  };
}

/** A test with a sandbox of its own. */
export function story(name: string, tell: (sandbox: Sandbox) => Promise<void>) {
  Deno.test(`sandbox console: ${name}`, async () => {
    const sandbox = openSandbox();
    try {
      await tell(sandbox);
    } finally {
      await sandbox.close();
    }
  });
}

/** A customer's payment of nine dollars with a saved card; both ids. */
export async function payOffSession(
  client: Stripe,
  description = "10 credits",
): Promise<{ payment: string; customer: string }> {
  const { id: customer } = await client.customers.create({ email: "bob@example.com" });
  const { id: payment_method } = await client.paymentMethods.attach("pm_card_visa", { customer });
  const { id: payment } = await client.paymentIntents.create({
    amount: 900,
    currency: "usd",
    customer,
    payment_method,
    confirm: true,
    off_session: true,
    description,
    automatic_payment_methods: { enabled: true, allow_redirects: "never" },
  });
  return { payment, customer };
}
