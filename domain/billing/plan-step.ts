import type { PlanOffer } from "./list-plans.ts";
import { type PlanChangeRefusal, refusalOfPlanChange } from "./plan-change.ts";
import { type BillingInterval, PLANS } from "./plans.ts";
import { isOpen, type PlanState } from "./read-plan.ts";

/** Who looks at the plans; null: somebody who is not signed in. */
export type Viewer = null | { state: PlanState; suspended: boolean };

/** What somebody can do about a plan that they see. `ends`: it begins when the present one ends. */
export type PlanStep =
  | { kind: "sign_up" | "current" | "resume" | "cancel" }
  | { kind: "subscribe"; trialDays: number }
  | { kind: "change"; direction: "upgrade" | "downgrade" | "yearly" }
  | { kind: "ends"; at: Date }
  | { kind: "none"; reason: PlanChangeRefusal | "suspended" | "closing" };

/** The next step towards a plan, as the verbs behind it will take it or refuse it. */
export function planStep({ plan, trialDays }: PlanOffer, interval: BillingInterval, viewer: Viewer): PlanStep {
  if (!viewer) return { kind: "sign_up" };
  const { state, suspended } = viewer;
  const { plan: inForce, subscription } = state;
  const live = inForce !== "free" && subscription;
  if (plan === "free") {
    if (!live) return { kind: "current" };
    return live.cancelAt ? { kind: "ends", at: live.cancelAt } : { kind: "cancel" };
  }
  if (live) {
    if (live.plan === plan && live.interval === interval) return { kind: live.cancelAt ? "resume" : "current" };
    const reason = refusalOfPlanChange(state, { plan, interval });
    if (reason) return { kind: "none", reason };
    const rank = PLANS.indexOf(plan) - PLANS.indexOf(live.plan);
    return { kind: "change", direction: rank === 0 ? "yearly" : rank > 0 ? "upgrade" : "downgrade" };
  }
  if (suspended) return { kind: "none", reason: "suspended" };
  // Over by the clock, and still open at Stripe: a second one would be refused.
  if (subscription && isOpen(subscription)) {
    return { kind: "none", reason: "closing" };
  }
  // One trial in a lifetime, for whoever never had a plan.
  return { kind: "subscribe", trialDays: subscription ? 0 : trialDays };
}

/** Every plan on offer with its next step. */
export function planSteps(
  offers: PlanOffer[],
  interval: BillingInterval,
  viewer: Viewer,
): { offer: PlanOffer; step: PlanStep }[] {
  return offers.map((offer) => ({ offer, step: planStep(offer, interval, viewer) }));
}
