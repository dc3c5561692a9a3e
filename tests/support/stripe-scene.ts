/** The stand-in, the real client and a receiver of webhooks, for stories that a test tells with them. */
import assert from "node:assert/strict";
import Stripe from "stripe";
import { receiveWebhooks, type StandInOptions, startStripe } from "./stripe-stand-in.ts";

export interface Scene {
  stripe: ReturnType<typeof startStripe>;
  client: Stripe;
  webhooks: ReturnType<typeof receiveWebhooks>;
}

export function story(name: string, tell: (scene: Scene) => Promise<void>, options: StandInOptions = {}) {
  Deno.test(`stripe stand-in: ${name}`, async () => {
    const webhooks = receiveWebhooks();
    const stripe = startStripe({ webhookUrl: webhooks.url, ...options, stripe: { latencyMs: 0, ...options.stripe } });
    try {
      await tell({ stripe, client: stripe.client(), webhooks });
    } finally {
      await stripe.close();
      await webhooks.close();
    }
  });
}

/** What the client throws, told by the parts of Stripe's error that code may rely on. */
export async function refused(call: Promise<unknown>, what = ""): Promise<Stripe.errors.StripeError> {
  const outcome = await call.then(() => "answered", (error) => error);
  assert.ok(outcome instanceof Stripe.errors.StripeError, `expected a refusal, got ${outcome} ${what}`);
  return outcome;
}

/** The types of all events so far, oldest first. */
export async function happened(client: Stripe, pattern = /./): Promise<string[]> {
  const types: string[] = [];
  for await (const { type } of client.events.list({ limit: 100 })) types.unshift(type);
  return types.filter((type) => pattern.test(type));
}

export const day = 24 * 60 * 60;

/** Moves the stand-in's clock on by so many seconds; what is due by then has happened when this resolves. */
export const later = ({ stripe }: Pick<Scene, "stripe">, seconds: number): Promise<void> =>
  stripe.clock.advanceTo(stripe.clock.nowMs() + seconds * 1000);

/** Moves it to a moment, in seconds since 1970. */
export const until = ({ stripe }: Pick<Scene, "stripe">, seconds: number): Promise<void> =>
  stripe.clock.advanceTo(seconds * 1000);

/** Kredo's shelf in short: Pro and Enterprise by the month, Pro by the year. */
export async function shelf(client: Stripe) {
  const { id: product } = await client.products.create({ id: "pro", name: "Pro" });
  const { id: bigger } = await client.products.create({ id: "enterprise", name: "Enterprise" });
  const price = (product: string, unit_amount: number, interval: "month" | "year") =>
    client.prices.create({ product, currency: "usd", unit_amount, recurring: { interval } });
  return {
    pro: await price(product, 2900, "month"),
    enterprise: await price(bigger, 9900, "month"),
    proYearly: await price(product, 29000, "year"),
  };
}

/** A customer whose default card is the given test card. */
export async function payer(client: Stripe, token = "pm_card_visa", fields: Stripe.CustomerCreateParams = {}) {
  const { id } = await client.customers.create({ email: "ada@example.com", ...fields });
  const card = await client.paymentMethods.attach(token, { customer: id });
  await client.customers.update(id, { invoice_settings: { default_payment_method: card.id } });
  return id;
}

export const itemOf = ({ items }: Stripe.Subscription): Stripe.SubscriptionItem => items.data[0];

/** The subscription's invoices, oldest first. */
export async function invoicesOf(client: Stripe, subscription: string): Promise<Stripe.Invoice[]> {
  return (await client.invoices.list({ subscription, limit: 100 })).data.reverse();
}
