import { z } from "zod";
import type { Sql } from "../../platform/database.ts";
import { validationFailed } from "../errors.ts";
import type { FailureCode } from "../jobs/failures.ts";
import { decodeCursor, encodeCursor, type PageRequest } from "../pages.ts";
import type { DeadLetter } from "./dead-letter.ts";
import type { DeadLetterFilter } from "./dead-letter-filter.ts";
import { findAccount } from "./find-account.ts";

/** As Postgres writes a timestamptz into JSON, to the microsecond. It knows no year 0. */
const position = z.tuple([
  z.iso.datetime({ offset: true }).refine((at) => !at.startsWith("0000")),
  z.uuid(),
]);

/**
 * Dead letters, the latest first.
 * @throws {AppError} not_found for whoever is no operator; validation_failed {cursor, user}
 */
export async function listDeadLetters(
  sql: Sql,
  { state = "open", error, model, user, from, until, limit, cursor }: DeadLetterFilter & PageRequest,
): Promise<{ letters: DeadLetter[]; nextCursor: string | null }> {
  const [at, id] = cursor ? decodeCursor(cursor, position) : [null, null];
  const account = user ? await findAccount(sql, user) : null;
  if (user && !account) throw validationFailed({ user: "There is no such account." });
  const rows = await sql<{ letter: DeadLetter }[]>`
    select l as letter from public.operator_dead_letters(
      ${state === "all" ? null : state}, ${error ?? null}, ${model ?? null}, ${account},
      ${from ?? null}::text::date::timestamp at time zone 'utc',
      (${until ?? null}::text::date + 1)::timestamp at time zone 'utc',
      ${at}::text::timestamptz, ${id}, ${limit + 1}) as l`;
  const letters = rows.slice(0, limit).map(({ letter }) => letter);
  const last = letters.at(-1);
  return {
    letters,
    nextCursor: rows.length > limit && last ? encodeCursor([last.died_at, last.job_id]) : null,
  };
}

/** Of the newest open ones. */
export interface DeadLetterCounts {
  open: number;
  open_last_day: number;
  /** By reason and model, the most first. */
  groups: { error_code: FailureCode; model: string; count: number; latest_at: string }[];
}

/** @throws {AppError} not_found for whoever is no operator */
export async function countDeadLetters(sql: Sql): Promise<DeadLetterCounts> {
  const [{ counts }] = await sql<{ counts: DeadLetterCounts }[]>`
    select public.operator_dead_letter_counts() as counts`;
  return counts;
}
