import type { Sql } from "../../platform/database.ts";
import { isUuid } from "../identifiers.ts";
import { jobColumns, type JobRow, toJob } from "./job-row.ts";
import type { JobWaits, JobWithStory } from "./types.ts";

/** One job of the person whose transaction this is; null for unknown ids and for those of others alike. */
export async function readJob(sql: Sql, id: string): Promise<JobWithStory | null> {
  if (!isUuid(id)) return null;
  const [row] = await sql<(JobRow & { story: Pick<JobWithStory, "timeline" | "waits"> })[]>`
    select ${jobColumns(sql)}, public.job_story(j.id) as story from public.jobs j where j.id = ${id}`;
  if (!row) return null;
  const { timeline, waits } = row.story;
  return {
    ...toJob(row),
    timeline: timeline.map((line) => ({ ...line, at: iso(line.at), retry_at: line.retry_at && iso(line.retry_at) })),
    waits: waits && toWaits(waits),
  };
}

function toWaits(waits: JobWaits): JobWaits {
  return { ...waits, until: waits.until && iso(waits.until) };
}

/** As the API writes times everywhere; Postgres writes more digits. */
function iso(time: string): string {
  return new Date(time).toISOString();
}
