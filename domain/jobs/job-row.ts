import type { Sql } from "../../platform/database.ts";
import { type FailureCode, FAILURES } from "./failures.ts";
import type { Job, JobError, JobInput, JobOutput, JobStatus, ModelKind } from "./types.ts";

/** A row of `public.jobs` with its outputs, as `jobColumns` reads it. */
export interface JobRow {
  id: string;
  batch_id: string | null;
  status: JobStatus;
  model: string;
  kind: ModelKind;
  input: JobInput;
  credits_reserved: number;
  credits_charged: number | null;
  covered_by_plan: boolean;
  retry_of: string | null;
  retried_as: string | null;
  attempts: number;
  max_attempts: number;
  run_at: Date;
  error_code: FailureCode | null;
  error_message: string | null;
  created_at: Date;
  started_at: Date | null;
  finished_at: Date | null;
  updated_at: Date;
  outputs: (Omit<JobOutput, "url" | "thumb_url"> & { has_thumb: boolean })[];
}

/** Columns of `public.jobs j`. The outputs come along as one JSON value, so a page of jobs is one query. */
export function jobColumns(sql: Sql) {
  return sql`
    j.id, j.batch_id, j.status, j.model, j.kind, j.input, j.credits_reserved, j.credits_charged, j.covered_by_plan,
    j.retry_of, (select r.id from public.jobs r where r.retry_of = j.id) as retried_as,
    j.attempts, j.max_attempts, j.run_at, j.error_code, j.error_message, j.created_at, j.started_at, j.finished_at, j.updated_at,
    (select coalesce(json_agg(json_build_object('position', o.position, 'content_type', o.content_type,
        'width', o.width, 'height', o.height, 'duration_ms', o.duration_ms, 'bytes', o.bytes,
        'has_thumb', o.thumb_path is not null) order by o.position), '[]')
      from public.job_outputs o where o.job_id = j.id) as outputs`;
}

export function toJob(row: JobRow): Job {
  const waitsForRetry = row.status === "queued" && row.attempts > 0;
  return {
    id: row.id,
    batch_id: row.batch_id,
    status: row.status,
    model: row.model,
    kind: row.kind,
    input: row.input,
    credits: row.credits_charged ?? row.credits_reserved,
    credits_reserved: row.credits_reserved,
    covered_by_plan: row.covered_by_plan,
    retry_of: row.retry_of,
    retried_as: row.retried_as,
    outputs: row.outputs.map(({ has_thumb, ...output }) => {
      const url = `/api/jobs/${row.id}/outputs/${output.position}`;
      return { ...output, url, thumb_url: has_thumb ? `${url}?thumb` : null };
    }),
    error: toJobError(row),
    attempts: row.attempts,
    max_attempts: row.max_attempts,
    retry_at: waitsForRetry ? row.run_at.toISOString() : null,
    run_at: row.run_at.toISOString(),
    created_at: row.created_at.toISOString(),
    started_at: row.started_at?.toISOString() ?? null,
    finished_at: row.finished_at?.toISOString() ?? null,
    updated_at: row.updated_at.toISOString(),
  };
}

function toJobError(row: JobRow): JobError | null {
  const refunded = row.credits_charged === 0;
  if (row.status === "canceled") return { code: "canceled", message: "You canceled this job.", fault: null, refunded };
  if (row.status !== "failed" || row.error_code === null) return null;
  return {
    code: row.error_code,
    message: row.error_message ?? FAILURES[row.error_code].message,
    fault: FAILURES[row.error_code].fault,
    refunded,
  };
}
