import type { Profile } from "../../domain/accounts/read-profile.ts";
import type { PlanState } from "../../domain/billing/read-plan.ts";
import type { Usage } from "../../domain/billing/entitlements/read-usage.ts";
import type { Balance } from "../../domain/credits/read-balance.ts";
import { daysUntil, standingOf } from "../billing/standing.ts";

/** What a person should know on every page, the gravest first. */
const BANNERS = ["suspended", "debt", "past_due", "incomplete", "used_up", "trial", "confirm"] as const;
export type Banner = typeof BANNERS[number];

/** More than two are read by nobody. */
const AT_MOST = 2;
const TRIAL_ENDS_SOON_DAYS = 3;

export interface Situation {
  profile: Profile;
  balance: Balance;
  plan: PlanState;
  generations: Usage;
}

/**
 * The banners of a page. `told` are those that the page says by itself; `answered`: the person has just asked for the
 * mail again, or has confirmed, and is to see what came of it.
 */
export function bannersFor(
  situation: Situation,
  { told = [], answered = false }: { told?: readonly Banner[]; answered?: boolean } = {},
): Banner[] {
  const { profile, balance, plan } = situation;
  const standing = standingOf(plan);
  const { subscription } = plan;
  const applies: Record<Banner, boolean> = {
    suspended: profile.status !== "active",
    debt: balance.debt > 0,
    past_due: standing === "past_due",
    incomplete: standing === "incomplete",
    used_up: isUsedUp(situation),
    trial: standing === "trialing" && subscription !== null &&
      daysUntil(subscription.currentPeriodEnd, plan.now) <= TRIAL_ENDS_SOON_DAYS,
    confirm: !profile.emailConfirmed || answered,
  };
  const due = BANNERS.filter((banner) => applies[banner] && !told.includes(banner));
  return answered
    ? [...due.filter((banner) => banner !== "confirm").slice(0, AT_MOST - 1), "confirm"]
    : due.slice(0, AT_MOST);
}

/**
 * The month's allowance is spent and nothing else is there: whoever has bought credits goes on with those. An allowance
 * of nothing is one that is not paid yet.
 */
export function isUsedUp(
  { balance, generations: { used, limit } }: Pick<Situation, "balance" | "generations">,
): boolean {
  return limit !== null && limit > 0 && used >= limit && balance.available === 0 && balance.held === 0 &&
    balance.debt === 0;
}
