import type Stripe from "stripe";
import type { Database } from "../../../platform/database.ts";
import { storableJson } from "../../../platform/storable-json.ts";
import { type Gathered, gatherFacts, type Subject, takeStripeTicket } from "./gather-facts.ts";

export interface Reconciled {
  effects: string[];
  error: string | null;
}

/**
 * Fetches an object and gives it its effects, without an event: for what no webhook has brought, and after a call of
 * our own, whose outcome people should not have to wait for. The event that follows finds nothing left to do.
 *
 * @returns null if Stripe has no such object
 * @throws what Stripe's client throws, {AppError} of the database
 */
export async function applyFromStripe(
  { db, stripe, livemode }: { db: Database; stripe: Stripe; livemode: boolean },
  subject: Subject,
): Promise<Reconciled | null> {
  const gathered = await gatherFacts(stripe, subject, () => takeStripeTicket(db));
  return gathered && await applyFacts(db, livemode, gathered);
}

async function applyFacts(db: Database, livemode: boolean, { facts, ticket }: Gathered): Promise<Reconciled> {
  const [result] = await db.asService((sql) =>
    sql<Reconciled[]>`
      select effects, error from private.reconcile_stripe_facts(
        ${livemode}, ${ticket}::bigint, ${storableJson(facts)}::text::jsonb)`
  );
  return result;
}
