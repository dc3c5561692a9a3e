import { z } from "zod";

/** What would end a line, hide text or turn its direction around. Names and numbers of others' making are one plain line. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

const line = z.string().transform((text) => text.replace(UNSEEN, " ").trim()).pipe(z.string().min(1).max(100));
const plan = z.enum(["free", "pro", "enterprise"]);
const interval = z.enum(["month", "year"]);
const cents = z.int().nonnegative();
const credits = z.int().nonnegative();
const count = z.int().nonnegative();
const time = z.iso.datetime({ offset: true });
const url = z.url({ protocol: /^https?$/ });

const kind = <K extends string, D extends z.ZodRawShape>(name: K, data: D) =>
  z.strictObject({ kind: z.literal(name), data: z.strictObject(data) });

/** Every mail Kredo writes, with what it is about. Times are ISO 8601 with an offset, money is in US cents. */
export const mailSchema = z.discriminatedUnion("kind", [
  kind("subscription_started", { plan, interval, trial_ends_at: time.nullable(), credits: credits.nullable() }),
  kind("trial_ends_soon", { plan, ends_at: time, price_cents: cents, interval }),
  kind("subscription_changed", { plan, interval, effective_at: time }),
  kind("subscription_canceling", { plan, ends_at: time }),
  kind("subscription_resumed", { plan }),
  kind("subscription_ended", { plan }),

  kind("payment_failed", {
    amount_cents: cents,
    plan,
    grace_ends_at: time,
    hosted_invoice_url: url.nullable(),
  }),
  kind("payment_action_required", { amount_cents: cents, hosted_invoice_url: url }),
  kind("grace_ended", { plan }),
  kind("payment_recovered", { plan }),
  kind("invoice_paid", { number: line, amount_cents: cents, invoice_id: z.string().regex(/^[\w-]{1,100}$/) }),

  kind("refund_applied", { amount_cents: cents, credits_taken: credits, debt: credits }),
  kind("dispute_opened", { amount_cents: cents, credits_taken: credits, debt: credits }),
  kind("dispute_won", { credits_returned: credits }),
  kind("dispute_lost", { amount_cents: cents }),

  kind("usage_warning", {
    entitlement: z.enum(["generations", "datasets", "trainings", "predictions"]),
    percent: z.literal([80, 100]),
    used: count,
    limit: count,
    resets_at: time.nullable(),
  }),

  kind("topup_succeeded", { pack_credits: credits, amount_cents: cents }),
  kind("topup_failed", { amount_cents: cents, attempts: count, next_attempt_at: time.nullable() }),
  kind("topup_switched_off", { reason: z.enum(["failures", "authentication", "cap", "no_card"]) }),
]);

/** A mail as it is checked: its kind and its data belong together. */
export type Mail = z.output<typeof mailSchema>;
export type MailKind = Mail["kind"];
export type MailData<K extends MailKind> = Extract<Mail, { kind: K }>["data"];

export const MAIL_KINDS: readonly MailKind[] = mailSchema.options.map(({ shape }) => shape.kind.value);
