import { z } from "zod";
import type { Sql } from "../../platform/database.ts";
import { decodeCursor, encodeCursor, type PageRequest } from "../pages.ts";
import type { Checkout } from "./read-checkout.ts";

const position = z.tuple([z.iso.datetime(), z.uuid()]);
const END = ["9999-12-31T00:00:00.000Z", "ffffffff-ffff-ffff-ffff-ffffffffffff"] as const;

/** The signed-in person's purchases, newest first. */
export async function listCheckouts(
  sql: Sql,
  { limit, cursor }: PageRequest,
): Promise<{ checkouts: Checkout[]; nextCursor: string | null }> {
  const [at, id] = cursor ? decodeCursor(cursor, position) : END;
  // Cursors carry milliseconds, so the column is compared in milliseconds too.
  const rows = await sql<Checkout[]>`
    select id, stripe_session_id, pack, credits, price_cents, status, url, expires_at, created_at, credited_at
    from public.checkout_sessions
    where user_id = (select auth.uid()) and (date_trunc('milliseconds', created_at), id) < (${at}::timestamptz, ${id}::uuid)
    order by date_trunc('milliseconds', created_at) desc, id desc
    limit ${limit + 1}`;
  const checkouts = rows.slice(0, limit);
  const last = checkouts.at(-1);
  const nextCursor = rows.length > limit && last ? encodeCursor([last.created_at.toISOString(), last.id]) : null;
  return { checkouts, nextCursor };
}
