import { z } from "zod";
import type { Sql } from "../../platform/database.ts";
import { decodeCursor, encodeCursor, exactTime, type PageRequest, selectExactTime } from "../pages.ts";
import type { Checkout } from "./read-checkout.ts";

const position = z.tuple([exactTime, z.uuid()]);

/** The signed-in person's purchases of packs, by hand or by auto top-up, newest first. @throws {AppError} validation_failed {cursor} */
export async function listCheckouts(
  sql: Sql,
  { limit, cursor }: PageRequest,
): Promise<{ checkouts: Checkout[]; nextCursor: string | null }> {
  const [at, id] = cursor ? decodeCursor(cursor, position) : [];
  const beyond = at && id ? sql`(created_at, id) < (${at}::text::timestamptz, ${id}::uuid)` : sql`true`;
  const rows = await sql<(Checkout & { cursor_at: string })[]>`
    select id, kind, stripe_session_id, pack, plan, cycle as interval, credits, price_cents, status, url, expires_at,
      created_at, credited_at,
      ${selectExactTime(sql, "created_at")} as cursor_at
    from public.checkout_sessions
    where user_id = (select auth.uid()) and kind in ('pack', 'auto') and ${beyond}
    order by created_at desc, id desc
    limit ${limit + 1}`;
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    checkouts: page.map(({ cursor_at: _, ...checkout }) => checkout),
    nextCursor: rows.length > limit && last ? encodeCursor([last.cursor_at, last.id]) : null,
  };
}
