import Stripe from "stripe";
import type { Session } from "../../platform/request.ts";
import { fromStripe } from "../../platform/stripe-errors.ts";
import { AppError } from "../errors.ts";
import { awaitPlan } from "./await-plan.ts";
import { type BillingServices } from "./open-page.ts";
import { planChange, type PlanTarget } from "./plan-change.ts";

export interface PlanChangeRequest extends PlanTarget {
  /** Seconds since 1970, from the preview: what was shown is what is charged. */
  prorationDate?: number;
  idempotencyKey?: string;
}

/** payment_failed: the difference could not be charged, and nothing has changed. */
export type PlanChangeOutcome = { outcome: "changed" } | { outcome: "payment_failed" };

/**
 * Changes the plan at once. What is left of the old one is credited, the new one is charged for the rest of the period,
 * in one invoice; if that cannot be paid, Stripe leaves everything as it was.
 *
 * @throws {AppError} as planChange, provider_unavailable
 */
export async function changePlan(
  services: BillingServices,
  session: Session,
  { plan, interval, prorationDate, idempotencyKey = crypto.randomUUID() }: PlanChangeRequest,
): Promise<PlanChangeOutcome> {
  const change = await planChange(services, session, { plan, interval });
  try {
    await services.stripe.subscriptions.update(change.subscription.id, {
      items: [{ id: change.itemId, price: change.price }],
      proration_behavior: "always_invoice",
      payment_behavior: "error_if_incomplete",
      metadata: { plan, interval },
      ...change.endsTrial ? { trial_end: "now" } : prorationDate && { proration_date: prorationDate },
    }, { idempotencyKey: `plan:${change.subscription.id}:${session.userId}:${idempotencyKey}` });
  } catch (error) {
    if (isDeclined(error)) return { outcome: "payment_failed" };
    throw fromStripe(error);
  }
  await awaitPlan(
    services,
    session,
    (state) => state.subscription?.plan === plan && state.subscription.interval === interval,
  );
  return { outcome: "changed" };
}

/** The card said no, or wants its owner; Stripe answers 402 to both. */
function isDeclined(error: unknown): boolean {
  if (error instanceof AppError) return false;
  return error instanceof Stripe.errors.StripeCardError ||
    error instanceof Stripe.errors.StripeError && error.statusCode === 402;
}
