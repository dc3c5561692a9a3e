import type Stripe from "stripe";
import { z } from "zod";
import type { Statements } from "../../../platform/database.ts";
import type { FunctionServices } from "../../../platform/function-services.ts";
import { storableJson } from "../../../platform/storable-json.ts";
import { fromStripe } from "../../../platform/stripe-errors.ts";
import { type Gathered, gatherFacts, takeStripeTicket } from "./gather-facts.ts";
import { minimiseEvent } from "./minimise-event.ts";
import { subjectOfEvent } from "./subject-of-event.ts";

/**
 * applied · ignored: not for us · duplicate: had its effect before · failed: what Stripe says and what we have do not
 * fit, and a person is needed
 */
export type Verdict = "applied" | "ignored" | "duplicate" | "failed";

export interface Applied {
  verdict: Verdict;
  /** Words such as `credited` or `subscription_updated`, in the order they happened. */
  effects: string[];
}

export type StripeEventServices = Pick<FunctionServices, "config" | "db" | "stripe">;

/** An event that was verified, or one that was kept and is tried again. */
export interface News {
  id: string;
  type: string;
  livemode: boolean;
  /** Seconds since 1970. */
  created: number;
  /** Empty when the event names no object that Stripe could have. */
  objectId: string;
  /** Only of an event that has just come. */
  payload?: Record<string, unknown>;
}

const eventShape = z.object({
  id: z.string().regex(/^[\w-]{1,255}$/),
  type: z.string().regex(/^[\w.]{1,255}$/),
  livemode: z.boolean(),
  created: z.int().nonnegative(),
  data: z.object({ object: z.looseObject({ id: z.unknown() }) }),
});

/** Null for JSON that is no event, whoever signed it. */
export function newsOf(event: Stripe.Event): News | null {
  const parsed = eventShape.safeParse(event);
  if (!parsed.success) return null;
  const { id, type, livemode, created, data } = parsed.data;
  const objectId = data.object.id;
  return {
    id,
    type,
    livemode,
    created,
    objectId: typeof objectId === "string" && /^[\w-]{1,255}$/.test(objectId) ? objectId : "",
    payload: minimiseEvent(event),
  };
}

/**
 * Gives an event its effect, once. An event is only news: it may be late, repeated or out of order. So its object is fetched as
 * it is now, under a ticket where that could be older than what we have, and the database decides. There it is also found out
 * that an event had its effect before: to ask first would cost each new one a statement, and repetitions are rare.
 *
 * @throws {AppError} if nothing could be decided; it is kept as failed and has to come again
 */
export async function applyStripeEvent(services: StripeEventServices, news: News): Promise<Applied> {
  const { config, db, stripe } = services;
  const subject = subjectOfEvent(news.type, news.objectId);
  if (!subject || isToldOtherwise(news)) return await conclude(services, news, "ignored", null);
  if (!news.objectId) return await conclude(services, news, "ignored", "The event names no object.");
  if (news.livemode !== config.stripe.livemode) {
    return await conclude(services, news, "ignored", "The event is of the other mode (live or test) than our key.");
  }

  let gathered: Gathered | null;
  try {
    gathered = await gatherFacts(stripe, subject, () => takeStripeTicket(db));
  } catch (error) {
    const concluded = await conclude(services, news, "failed", "Stripe did not say what became of it.");
    if (concluded.verdict === "duplicate") return concluded;
    throw fromStripe(error);
  }
  if (!gathered) return await conclude(services, news, "ignored", "Stripe knows no such object.");
  const { facts, ticket } = gathered;
  try {
    return await db.onceAsService((sql) =>
      sql<Applied[]>`
        select verdict, effects from private.apply_stripe_event(
          ${storableJson(eventRow(news))}::text::jsonb, ${ticket}::bigint, ${storableJson(facts)}::text::jsonb)`
    );
  } catch (error) {
    // The transaction is undone, its row in the inbox with it.
    await conclude(services, news, "failed", "The books refused it; the log has the reason.");
    throw error;
  }
}

/** Payments of sessions and invoices have news of their own; those that auto top-up makes have no other. */
function isToldOtherwise({ type, payload }: News): boolean {
  if (!type.startsWith("payment_intent.") || !payload) return false;
  const { data } = payload as { data: { object: { metadata?: Record<string, unknown> } } };
  return data.object.metadata?.kind !== "auto";
}

/** Written down without an effect, unless it had one before. Stripe would repeat an error for three days, to no end. */
async function conclude(
  { db }: StripeEventServices,
  news: News,
  verdict: "ignored" | "failed",
  reason: string | null,
): Promise<Applied> {
  return await db.asService(async (sql) => {
    const [{ seen }] = await receive(sql, news);
    if (seen === "done") return { verdict: "duplicate", effects: [] };
    await sql`select private.finish_webhook('stripe', ${news.id}, ${verdict}, ${reason})`;
    return { verdict, effects: [] };
  });
}

const receive = (sql: Statements, news: News) =>
  sql<{ seen: string }[]>`
    select private.receive_webhook('stripe', ${news.id}, ${news.type},
      ${storableJson(news.payload ?? null)}::text::jsonb) as seen`;

const eventRow = ({ id, type, livemode, created, payload }: News) => ({ id, type, livemode, created, payload });
