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
