import type { Database } from "../../platform/database.ts";
import type { Session } from "../../platform/request.ts";
import { AppError } from "../errors.ts";
import { isUuid } from "../identifiers.ts";
import type { Adjustment } from "./adjustment.ts";

export interface DecideAdjustment {
  id: string;
  approve: boolean;
  /** At most 500 characters; a rejection says why. */
  note: string;
}

/**
 * A second operator decides what the first one asked for. A repeat of the same decision gives the same answer.
 *
 * @returns `failed` when who asked is no operator any more
 * @throws {AppError} not_found; validation_failed {note}; insufficient_credits, which leaves it pending; conflict for
 *   whoever asked or whose account it is, and when it was decided before
 */
export async function decideAdjustment(
  { db }: { db: Database },
  session: Session,
  { id, approve, note }: DecideAdjustment,
): Promise<Adjustment["state"]> {
  if (!isUuid(id)) throw new AppError("not_found");
  const [{ state }] = await db.asUser(
    session.claims,
    (sql) =>
      sql<{ state: Adjustment["state"] }[]>`select state from public.decide_adjustment(${id}, ${approve}, ${note})`,
  );
  return state;
}
