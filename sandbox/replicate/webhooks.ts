/** Webhooks as Standard Webhooks has them; delivery, retries and faults are the shared post office's. */
import { Webhook } from "standardwebhooks";
import type { Deliveries, Sign } from "../faults/delivery.ts";
import type { Entry } from "./prediction.ts";
import type { WebhookEvent } from "./validate.ts";

/** A completed event is tried for about a minute: 1 + 2 + 4 + 8 + 16 + 32 seconds of waits. The others go once. */
const COMPLETED_ATTEMPTS = 7;

/** News of output and of logs are this far apart; what falls between is told by the next or by the completed event. */
export const NEWS_EVERY_MS = 500;

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

export function wants({ prediction, webhooks }: Entry, event: WebhookEvent): boolean {
  const { webhook, webhook_events_filter } = prediction;
  return webhook !== undefined && webhooks !== "never" && webhook_events_filter!.includes(event);
}

/** Queues the prediction's present state for its webhook, if it has one that wants this event. */
export function announce(deliveries: Deliveries, entry: Entry, event: WebhookEvent) {
  if (!wants(entry, event)) return;
  const { prediction, webhooks, told } = entry;
  const completed = event === "completed";
  const repeats = event === "output" || event === "logs";
  for (let copy = 0; copy < (completed && webhooks === "twice" ? 2 : 1); copy++) {
    deliveries.deliver({
      source: "replicate",
      event: `msg_${prediction.id}_${event}${repeats ? `_${told}` : ""}`,
      type: event,
      url: prediction.webhook!,
      body: JSON.stringify(prediction),
      attempts: completed ? COMPLETED_ATTEMPTS : 1,
    });
  }
}
