import type { Sql } from "../../platform/database.ts";

/** How many jobs of the person whose transaction this is are queued or running. */
export async function countLiveJobs(sql: Sql): Promise<number> {
  const [{ live }] = await sql<[{ live: number }]>`select public.count_live_jobs() as live`;
  return live;
}
