import { z } from "zod";
import type { Sql } from "../../platform/database.ts";
import { AppError, validationFailed } from "../errors.ts";
import { isUuid } from "./identifiers.ts";
import { jobColumns, type JobRow, toJob } from "./job-row.ts";
import { type Job, JOB_STATUSES, type JobStatus } from "./types.ts";

export interface ListJobs {
  /** 1–100. */
  limit?: number;
  /** From a page before; opaque. */
  cursor?: string | null;
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

/** The parts of a query string that choose a page. @throws {AppError} validation_failed */
export function parseListJobs(query: URLSearchParams): Required<ListJobs> {
  const limit = z.coerce.number().int().min(1).max(100).safeParse(query.get("limit") ?? 20);
  if (!limit.success) throw validationFailed({ limit: "Send a whole number from 1 to 100." });
  const status = z.enum(STATUS_FILTERS).nullable().safeParse(query.get("status") || null);
  if (!status.success) throw validationFailed({ status: `Choose one of ${STATUS_FILTERS.join(", ")}.` });
  return { limit: limit.data, status: status.data, cursor: query.get("cursor") || null };
}

/** The jobs of the person whose transaction this is, in one query. @throws {AppError} validation_failed */
export async function listJobs(sql: Sql, { limit = 20, cursor = null, status = null }: ListJobs): Promise<JobPage> {
  const from = cursor === null ? null : decodeCursor(cursor);
  const isBackward = from?.direction === "newer";
  const statuses = status === "live" ? ["queued", "running"] : status === null ? null : [status];

  // `::text::timestamptz`: the driver would send a timestamp through a Date and lose its microseconds.
  const rows = await sql<(JobRow & { cursor_at: string })[]>`
    select ${jobColumns(sql)},
      to_char(j.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as cursor_at
    from public.jobs j
    where true
      ${statuses ? sql`and j.status = any (${statuses}::text[])` : sql``}
      ${!from ? sql`` : isBackward
        ? sql`and (j.created_at, j.id) > (${from.at}::text::timestamptz, ${from.id}::uuid)`
        : sql`and (j.created_at, j.id) < (${from.at}::text::timestamptz, ${from.id}::uuid)`}
    order by ${isBackward ? sql`j.created_at, j.id` : sql`j.created_at desc, j.id desc`}
    limit ${limit + 1}`;

  // One row more than asked for says whether there is another page in this direction.
  const hasMore = rows.length > limit;
  const page = rows.slice(0, limit);
  if (isBackward) page.reverse();
  const [first, last] = [page.at(0), page.at(-1)];
  const hasOlder = isBackward || hasMore;
  const hasNewer = isBackward ? hasMore : from !== null;
  return {
    jobs: page.map(toJob),
    nextCursor: last && hasOlder ? encodeCursor({ at: last.cursor_at, id: last.id, direction: "older" }) : null,
    previousCursor: first && hasNewer ? encodeCursor({ at: first.cursor_at, id: first.id, direction: "newer" }) : null,
  };
}

interface Cursor {
  /** created_at with microseconds. */
  at: string;
  id: string;
  direction: "older" | "newer";
}

const cursorSchema = z.tuple([
  z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/).refine((at) => !Number.isNaN(Date.parse(at))),
  z.string().refine(isUuid),
  z.enum(["older", "newer"]),
]);

function encodeCursor({ at, id, direction }: Cursor): string {
  return new TextEncoder().encode(JSON.stringify([at, id, direction])).toBase64({ alphabet: "base64url", omitPadding: true });
}

function decodeCursor(text: string): Cursor {
  try {
    const json = new TextDecoder().decode(Uint8Array.fromBase64(text, { alphabet: "base64url" }));
    const [at, id, direction] = cursorSchema.parse(JSON.parse(json));
    return { at, id, direction };
  } catch (cause) {
    const fields = { cursor: "This cursor is not one of ours; start at the first page." };
    throw new AppError("validation_failed", { fields, cause });
  }
}
