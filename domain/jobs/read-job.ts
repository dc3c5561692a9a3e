import { isUuid } from "../identifiers.ts";
import { jobColumns, type JobRow, toJob } from "./job-row.ts";
import type { Job } from "./types.ts";
import type { Sql } from "../../platform/database.ts";

/** One job of the person whose transaction this is; null for unknown ids and for those of others alike. */
export async function readJob(sql: Sql, id: string): Promise<Job | null> {
  if (!isUuid(id)) return null;
  const [row] = await sql<JobRow[]>`select ${jobColumns(sql)} from public.jobs j where j.id = ${id}`;
  return row ? toJob(row) : null;
}
