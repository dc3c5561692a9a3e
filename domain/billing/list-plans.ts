import type { Sql } from "../../platform/database.ts";
import type { Entitlement } from "./entitlements/entitlement.ts";
import type { BillingInterval, Plan } from "./plans.ts";

export interface PlanOffer {
  plan: Plan;
  /** Days that cost nothing, once in a lifetime. */
  trialDays: number;
  /** The allowance of those days; null where generations are unlimited or there is no trial. */
  trialGenerations: number | null;
  /** In USD cents, the price on sale; nothing for Free. */
  prices: Partial<Record<BillingInterval, number>>;
  /** null: unlimited. */
  includes: Record<Entitlement, number | null>;
}

interface Row {
  plan: Plan;
  trial_days: number;
  trial_generations: number | null;
  prices: PlanOffer["prices"] | null;
  includes: PlanOffer["includes"];
}

/** The plans on sale, Free first. Anybody may read them. */
export async function listPlans(sql: Sql): Promise<PlanOffer[]> {
  const rows = await sql<Row[]>`
    select p.id as plan, p.trial_days, p.trial_generations,
      (select jsonb_object_agg(c.cycle, c.price_cents) from (
        select distinct on (cycle) cycle, price_cents from public.plan_prices where plan = p.id order by cycle, version desc
      ) c) as prices,
      (select jsonb_object_agg(e.entitlement, e.maximum) from (
        select distinct on (entitlement) entitlement, maximum from public.plan_entitlements
        where plan = p.id order by entitlement, version desc
      ) e) as includes
    from public.plans p where p.active order by p.rank`;
  return rows.map((row) => ({
    plan: row.plan,
    trialDays: row.trial_days,
    trialGenerations: row.trial_generations,
    prices: row.prices ?? {},
    includes: row.includes,
  }));
}
