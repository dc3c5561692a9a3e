import type { Session } from "../../platform/request.ts";
import { type Limit, takeLimit } from "../../platform/limits.ts";
import { fromStripe } from "../../platform/stripe-errors.ts";
import { AppError } from "../errors.ts";
import { awaitPlan } from "./await-plan.ts";
import type { BillingServices } from "./open-page.ts";
import { isOpen, readPlan } from "./read-plan.ts";

/** Each time is a call to Stripe and a mail. */
const perPerson: Limit = { bucket: "plan-cancel", hits: 10, seconds: 600 };

/** The plan goes on until the end of what is paid, then it is Free. @throws {AppError} conflict, rate_limited, provider_unavailable */
export async function cancelPlan(services: BillingServices, session: Session): Promise<void> {
  await setCanceled(services, session, true);
}

/** Takes a cancellation back while the period lasts. @throws {AppError} conflict, rate_limited, provider_unavailable */
export async function resumePlan(services: BillingServices, session: Session): Promise<void> {
  await setCanceled(services, session, false);
}

async function setCanceled(services: BillingServices, session: Session, canceled: boolean): Promise<void> {
  const { subscription } = await services.db.asUser(session.claims, readPlan);
  if (!subscription || !isOpen(subscription)) {
    throw new AppError("conflict", { detail: "There is no plan that could be canceled or resumed." });
  }
  if ((subscription.cancelAt !== null) === canceled) return;
  await takeLimit(services.db, perPerson, session.userId);
  try {
    await services.stripe.subscriptions.update(subscription.id, { cancel_at_period_end: canceled });
  } catch (error) {
    throw fromStripe(error);
  }
  await awaitPlan(services, session, (state) => (state.subscription?.cancelAt !== null) === canceled);
}
