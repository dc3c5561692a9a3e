import type { PlanState } from "../../domain/billing/read-plan.ts";

/**
 * How a plan stands, as a customer would tell it.
 *
 * free: never had one · ended: it is over · unfinished: its first payment was not made in time · incomplete: that can
 * still be made · stopped: Free because a payment did not arrive, while Stripe may not have closed it yet
 */
export type Standing =
  | "free"
  | "trialing"
  | "trial_canceled"
  | "active"
  | "canceling"
  | "past_due"
  | "stopped"
  | "incomplete"
  | "unfinished"
  | "ended";

export function standingOf({ plan, subscription }: Pick<PlanState, "plan" | "subscription">): Standing {
  if (!subscription) return "free";
  const { status, cancelAt } = subscription;
  if (plan !== "free") {
    if (status === "past_due") return "past_due";
    if (status === "trialing") return cancelAt ? "trial_canceled" : "trialing";
    return cancelAt ? "canceling" : "active";
  }
  switch (status) {
    case "incomplete":
      return "incomplete";
    case "incomplete_expired":
      return "unfinished";
    case "past_due":
    case "unpaid":
    case "paused":
      return "stopped";
    // Its end has come by the clock; Stripe's word for it is on the way.
    case "trialing":
    case "active":
    case "canceled":
      return "ended";
  }
}

/** The one behind what the person is on now. */
export function isLive(standing: Standing): boolean {
  return ["trialing", "trial_canceled", "active", "canceling", "past_due"].includes(standing);
}

/** Whole days until `at`, the one that has begun included. */
export function daysUntil(at: Date, now: Date): number {
  return Math.max(0, Math.ceil((at.getTime() - now.getTime()) / 86_400_000));
}
