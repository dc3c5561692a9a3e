/** What one can be on, by rank: a later one is an upgrade. */
export const PLANS = ["free", "pro", "enterprise"] as const;
export type Plan = typeof PLANS[number];
export const PAID_PLANS = ["pro", "enterprise"] as const satisfies readonly Plan[];
export type PaidPlan = typeof PAID_PLANS[number];

/** How often a plan is paid. */
export const INTERVALS = ["month", "year"] as const;
export type BillingInterval = typeof INTERVALS[number];
