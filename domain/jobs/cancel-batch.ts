import type { Database } from "../../platform/database.ts";
import type { Session } from "../../platform/request.ts";
import { AppError } from "../errors.ts";
import { readBatch } from "./read-batch.ts";
import { type Batch, hasEnded } from "./types.ts";

/**
 * Ends what lives of a batch and returns its reservations; what has ended stays as it is, so asking twice is fine.
 *
 * Each job in a transaction of its own: one for all would hold the account while it waits for jobs that a worker is just
 * settling. The last ones first, so that an end does not let into line what is canceled next.
 *
 * @throws {AppError} not_found, for batches of others too
 */
export async function cancelBatch({ db }: { db: Database }, session: Session, id: string): Promise<Batch> {
  const read = () => db.asUser(session.claims, (sql) => readBatch(sql, id));
  const batch = await read();
  if (!batch) throw new AppError("not_found");
  for (const job of batch.jobs.toReversed()) {
    if (!hasEnded(job.status)) await db.asUser(session.claims, (sql) => sql`select public.cancel_job(${job.id})`);
  }
  return (await read())!;
}
