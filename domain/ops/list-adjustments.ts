import { z } from "zod";
import type { Sql } from "../../platform/database.ts";
import { decodeCursor, encodeCursor } from "../pages.ts";
import type { Adjustment } from "./adjustment.ts";

/** As Postgres writes a timestamptz into JSON, to the microsecond. It knows no year 0. */
const position = z.tuple([z.iso.datetime({ offset: true }).refine((at) => !at.startsWith("0000")), z.uuid()]);

export interface AdjustmentPage {
  adjustments: Adjustment[];
  nextCursor: string | null;
}

/**
 * Those that wait, the oldest first; or those decided, the latest first.
 * @throws {AppError} not_found for whoever is no operator; validation_failed {cursor}
 */
export async function listAdjustments(
  sql: Sql,
  { pending, limit, cursor }: { pending: boolean; limit: number; cursor?: string },
): Promise<AdjustmentPage> {
  const [at, id] = cursor ? decodeCursor(cursor, position) : [null, null];
  const rows = await sql<{ adjustment: Adjustment }[]>`
    select a as adjustment
    from public.operator_adjustments(${pending}, ${at}::text::timestamptz, ${id}, ${limit + 1}) as a`;
  const adjustments = rows.slice(0, limit).map(({ adjustment }) => adjustment);
  const last = adjustments.at(-1);
  const place = last && [pending ? last.requested_at : last.decided_at!, last.id];
  return { adjustments, nextCursor: rows.length > limit && place ? encodeCursor(place) : null };
}
