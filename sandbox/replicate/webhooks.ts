/** Webhooks as Standard Webhooks has them; delivery, retries and faults are the shared post office's. */
import { Webhook } from "standardwebhooks";
import type { Deliveries, Sign } from "../faults/delivery.ts";
import type { Entry } from "./prediction.ts";
import type { WebhookEvent } from "./validate.ts";

/** A completed event is tried for about a minute: 1 + 2 + 4 + 8 + 16 + 32 seconds of waits. The others go once. */
const COMPLETED_ATTEMPTS = 7;

/** `secret` is `whsec_` and base64. */
export function signer(secret: string): Sign {
  const webhook = new Webhook(secret);
  return ({ event, body }, bad) => {
    // The receiver compares the timestamp with its own clock, so a moved sandbox clock must not reach the signature.
    const at = new Date();
    return {
      "webhook-id": event,
      "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
      "webhook-signature": webhook.sign(event, at, bad ? `${body} ` : body),
    };
  };
}

/** Queues the prediction's present state for its webhook, if it has one that wants this event. */
export function announce(deliveries: Deliveries, { prediction, webhooks }: Entry, event: WebhookEvent) {
  const { id, webhook, webhook_events_filter } = prediction;
  if (webhook === undefined || webhooks === "never" || !webhook_events_filter!.includes(event)) return;
  const completed = event === "completed";
  for (let copy = 0; copy < (completed && webhooks === "twice" ? 2 : 1); copy++) {
    deliveries.deliver({
      source: "replicate",
      event: `msg_${id}_${event}`,
      type: event,
      url: webhook,
      body: JSON.stringify(prediction),
      attempts: completed ? COMPLETED_ATTEMPTS : 1,
    });
  }
}
