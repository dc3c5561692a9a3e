import type { Database } from "../../platform/database.ts";
import type { Session } from "../../platform/request.ts";
import { AppError } from "../errors.ts";
import type { Queued } from "./replay-webhook.ts";

/**
 * One more try of a task that failed, or that waits for its next one.
 * @throws {AppError} not_found; conflict when it is done
 */
export async function retryTask({ db }: { db: Database }, session: Session, id: string): Promise<Queued> {
  if (!/^[1-9]\d{0,14}$/.test(id)) throw new AppError("not_found");
  const [{ did }] = await db.asUser(
    session.claims,
    (sql) => sql<{ did: Queued }[]>`select public.operator_retry_task(${Number(id)}) as did`,
  );
  return did;
}
