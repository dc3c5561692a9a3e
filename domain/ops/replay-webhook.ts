import type { Database } from "../../platform/database.ts";
import type { Session } from "../../platform/request.ts";
import { checkEventId } from "./read-webhook-event.ts";

/** queued: a worker will try it at once · already: it was due before */
export type Queued = "queued" | "already";

/**
 * Has an event applied again, whatever became of it before. What had its effect finds nothing left to do, for money is
 * computed from totals.
 *
 * @throws {AppError} not_found
 */
export async function replayWebhook({ db }: { db: Database }, session: Session, id: string): Promise<Queued> {
  const [{ did }] = await db.asUser(
    session.claims,
    (sql) => sql<{ did: Queued }[]>`select public.operator_replay_webhook(${checkEventId(id)}) as did`,
  );
  return did;
}
