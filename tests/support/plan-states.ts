import type { PlanOffer } from "../../domain/billing/list-plans.ts";
import type { PlanState } from "../../domain/billing/read-plan.ts";

/** A moment for tests whose clock stands still. */
export const NOW = new Date("2026-03-10T12:00:00Z");
export const inDays = (days: number) => new Date(NOW.getTime() + days * 86_400_000);

type Subscription = NonNullable<PlanState["subscription"]>;

/** Somebody on Pro, by the month, who has paid; with what is different about them. */
export function planState(
  changes: Partial<Subscription> = {},
  inForce: PlanState["plan"] = changes.plan ?? "pro",
): PlanState {
  return {
    plan: inForce,
    startsAt: inDays(-10),
    endsAt: inDays(20),
    subscription: {
      id: "sub_1",
      plan: "pro",
      status: "active",
      interval: "month",
      priceCents: 29_00,
      currentPeriodEnd: inDays(20),
      cancelAt: null,
      trialEndsAt: null,
      graceEndsAt: null,
      openInvoiceUrl: null,
      chosenAt: null,
      ...changes,
    },
    hadTrial: false,
    now: NOW,
  };
}

/** Somebody who never had a plan. */
export const onFree: PlanState = { ...planState({}, "free"), subscription: null };

export const offers: PlanOffer[] = [
  {
    plan: "free",
    trialDays: 0,
    trialGenerations: null,
    prices: {},
    includes: { generations: 10, datasets: 5, trainings: 10, predictions: 100, concurrency: 25, rate: 60 },
  },
  {
    plan: "pro",
    trialDays: 7,
    trialGenerations: 50,
    prices: { month: 29_00, year: 290_00 },
    includes: { generations: 500, datasets: null, trainings: 100, predictions: 5000, concurrency: 100, rate: 120 },
  },
  {
    plan: "enterprise",
    trialDays: 0,
    trialGenerations: null,
    prices: { month: 99_00, year: 990_00 },
    includes: { generations: null, datasets: null, trainings: null, predictions: null, concurrency: 100, rate: 120 },
  },
];
