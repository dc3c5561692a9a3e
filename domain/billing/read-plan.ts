import type { Sql } from "../../platform/database.ts";
import type { BillingInterval, PaidPlan, Plan } from "./plans.ts";

/** As Stripe names them. */
export type SubscriptionStatus =
  | "trialing"
  | "active"
  | "past_due"
  | "canceled"
  | "incomplete"
  | "incomplete_expired"
  | "unpaid"
  | "paused";

export interface PlanState {
  /** What the person is on now. */
  plan: Plan;
  /** The month in which allowances count. */
  startsAt: Date;
  endsAt: Date;
  /** The subscription behind it, or the newest one, even if it has ended; null for whoever never had one. */
  subscription: null | {
    id: string;
    plan: PaidPlan;
    status: SubscriptionStatus;
    interval: BillingInterval;
    priceCents: number;
    currentPeriodEnd: Date;
    /** When it ends, if it was canceled. */
    cancelAt: Date | null;
    trialEndsAt: Date | null;
    /** Past due: until when the plan goes on. */
    graceEndsAt: Date | null;
    /** Where an invoice that is open can be paid. */
    openInvoiceUrl: string | null;
    /** When it was last paid for by choice, and not by renewal; null if never. */
    chosenAt: Date | null;
  };
  /** Trials come once in a lifetime. */
  hadTrial: boolean;
  /** The business's time, which the sandbox may have moved. */
  now: Date;
}

/** Whether it may go on: one that is over by the clock counts until Stripe has said so. */
export function isOpen({ status }: NonNullable<PlanState["subscription"]>): boolean {
  return ["trialing", "active", "past_due"].includes(status);
}

interface Row {
  plan: Plan;
  status: SubscriptionStatus | null;
  cycle: BillingInterval;
  subscription: string;
  ordered_plan: PaidPlan;
  starts_at: Date;
  ends_at: Date;
  current_period_end: Date;
  cancel_at: Date | null;
  trial_ends_at: Date | null;
  grace_ends_at: Date | null;
  price_cents: number;
  open_invoice: string | null;
  chosen_at: Date | null;
  clock: Date;
  had_trial: boolean;
}

/** The signed-in person's plan and the subscription behind it. */
export async function readPlan(sql: Sql): Promise<PlanState> {
  const [row] = await sql<Row[]>`
    select plan, status, cycle, subscription, ordered_plan, starts_at, ends_at, current_period_end, cancel_at, trial_ends_at,
      grace_ends_at, price_cents, open_invoice, chosen_at, clock, had_trial
    from public.read_plan()`;
  return {
    plan: row.plan,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    subscription: row.status && {
      id: row.subscription,
      plan: row.ordered_plan,
      status: row.status,
      interval: row.cycle,
      priceCents: row.price_cents,
      currentPeriodEnd: row.current_period_end,
      cancelAt: row.cancel_at,
      trialEndsAt: row.trial_ends_at,
      graceEndsAt: row.grace_ends_at,
      openInvoiceUrl: row.open_invoice,
      chosenAt: row.chosen_at,
    },
    hadTrial: row.had_trial,
    now: row.clock,
  };
}
