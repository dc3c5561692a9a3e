import { z } from "zod";
import type { Sql } from "../../platform/database.ts";
import { validationFailed } from "../errors.ts";
import { decodeCursor, encodeCursor, exactTime, type PageRequest, pageRequest, selectExactTime } from "../pages.ts";
import { isUuid } from "../identifiers.ts";
import { jobColumns, type JobRow, toJob } from "./job-row.ts";
import { type Job, JOB_STATUSES, type JobStatus } from "./types.ts";

export interface ListJobs extends Partial<PageRequest> {
  /** `live` is queued and running together. */
  status?: JobStatus | "live" | null;
}

export interface JobPage {
  /** Newest first. */
  jobs: Job[];
  /** Towards older jobs; null on the last page. */
  nextCursor: string | null;
  /** Towards newer jobs; null on the first page. */
  previousCursor: string | null;
}

const STATUS_FILTERS = [...JOB_STATUSES, "live"] as const;

/** What a query string asks for. @throws {AppError} validation_failed */
export function parseListJobs(query: URLSearchParams): ListJobs {
  const status = z.enum(STATUS_FILTERS).nullable().safeParse(query.get("status") || null);
  if (!status.success) throw validationFailed({ status: `must be one of ${STATUS_FILTERS.join(", ")}` });
  return { ...pageRequest(query), status: status.data };
}

/** The jobs of the person whose transaction this is, in one query. @throws {AppError} validation_failed */
export async function listJobs(sql: Sql, { limit = 20, cursor, status = null }: ListJobs): Promise<JobPage> {
  const position = cursor ? decodeCursor(cursor, cursorShape) : null;
  const isBackward = position?.[2] === "newer";
  const ofStatus = status === null ? sql`true` : sql`j.status = any (${statusesOf(status)}::text[])`;
  const order = isBackward ? sql`j.created_at, j.id` : sql`j.created_at desc, j.id desc`;

  const rows = await sql<(JobRow & { cursor_at: string })[]>`
    select ${jobColumns(sql)},
      ${selectExactTime(sql, "j.created_at")} as cursor_at
    from public.jobs j
    where ${ofStatus} and ${position ? beyond(sql, position) : sql`true`}
    order by ${order}
    limit ${limit + 1}`;

  // One row more than asked for says whether there is another page in this direction.
  const hasMore = rows.length > limit;
  const page = rows.slice(0, limit);
  if (isBackward) page.reverse();
  const [first, last] = [page.at(0), page.at(-1)];
  const hasOlder = isBackward || hasMore;
  const hasNewer = isBackward ? hasMore : position !== null;
  return {
    jobs: page.map(toJob),
    nextCursor: last && hasOlder ? encodeCursor([last.cursor_at, last.id, "older"]) : null,
    previousCursor: first && hasNewer ? encodeCursor([first.cursor_at, first.id, "newer"]) : null,
  };
}

function statusesOf(status: JobStatus | "live"): JobStatus[] {
  return status === "live" ? ["queued", "running"] : [status];
}

/** created_at, id, and the direction in which the page lies from there. */
const cursorShape = z.tuple([
  exactTime,
  z.string().refine(isUuid),
  z.enum(["older", "newer"]),
]);

function beyond(sql: Sql, [at, id, direction]: z.output<typeof cursorShape>) {
  const start = sql`(${at}::text::timestamptz, ${id}::uuid)`;
  return direction === "newer" ? sql`(j.created_at, j.id) > ${start}` : sql`(j.created_at, j.id) < ${start}`;
}
