import type { Database } from "../../platform/database.ts";
import type { Session } from "../../platform/request.ts";
import { AppError } from "../errors.ts";
import { isUuid } from "../identifiers.ts";
import { readJob } from "./read-job.ts";
import type { JobWithStory } from "./types.ts";

/**
 * Ends a live job and returns its reservation; a job that has ended stays as it is, so asking twice is fine.
 *
 * @throws {AppError} not_found, for jobs of others too
 */
export async function cancelJob({ db }: { db: Database }, session: Session, id: string): Promise<JobWithStory> {
  if (!isUuid(id)) throw new AppError("not_found");
  return await db.asUser(session.claims, async (sql) => {
    await sql`select public.cancel_job(${id})`;
    const job = await readJob(sql, id);
    if (!job) throw new AppError("not_found");
    return job;
  });
}
