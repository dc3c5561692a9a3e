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

export interface EntryPage {
  /** Newest first. */
  entries: Entry[];
  /** Towards older entries; null on the last page. */
  nextCursor: string | null;
  /** Towards newer entries; null on the first page. */
  previousCursor: string | null;
}

/** seq, and the direction in which the page lies from there. */
const position = z.tuple([z.int().positive(), z.enum(["older", "newer"])]);

/** The signed-in person's entries, newest first. @throws {AppError} validation_failed {cursor} */
export async function listEntries(sql: Sql, { limit, cursor }: PageRequest): Promise<EntryPage> {
  const [from, direction] = cursor ? decodeCursor(cursor, position) : [null, null];
  const isBackward = direction === "newer";
  const beyond = from === null ? sql`true` : isBackward ? sql`seq > ${from}` : sql`seq < ${from}`;
  const rows = await sql<Entry[]>`
    select seq, kind, amount, counter_account, balance_after, ref, cause, created_at
    from public.credit_entries
    where user_id = (select auth.uid()) and ${beyond}
    order by ${isBackward ? sql`seq` : sql`seq desc`}
    limit ${limit + 1}`;
  const entries = rows.slice(0, limit);
  if (isBackward) entries.reverse();
  const [first, last] = [entries.at(0), entries.at(-1)];
  const hasMore = rows.length > limit;
  const hasNewer = isBackward ? hasMore : from !== null;
  return {
    entries,
    // Entries are numbered from 1 without gaps, so the number says whether anything is older.
    nextCursor: last && last.seq > 1 ? encodeCursor([last.seq, "older"]) : null,
    previousCursor: first && hasNewer ? encodeCursor([first.seq, "newer"]) : null,
  };
}
