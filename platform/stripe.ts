import Stripe from "stripe";
import type { StripeConfig } from "./config.ts";

/** Pinned, so that a change of the account's default in the dashboard changes nothing here. */
const STRIPE_API_VERSION = "2026-10-28.endive";

export function createStripe({ secretKey, apiUrl }: StripeConfig): Stripe {
  const standIn = apiUrl ? new URL(apiUrl) : undefined;
  return new Stripe(secretKey, {
    apiVersion: STRIPE_API_VERSION,
    appInfo: { name: "kredo" },
    // Retried by the library with the same idempotency key, so a lost answer does not make a second session.
    maxNetworkRetries: 2,
    timeout: 8_000,
    telemetry: false,
    httpClient: Stripe.createFetchHttpClient(),
    ...(standIn && {
      host: standIn.hostname,
      port: standIn.port || (standIn.protocol === "https:" ? "443" : "80"),
      protocol: standIn.protocol === "https:" ? "https" : "http",
    }),
  });
}
