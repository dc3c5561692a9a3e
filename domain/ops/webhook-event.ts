/**
 * received: due, no effect yet · applied · ignored: not for us · failed: kept, and tried again until `retry_at` is null
 */
export type WebhookVerdict = "received" | "applied" | "ignored" | "failed";

/** A line of the journal of what Stripe told us. Times are ISO 8601 with microseconds. */
export interface WebhookEvent {
  event_id: string;
  type: string;
  verdict: WebhookVerdict;
  /** Words such as `credited` or `subscription_updated`, comma-separated; of the last try that had any. */
  effect: string | null;
  /** How often it has come, or was tried. */
  attempts: number;
  error: string | null;
  object_id: string | null;
  /** Null when it is not known any more. */
  livemode: boolean | null;
  /** When it happened at Stripe. */
  occurred_at: string | null;
  received_at: string;
  processed_at: string | null;
  /** When it is tried again; null when it is not, or not any more. */
  retry_at: string | null;
}

/** A row of ours that Stripe's objects make, as far as operators need to see it. Amounts in cents. */
export interface StripeObject extends Record<string, unknown> {
  noun: "purchase" | "subscription" | "invoice" | "payment" | "auto_topup";
  id: string;
  user_id: string;
}

/** An entry that an event has led to. */
export interface CausedEntry {
  user_id: string;
  seq: number;
  kind: string;
  /** Credits, signed. */
  amount: number;
  balance_after: number;
  ref: string;
  created_at: string;
}
