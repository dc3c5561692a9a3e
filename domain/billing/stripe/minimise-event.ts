import type Stripe from "stripe";

/** Members of an event's object that say what happened, and nothing about a person. */
const KEPT = [
  "id",
  "object",
  "status",
  "amount",
  "amount_due",
  "amount_paid",
  "amount_received",
  "amount_refunded",
  "amount_remaining",
  "amount_total",
  "attempt_count",
  "billing_reason",
  "cancel_at_period_end",
  "charge",
  "created",
  "currency",
  "customer",
  "ended_at",
  "mode",
  "number",
  "payment_intent",
  "payment_status",
  "reason",
  "subscription",
  "trial_end",
];
/** Ours, on the objects that we make. */
const KEPT_METADATA = ["checkout_id", "user_id", "pack", "plan", "interval", "kind"];

/**
 * What the journal keeps of an event for 90 days. Names, addresses and cards of customers do not come in: an event's
 * truth is fetched from Stripe whenever it is needed, so what is kept serves reading alone.
 */
export function minimiseEvent(event: Stripe.Event): Record<string, unknown> {
  const object = event.data.object as unknown as Record<string, unknown>;
  const kept = pick(object, KEPT);
  const metadata = pick((object.metadata ?? {}) as Record<string, unknown>, KEPT_METADATA);
  return {
    id: event.id,
    type: event.type,
    created: event.created,
    livemode: event.livemode,
    api_version: event.api_version,
    data: {
      object: { ...kept, ...Object.keys(metadata).length > 0 && { metadata } },
      ...event.data.previous_attributes && { changed: Object.keys(event.data.previous_attributes) },
    },
  };
}

function pick(from: Record<string, unknown>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.filter((name) => Object.hasOwn(from, name) && isPlain(from[name])).map((name) => [name, from[name]]),
  );
}

/** An object where an id or a word should be may hold anything. */
const isPlain = (value: unknown) => value === null || typeof value !== "object";
