import type { Sql } from "../../platform/database.ts";
import { isUuid } from "../identifiers.ts";
import { jobColumns, type JobRow, toJob } from "./job-row.ts";
import { type Batch, hasEnded, JOB_STATUSES, type JobStatus } from "./types.ts";

interface BatchRow {
  id: string;
  model: string;
  size: number;
  credits_reserved: number;
  created_at: Date;
}

/** One batch of the person whose transaction this is; null for unknown ids and for those of others alike. */
export async function readBatch(sql: Sql, id: string): Promise<Batch | null> {
  if (!isUuid(id)) return null;
  const [row] = await sql<BatchRow[]>`
    select id, model, size, credits_reserved, created_at from public.job_batches where id = ${id}`;
  if (!row) return null;
  const jobs = (await sql<JobRow[]>`
    select ${jobColumns(sql)} from public.jobs j where j.batch_id = ${id} order by ${asAsked(sql)}`).map(toJob);
  const counts = Object.fromEntries(JOB_STATUSES.map((status) => [
    status,
    jobs.filter((job) => job.status === status).length,
  ])) as Record<JobStatus, number>;
  return {
    id: row.id,
    model: row.model,
    size: row.size,
    counts,
    credits_reserved: row.credits_reserved,
    credits_charged: jobs.reduce((sum, job) => sum + (hasEnded(job.status) ? job.credits : 0), 0),
    jobs,
    ended: jobs.every(({ status }) => hasEnded(status)),
    created_at: row.created_at.toISOString(),
  };
}

/** In the order of their inputs. */
export async function jobIdsOfBatch(sql: Sql, id: string): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select j.id from public.jobs j where j.batch_id = ${id} order by ${asAsked(sql)}`;
  return rows.map((row) => row.id);
}

/** One transaction wrote them all, so their times are equal; the first lines of their stories were numbered one by one. */
function asAsked(sql: Sql) {
  return sql`(select min(e.id) from public.job_events e where e.job_id = j.id)`;
}
