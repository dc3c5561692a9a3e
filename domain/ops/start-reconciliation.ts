import type { Database } from "../../platform/database.ts";
import type { Session } from "../../platform/request.ts";
import { validationFailed } from "../errors.ts";
import type { Queued } from "./replay-webhook.ts";

/** Days that can be looked back; Stripe keeps its events for as long. */
const MOST_DAYS = 30;

/**
 * Has a worker compare Stripe's lists of the last days with what we have, and mend what differs.
 *
 * @returns `already` when one over as many days waits or runs
 * @throws {AppError} not_found for whoever is no operator; validation_failed {days}
 */
export async function startReconciliation(
  { db }: { db: Database },
  session: Session,
  days: number,
): Promise<Queued> {
  if (!Number.isInteger(days)) throw validationFailed({ days: "must be a whole number" });
  // What does not fit an int is refused by the database like any number above the limit.
  const asked = Math.min(Math.max(days, 0), MOST_DAYS + 1);
  const [{ did }] = await db.asUser(
    session.claims,
    (sql) => sql<{ did: Queued }[]>`select public.operator_start_reconciliation(${asked}::int) as did`,
  );
  return did;
}
