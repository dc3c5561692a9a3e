import type { Database } from "../../platform/database.ts";
import type { Session } from "../../platform/request.ts";
import { validationFailed } from "../errors.ts";
import { requestHash } from "../idempotency.ts";
import type { Adjustment } from "./adjustment.ts";
import { findAccount } from "./find-account.ts";

export interface RequestAdjustment {
  /** Id of an account or e-mail address of a person. */
  user: string;
  /** Credits, signed, not zero. */
  amount: number;
  /** 10 to 500 characters; the customer reads it too. */
  reason: string;
  /** Same key and same request: the first one, as it stands now. */
  idempotencyKey?: string;
}

export type RequestedAdjustment = Pick<Adjustment, "id" | "state" | "entry_seq">;

/**
 * Corrects an account: at once, or when another operator has approved.
 *
 * @throws {AppError} not_found for whoever is no operator; validation_failed {user, amount, reason},
 *   insufficient_credits, idempotency_conflict
 */
export async function requestAdjustment(
  { db }: { db: Database },
  session: Session,
  { user, amount, reason, idempotencyKey }: RequestAdjustment,
): Promise<RequestedAdjustment> {
  const hash = idempotencyKey === undefined ? null : await requestHash({ user, amount, reason });
  return await db.asUser(session.claims, async (sql) => {
    const account = await findAccount(sql, user);
    if (!account) throw validationFailed({ user: "There is no such account." });
    const [asked] = await sql<RequestedAdjustment[]>`
      select adjustment_id as id, state, entry_seq
      from public.request_adjustment(${account}, ${amount}, ${reason}, ${idempotencyKey ?? null}, ${hash})`;
    return asked;
  });
}
