import { z } from "zod";
import type { Sql } from "../../platform/database.ts";
import { decodeCursor, encodeCursor, type PageRequest } from "../pages.ts";

export type EntryKind = "grant" | "topup" | "settle" | "expiry" | "refund" | "dispute" | "adjustment" | "transfer";

/** One line of the ledger. `amount` and `balance_after` in credits; spending is negative. */
export interface Entry {
  seq: number;
  kind: EntryKind;
  amount: number;
  /** What the credits came from or went to: stripe, promo, usage… */
  counter_account: string;
  balance_after: number;
  /** `signup`, `checkout:<id>`, `job:<id>` */
  ref: string;
  /** The rule and the price behind it. */
  cause: Record<string, unknown>;
  created_at: Date;
}

const position = z.tuple([z.int().positive()]);

/** The signed-in person's entries, newest first. */
export async function listEntries(
  sql: Sql,
  { limit, cursor }: PageRequest,
): Promise<{ entries: Entry[]; nextCursor: string | null }> {
  const [before] = cursor ? decodeCursor(cursor, position) : [null];
  const rows = await sql<Entry[]>`
    select seq, kind, amount, counter_account, balance_after, ref, cause, created_at
    from public.credit_entries
    where user_id = (select auth.uid()) and seq < coalesce(${before}::bigint, 9223372036854775807)
    order by seq desc
    limit ${limit + 1}`;
  const entries = rows.slice(0, limit);
  const last = entries.at(-1);
  return { entries, nextCursor: rows.length > limit && last ? encodeCursor([last.seq]) : null };
}
