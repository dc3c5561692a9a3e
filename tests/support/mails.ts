import type { Mail } from "../../domain/email/mail.ts";

const at = "2026-12-03T09:30:00.123456+00:00";
const hosted_invoice_url = "https://invoice.stripe.com/i/acct_1/live_abc?s=ap&t=1";

/** Every mail, each in the variants that read differently. */
export const mails: Mail[] = [
  {
    kind: "subscription_started",
    data: { plan: "pro", interval: "month", trial_ends_at: at, credits: 50 },
  },
  {
    kind: "subscription_started",
    data: { plan: "enterprise", interval: "year", trial_ends_at: null, credits: null },
  },
  { kind: "trial_ends_soon", data: { plan: "pro", ends_at: at, price_cents: 2900, interval: "month" } },
  { kind: "subscription_changed", data: { plan: "enterprise", interval: "year", effective_at: at } },
  { kind: "subscription_canceling", data: { plan: "pro", ends_at: at } },
  { kind: "subscription_resumed", data: { plan: "pro" } },
  { kind: "subscription_ended", data: { plan: "pro" } },
  { kind: "payment_failed", data: { amount_cents: 2900, plan: "pro", grace_ends_at: at, hosted_invoice_url } },
  { kind: "payment_failed", data: { amount_cents: 2900, plan: "pro", grace_ends_at: at, hosted_invoice_url: null } },
  { kind: "payment_action_required", data: { amount_cents: 2900, hosted_invoice_url } },
  { kind: "grace_ended", data: { plan: "pro" } },
  { kind: "payment_recovered", data: { plan: "pro" } },
  { kind: "invoice_paid", data: { number: "KR-0007", amount_cents: 2900, invoice_id: "in_1AbC" } },
  { kind: "refund_applied", data: { amount_cents: 1450, credits_taken: 250, debt: 0 } },
  { kind: "refund_applied", data: { amount_cents: 1450, credits_taken: 250, debt: 22 } },
  { kind: "refund_applied", data: { amount_cents: 50, credits_taken: 0, debt: 0 } },
  { kind: "dispute_opened", data: { amount_cents: 13900, credits_taken: 200, debt: 1 } },
  { kind: "dispute_won", data: { credits_returned: 200 } },
  { kind: "dispute_won", data: { credits_returned: 0 } },
  { kind: "dispute_lost", data: { amount_cents: 13900 } },
  ...(["generations", "datasets", "trainings", "predictions"] as const).flatMap((entitlement): Mail[] => [
    { kind: "usage_warning", data: { entitlement, percent: 80, used: 4, limit: 5, resets_at: null } },
    { kind: "usage_warning", data: { entitlement, percent: 100, used: 5000, limit: 5000, resets_at: at } },
  ]),
  { kind: "topup_succeeded", data: { pack_credits: 50, amount_cents: 3900 } },
  { kind: "topup_failed", data: { amount_cents: 3900, attempts: 2, next_attempt_at: at } },
  { kind: "topup_failed", data: { amount_cents: 3900, attempts: 3, next_attempt_at: null } },
  ...(["failures", "authentication", "cap", "no_card"] as const).map((reason): Mail => ({
    kind: "topup_switched_off",
    data: { reason },
  })),
];
