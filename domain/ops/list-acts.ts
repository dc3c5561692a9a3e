import { z } from "zod";
import type { Sql } from "../../platform/database.ts";
import { isUuid } from "../identifiers.ts";
import { decodeCursor, encodeCursor } from "../pages.ts";

/** One line of the audit log. */
export interface Act {
  id: number;
  at: Date;
  /** Null for what was done in SQL or by a schedule. */
  actor: string | null;
  actor_email: string | null;
  /** The database user behind it. */
  login: string;
  action: string;
  /** `adjustment:<id>` */
  subject: string;
  detail: Record<string, unknown>;
  /** Address of the person `detail.user` names. */
  account_email: string | null;
}

const position = z.tuple([z.int().positive()]);

/**
 * Who did what, the latest first; of one actor or of all.
 * @throws {AppError} not_found for whoever is no operator; validation_failed {cursor}
 */
export async function listActs(
  sql: Sql,
  { actor, limit, cursor }: { actor?: string | null; limit: number; cursor?: string },
): Promise<{ acts: Act[]; nextCursor: string | null }> {
  const [before] = cursor ? decodeCursor(cursor, position) : [null];
  const who = actor && isUuid(actor) ? actor : null;
  const rows = await sql<Act[]>`select * from public.operator_audit_log(${who}, ${before}, ${limit + 1})`;
  const acts = rows.slice(0, limit);
  const last = acts.at(-1);
  return { acts, nextCursor: rows.length > limit && last ? encodeCursor([last.id]) : null };
}
