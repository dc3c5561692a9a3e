import { AppError } from "../errors.ts";
import { requestHash } from "../idempotency.ts";
import type { Locale, Session } from "../../platform/request.ts";
import {
  type BillingServices,
  type Intent,
  limitIntents,
  type OpenedCheckout,
  openPage,
  taxParameters,
} from "./open-page.ts";
import type { BillingInterval, PaidPlan } from "./plans.ts";

export interface PlanRequest {
  plan: PaidPlan;
  interval: BillingInterval;
  idempotencyKey?: string;
  locale: Locale;
}

interface PlanIntent extends Intent {
  stripe_price: string | null;
  trial_days: number;
}

/**
 * Opens Stripe's page for a plan. One at a time: pages for plans that are still open elsewhere are closed, so that
 * nobody pays twice in two tabs (and should they all the same, the second subscription is canceled and paid back).
 *
 * @throws {AppError} validation_failed {plan}, conflict (has a plan: change it), idempotency_conflict,
 * account_suspended, rate_limited, provider_unavailable
 */
export async function openPlanCheckout(
  services: BillingServices,
  session: Session,
  { plan, interval, idempotencyKey, locale }: PlanRequest,
): Promise<OpenedCheckout> {
  const { config, db } = services;
  const hash = await requestHash({ plan, interval, locale });
  const intent = await db.asWeb(async (sql) => {
    const [written] = await sql<PlanIntent[]>`
      select checkout_id, stripe_session_id, url, stripe_price, trial_days, replayed
      from private.open_plan_checkout(${session.userId}, ${plan}, ${interval}, ${
      idempotencyKey ?? null
    }, ${hash}, ${config.stripe.livemode})`;
    await limitIntents(sql, session, written);
    return written;
  });
  if (!intent.stripe_price) {
    throw new AppError("unavailable", {
      detail: "This plan is not on sale at the moment. Nothing was charged.",
      cause: new Error("the price is not at Stripe: run `deno task stripe:sync`"),
    });
  }
  await closeOtherPages(services, session, intent.checkout_id);
  const metadata = { user_id: session.userId, plan, interval, checkout_id: intent.checkout_id };
  return await openPage(services, session, intent, locale, {
    mode: "subscription",
    metadata,
    line_items: [{ quantity: 1, price: intent.stripe_price }],
    allow_promotion_codes: true,
    payment_method_collection: "always",
    subscription_data: {
      metadata,
      ...intent.trial_days > 0 && {
        trial_period_days: intent.trial_days,
        trial_settings: { end_behavior: { missing_payment_method: "cancel" as const } },
      },
    },
    ...taxParameters(services),
  });
}

async function closeOtherPages({ db, stripe }: BillingServices, session: Session, except: string): Promise<void> {
  const open = await db.asWeb((sql) =>
    sql<{ id: string }[]>`select id from private.other_open_sessions(${session.userId}, 'plan', ${except}) as id`
  );
  // One that was paid meanwhile, or is gone, cannot be closed: then its webhook tells what it became.
  await Promise.allSettled(open.map(({ id }) => stripe.checkout.sessions.expire(id)));
}
