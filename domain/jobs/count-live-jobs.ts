import type { Sql } from "../../platform/database.ts";

/** How many jobs of the person whose transaction this is are queued or running. */
export async function countLiveJobs(sql: Sql): Promise<number> {
  const [{ live }] = await sql<[{ live: number }]>`
    select count(*)::integer as live from public.jobs where status in ('queued', 'running')`;
  return live;
}
