import { readPlan } from "../../../../domain/billing/read-plan.ts";
import { requireSession } from "../../../../platform/http/session.ts";
import { handler } from "./$index.ts";

/**
 * 200 `{plan, status, interval, current_period_end, cancel_at_period_end, cancel_at, trial_ends_at, grace_ends_at,
 * payment_url}`. `plan` is what the person is on now and `status` how the subscription stands, which may be one that has
 * ended or was never paid; null for whoever never had one. On Free the interval is null, and the period is the month in
 * which allowances count.
 */
export const handlers = handler({
  async GET({ state: { services } }) {
    const session = requireSession();
    const { plan, endsAt, subscription } = await services.db.asUser(session.claims, readPlan);
    const inForce = plan === "free" ? null : subscription;
    return Response.json({
      plan,
      status: subscription?.status ?? null,
      interval: inForce?.interval ?? null,
      current_period_end: inForce?.currentPeriodEnd ?? endsAt,
      cancel_at_period_end: Boolean(inForce?.cancelAt),
      cancel_at: inForce?.cancelAt ?? null,
      trial_ends_at: inForce?.status === "trialing" ? inForce.trialEndsAt : null,
      grace_ends_at: inForce?.graceEndsAt ?? null,
      payment_url: subscription?.openInvoiceUrl ?? null,
    });
  },
});
