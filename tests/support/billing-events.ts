import { randomUUID } from "node:crypto";
import type { TestDatabase } from "./database.ts";

/** Objects of Stripe's as they are fetched, by the names that `private.apply_stripe_event` knows them under. */
export interface Facts {
  session?: unknown;
  subscription?: unknown;
  invoice?: unknown;
  payment_intent?: unknown;
  disputes?: unknown[];
}

export interface Applied {
  verdict: string;
  effects: string[];
}

/** A ticket, as it is taken before Stripe is asked. */
export async function takeTicket(db: TestDatabase): Promise<number> {
  const [{ ticket }] = await db.asService((sql) =>
    sql<{ ticket: number }[]>`select private.take_stripe_ticket() as ticket`
  );
  return ticket;
}

/** An event of Stripe's with what was fetched after it, as the webhook hands it to the database. */
export async function applyEvent(
  db: TestDatabase,
  type: string,
  facts: Facts,
  { id = `evt_${randomUUID()}`, ticket, livemode = false, payload = {} }: {
    id?: string;
    ticket?: number;
    livemode?: boolean;
    payload?: unknown;
  } = {},
): Promise<Applied> {
  ticket ??= await takeTicket(db);
  const event = { id, type, livemode, created: Math.floor(Date.now() / 1000), payload };
  const [applied] = await db.asService((sql) =>
    sql<Applied[]>`
      select verdict, effects from private.apply_stripe_event(${sql.json(event as never)}, ${ticket}, ${
      sql.json(facts as never)
    })`
  );
  return { verdict: applied.verdict, effects: [...applied.effects] };
}
