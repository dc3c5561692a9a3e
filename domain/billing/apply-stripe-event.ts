import type Stripe from "stripe";
import type { FunctionServices } from "../../platform/function-services.ts";
import { storableJson } from "../../platform/storable-json.ts";
import { fromStripe, isMissingAtStripe, stripeUnavailable } from "../../platform/stripe-errors.ts";

/** What an event did. `mismatch` and nothing else asks for a person. */
export type StripeVerdict =
  | "credited"
  | "already_credited"
  | "waiting"
  | "failed"
  | "expired"
  | "ignored"
  | "duplicate"
  | "mismatch";

type StripeEventServices = Pick<FunctionServices, "config" | "db" | "stripe">;

const CHECKOUT_NEWS = new Set<string>(
  [
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
  ] satisfies Stripe.Event["type"][],
);

/**
 * Gives a verified event its effect, once. An event is only news: it may be late, repeated or out of
 * order. So the session is fetched as it is now, and the database credits the payment, not the event.
 *
 * @throws {AppError} if nothing could be decided; Stripe has to send the event again
 */
export async function applyStripeEvent(services: StripeEventServices, event: Stripe.Event): Promise<StripeVerdict> {
  if (!CHECKOUT_NEWS.has(event.type)) return await ignore(services, event, null);
  if (event.livemode !== services.config.stripe.livemode) {
    return await ignore(services, event, "The event is of the other mode (live or test) than our key.");
  }
  const { id } = event.data.object as Stripe.Checkout.Session;
  let session: Stripe.Checkout.Session;
  try {
    session = await services.stripe.checkout.sessions.retrieve(id);
    // The library takes any JSON for a success; what is not this session must not decide over it.
    if (session.id !== id) throw stripeUnavailable(new Error("the answer is not the session"));
  } catch (error) {
    if (isMissingAtStripe(error)) return await ignore(services, event, "Stripe knows no such session.");
    await note(services, event, "failed", "Stripe did not say what became of the session.");
    throw fromStripe(error);
  }
  const [{ verdict }] = await services.db.asService((sql) =>
    sql<{ verdict: StripeVerdict }[]>`
      select private.apply_stripe_checkout(
        ${event.id}, ${event.type}, ${event.livemode}, ${storableJson(event)}::text::jsonb, ${
      storableJson(session)
    }::text::jsonb
      ) as verdict`
  );
  return verdict;
}

/** Written down and answered with success: Stripe would repeat an error for three days, to no end. */
async function ignore(
  services: StripeEventServices,
  event: Stripe.Event,
  reason: string | null,
): Promise<StripeVerdict> {
  return await note(services, event, "ignored", reason) ? "ignored" : "duplicate";
}

/** @returns false if the event has had its effect already */
async function note(
  { db }: StripeEventServices,
  event: Stripe.Event,
  verdict: "ignored" | "failed",
  reason: string | null,
): Promise<boolean> {
  return await db.asService(async (sql) => {
    const [{ seen }] = await sql<{ seen: string }[]>`
      select private.receive_webhook('stripe', ${event.id}, ${event.type}, ${
      storableJson(event)
    }::text::jsonb) as seen`;
    if (seen === "done") return false;
    await sql`select private.finish_webhook('stripe', ${event.id}, ${verdict}, ${reason})`;
    return true;
  });
}
