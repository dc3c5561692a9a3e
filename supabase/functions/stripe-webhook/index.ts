import { applyStripeEvent, newsOf } from "../../../domain/billing/stripe/apply-event.ts";
import { AppError } from "../../../domain/errors.ts";
import { functionServices } from "../../../platform/function-services.ts";
import { readBytes } from "../../../platform/http/body.ts";
import { verifyStripeEvent } from "../../../platform/stripe-webhook.ts";

const services = functionServices("stripe-webhook");
/** Stripe's largest events are a tenth of this. */
const BODY_LIMIT = 256 * 1024;

/** Stripe tells what became of a payment or a subscription. Anything but 2xx makes it come again, for three days. */
Deno.serve(async (request) => {
  if (request.method !== "POST") return refuse("method_not_allowed", 405, { allow: "POST" });
  const { config, log, stripe } = services;
  try {
    const body = await readBytes(request, BODY_LIMIT);
    const signature = request.headers.get("stripe-signature");
    const event = verifyStripeEvent(stripe, body, signature, config.stripe.webhookSecrets);
    if (!event) return refuse("invalid_signature", 400);
    const news = newsOf(event);
    if (!news) return refuse("invalid_event", 400);

    const { verdict, effects } = await applyStripeEvent(services, news);
    log.info("stripe event", { event: news.id, type: news.type, verdict, effects });
    return verdict === "failed" ? refuse("mismatch", 500) : Response.json({ received: true });
  } catch (error) {
    if (error instanceof AppError && error.status < 500) return refuse(error.code, error.status);
    log.error("a stripe event had no effect", { error });
    return refuse("not_applied", 503, { "retry-after": "30" });
  }
});

function refuse(code: string, status: number, headers: HeadersInit = {}): Response {
  return Response.json({ error: code }, { status, headers });
}
