/**
 * What can be done to the sandbox's Stripe and its clock from outside of the API. The console's forms and its JSON are
 * two ways to the same acts.
 */
import { z } from "zod";
import { ClockRefusal } from "../clock.ts";
import { ApiError } from "../stripe/api/errors.ts";
import { type BankCard, bankCards } from "../stripe/bank.ts";
import { reasons } from "../stripe/dispute.ts";
import { momentFrom } from "./moment.ts";
import type { SandboxOptions } from "./options.ts";

export interface Outcome {
  status: number;
  /** For a refusal `{ error }`, and with it what Stripe's API says besides. */
  body: Record<string, unknown>;
}

export interface Act {
  /** The console's section where one sees what it did. */
  section: "clock" | "payments" | "customers" | "deliveries";
  /** `input` is a JSON body or a form's fields. Never throws for what a person may have done wrong. */
  perform(input: unknown): Promise<Outcome>;
}

/** Why something could not be done, with the HTTP status that says whose fault it is. */
class Refusal extends Error {
  constructor(readonly status: number, message: string) {
    super(message);
  }
}

const payment_intent = z.string();
const amount = z.int().optional();
const cards = Object.keys(bankCards) as [BankCard, ...BankCard[]];

/** The act at `path`, which is `/clock` or begins with `/stripe/`; null when there is none. */
export function actAt(path: string, options: SandboxOptions): Act | null {
  const { stripe, stripe: { bank }, clock } = options;
  if (path === "/clock") {
    return act("clock", z.strictObject({ advance: z.union([z.string(), z.number()]) }), async ({ advance }) => {
      const moment = momentFrom(advance, clock.nowMs());
      if (moment === null) {
        throw new Refusal(400, `"${advance}" is no moment: say "1 month", "7 days", seconds or a date.`);
      }
      await clock.advanceTo(moment).catch((error) => {
        if (error instanceof ClockRefusal) throw new Refusal(400, error.message);
        throw new Refusal(503, `The clock did not move: ${error instanceof Error ? error.message : error}`);
      });
      return clockReading(options);
    });
  }
  if (path === "/stripe/refunds") {
    const input = z.strictObject({
      payment_intent,
      amount,
      reason: z.enum(["duplicate", "fraudulent", "requested_by_customer"]).optional(),
      slow: z.boolean().optional(),
    });
    return act("payments", input, ({ payment_intent, ...request }) => ({ ...bank.refund(payment_intent, request) }));
  }
  if (path === "/stripe/disputes") {
    const input = z.strictObject({ payment_intent, amount, reason: z.enum(reasons).optional() });
    return act("payments", input, ({ payment_intent, ...about }) => ({ ...bank.dispute(payment_intent, about) }));
  }
  const [, kind, id, verb] = /^\/stripe\/(refunds|disputes|customers|events)\/(\w+)(?:\/(\w+))?$/.exec(path) ?? [];
  switch (`${kind}/${verb ?? ""}`) {
    case "refunds/":
      return act("payments", z.strictObject({ outcome: z.enum(["succeeded", "failed"]) }), ({ outcome }) => ({
        ...bank.endRefund(id, outcome),
      }));
    case "disputes/":
      return act("payments", z.strictObject({ outcome: z.enum(["won", "lost"]) }), ({ outcome }) => ({
        ...bank.endDispute(id, outcome),
      }));
    case "customers/card":
      return act("customers", z.strictObject({ card: z.enum(cards) }), ({ card }) => ({ ...bank.giveCard(id, card) }));
    case "events/resend":
      return act("deliveries", z.unknown(), () => {
        if (!stripe.resend(id)) throw new Refusal(404, `No such event: '${id}'`);
        return { id };
      });
    default:
      return null;
  }
}

/** What time it is for Stripe and the app's database, what will happen next, and how much news of it is under way. */
export function clockReading({ clock, stripe, deliveries }: SandboxOptions) {
  return {
    now: new Date(clock.nowMs()).toISOString(),
    offset_ms: clock.offsetMs(),
    pending_webhooks: deliveries.pending("stripe"),
    next: stripe.upcoming().map(({ act, subject, due_ms }) => ({
      act,
      subject,
      due: new Date(due_ms).toISOString(),
    })),
  };
}

function act<T>(
  section: Act["section"],
  schema: z.ZodType<T>,
  run: (input: T) => Record<string, unknown> | Promise<Record<string, unknown>>,
): Act {
  return {
    section,
    async perform(input) {
      const read = schema.safeParse(input);
      if (!read.success) {
        const errors = read.error.issues.map(({ path, message }) => `${path.join(".") || "body"}: ${message}`);
        return { status: 400, body: { error: errors.join("; ") } };
      }
      try {
        return { status: 200, body: await run(read.data) };
      } catch (error) {
        if (error instanceof Refusal) return { status: error.status, body: { error: error.message } };
        if (!(error instanceof ApiError)) throw error;
        const { status, message, code, param } = error;
        return { status, body: { error: message, code, param } };
      }
    },
  };
}
