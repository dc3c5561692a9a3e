import Stripe from "stripe";
import type { Session } from "../../platform/request.ts";
import { fromStripe } from "../../platform/stripe-errors.ts";
import { awaitPlan } from "./await-plan.ts";
import type { BillingServices } from "./open-page.ts";
import { planChange, type PlanTarget } from "./plan-change.ts";

export interface PlanChangeRequest extends PlanTarget {
  /** Seconds since 1970, from the preview: what was shown is what is charged. */
  prorationDate?: number;
  idempotencyKey?: string;
}

/**
 * payment_failed: the difference could not be charged; outdated: the preview is too old to be what is charged. Nothing
 * has changed then.
 */
export type PlanChangeOutcome = { outcome: "changed" | "payment_failed" | "outdated" };

/** How long a preview may be looked at, and how far Stripe's clock may be ahead of ours. */
const PREVIEW_LASTS_MS = 30 * 60_000;
const AHEAD_MS = 2 * 60_000;

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
  if (prorationDate !== undefined && !isRecent(prorationDate, change.now)) return { outcome: "outdated" };
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

/**
 * The date comes back from a form, and Stripe takes any within the period: one at its end would buy the rest of a month for
 * nothing, one at its beginning give back all that a downgrade has used up.
 */
function isRecent(prorationDate: number, now: Date): boolean {
  const age = now.getTime() - prorationDate * 1_000;
  return age <= PREVIEW_LASTS_MS && age >= -AHEAD_MS;
}

/** The card said no, or wants its owner; Stripe answers 402 to both. */
function isDeclined(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeError && error.statusCode === 402;
}
