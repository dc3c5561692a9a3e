import { z } from "zod";
import type { Sql } from "../../platform/database.ts";
import { decodeCursor, encodeCursor, type PageRequest } from "../pages.ts";
import type { WebhookEvent } from "./webhook-event.ts";
import type { WebhookFilter } from "./webhook-filter.ts";

/** As Postgres writes a timestamptz into JSON, to the microsecond. It knows no year 0. */
const position = z.tuple([
  z.iso.datetime({ offset: true }).refine((at) => !at.startsWith("0000")),
  z.string().max(255),
]);

/**
 * What Stripe told us, the latest first.
 * @throws {AppError} not_found for whoever is no operator; validation_failed {cursor}
 */
export async function listWebhookEvents(
  sql: Sql,
  { status, type, object, from, until, limit, cursor }: WebhookFilter & PageRequest,
): Promise<{ events: WebhookEvent[]; nextCursor: string | null }> {
  const [at, id] = cursor ? decodeCursor(cursor, position) : [null, null];
  const rows = await sql<{ event: WebhookEvent }[]>`
    select e as event from public.operator_webhook_events(
      ${status ?? null}, ${type ?? null}, ${object ?? null},
      ${from ?? null}::text::date::timestamp at time zone 'utc',
      (${until ?? null}::text::date + 1)::timestamp at time zone 'utc',
      ${at}::text::timestamptz, ${id}, ${limit + 1}) as e`;
  const events = rows.slice(0, limit).map(({ event }) => event);
  const last = events.at(-1);
  return {
    events,
    nextCursor: rows.length > limit && last ? encodeCursor([last.received_at, last.event_id]) : null,
  };
}

/** Of the newest events without an effect. */
export interface WebhookCounts {
  /** Failed, with a try in the last hour. */
  failed_last_hour: number;
  failed: number;
  /** Failed, and not tried any more. */
  given_up: number;
  /** To be tried by the next worker that wakes. */
  due: number;
}

/** @throws {AppError} not_found for whoever is no operator */
export async function countWebhookEvents(sql: Sql): Promise<WebhookCounts> {
  const [{ counts }] = await sql<{ counts: WebhookCounts }[]>`select public.operator_webhook_counts() as counts`;
  return counts;
}
