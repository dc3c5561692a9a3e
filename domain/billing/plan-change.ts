import type { Session } from "../../platform/request.ts";
import { type Limit, takeLimit } from "../../platform/limits.ts";
import { fromStripe } from "../../platform/stripe-errors.ts";
import { AppError, validationFailed } from "../errors.ts";
import type { BillingServices } from "./open-page.ts";
import { type BillingInterval, type PaidPlan, PLANS } from "./plans.ts";
import { isOpen, type PlanState, readPlan } from "./read-plan.ts";

/** Each look at a change, and each change, is a question or two to Stripe. */
const perPerson: Limit = { bucket: "plan-change", hits: 30, seconds: 60 };

export interface PlanTarget {
  plan: PaidPlan;
  interval: BillingInterval;
}

/** What a change of plan comes to at Stripe. */
export interface PlanChange {
  subscription: NonNullable<PlanState["subscription"]>;
  /** The business's time. */
  now: Date;
  itemId: string;
  /** Stripe's id of the new price. */
  price: string;
  direction: "upgrade" | "downgrade";
  /** A trial is of one plan: whoever wants another one begins to pay for it. */
  endsTrial: boolean;
}

/** Why a plan cannot be changed, for pages to say it in their language; as `reason` in the API's problem. */
const REFUSALS = {
  no_plan: "There is no plan to change; choose one first.",
  unpaid: "The last payment failed. Pay it first, then change the plan.",
  same_plan: "This is your plan already.",
  too_soon:
    "A larger plan can be changed for a smaller one a week after it was chosen. Or cancel it: it stays to the end of what is paid.",
  paid_year: "A year that is paid runs to its end. Cancel it, and choose a monthly plan when it is over.",
};
export type PlanChangeRefusal = keyof typeof REFUSALS;

const STAYS_MS = 7 * 86_400_000;

/**
 * What stands against a change; null if nothing does.
 *
 * A year is not cut into months: it was sold at a lower price, and each switch back and forth would begin a period with
 * an allowance of its own. Such a plan is canceled to its end, and then a monthly one is chosen.
 *
 * A larger plan stays for a week: with its price given back to the second, an hour without limits would cost cents.
 */
export function refusalOfPlanChange(
  { subscription, now }: Pick<PlanState, "subscription" | "now">,
  { plan, interval }: PlanTarget,
): PlanChangeRefusal | null {
  if (!subscription || !isOpen(subscription)) return "no_plan";
  if (subscription.status === "past_due") return "unpaid";
  if (subscription.plan === plan && subscription.interval === interval) return "same_plan";
  if (subscription.interval === "year" && interval === "month") return "paid_year";
  const smaller = interval === subscription.interval && PLANS.indexOf(plan) < PLANS.indexOf(subscription.plan);
  const { chosenAt } = subscription;
  return smaller && chosenAt && now.getTime() - chosenAt.getTime() < STAYS_MS ? "too_soon" : null;
}

/**
 * Whether the person may change to this plan, and with what.
 *
 * @throws {AppError} conflict (no plan to change, the same one, unpaid, a smaller one too soon, a year into months), validation_failed,
 * rate_limited, provider_unavailable
 */
export async function planChange(
  { config, db, stripe }: BillingServices,
  session: Session,
  { plan, interval }: PlanTarget,
): Promise<PlanChange> {
  await takeLimit(db, perPerson, session.userId);
  const state = await db.asUser(session.claims, readPlan);
  const { subscription, now } = state;
  const reason = refusalOfPlanChange(state, { plan, interval });
  if (!subscription || reason) {
    throw new AppError("conflict", { detail: REFUSALS[reason ?? "no_plan"], extra: { reason: reason ?? "no_plan" } });
  }
  const price = await db.asWeb(async (sql) => {
    const [found] = await sql<{ id: string | null }[]>`
      select private.stripe_id_of(${config.stripe.livemode}, (
        select concat('price:', plan, ':', cycle, '@', version)
        from private.price_on_sale(${plan}, ${interval}))) as id`;
    return found.id;
  });
  if (!price) throw validationFailed({ plan: "This plan is not on sale at the moment." });
  try {
    const { items } = await stripe.subscriptions.retrieve(subscription.id);
    const rank = PLANS.indexOf(plan) - PLANS.indexOf(subscription.plan);
    return {
      subscription,
      now,
      itemId: items.data[0].id,
      price,
      direction: rank > 0 || rank === 0 && interval === "year" ? "upgrade" : "downgrade",
      endsTrial: subscription.status === "trialing" && plan !== subscription.plan,
    };
  } catch (error) {
    throw fromStripe(error);
  }
}
