import type { Database } from "../../platform/database.ts";
import type { Session } from "../../platform/request.ts";
import { validationFailed } from "../errors.ts";
import { isUuid } from "../identifiers.ts";
import { MOST_JOBS } from "./dead-letter.ts";

/**
 * Why a job was left as it is. suspended, banned, erased, owes: its person · model_unavailable, input_refused: it cannot run
 * now · discarded, requeued, alive, not_dead, ended: it is no open dead letter · unknown: there is no such job
 */
export const REFUSALS = [
  "suspended",
  "banned",
  "erased",
  "owes",
  "model_unavailable",
  "input_refused",
  "discarded",
  "requeued",
  "alive",
  "not_dead",
  "ended",
  "unknown",
] as const;
export type Refusal = (typeof REFUSALS)[number];

/** What became of one of the jobs that were named; `already`: the same was done before, and `new_job` is what that made. */
export interface Requeued {
  job_id: string;
  outcome: "requeued" | "already" | "refused";
  reason: Refusal | null;
  new_job: string | null;
}

/** `discarded`: its letter is closed · `stopped`: it lived, and ended as failed with all credits back */
export interface Discarded {
  job_id: string;
  outcome: "discarded" | "stopped" | "already" | "refused";
  reason: Refusal | null;
}

/**
 * Tries dead letters again, each as a new job of the same person that we pay for. Asked twice, it answers what it made first.
 * @param jobs ids, 1 to 100
 * @throws {AppError} not_found for whoever is no operator; validation_failed {jobs}
 */
export async function requeueJobs({ db }: { db: Database }, session: Session, jobs: string[]): Promise<Requeued[]> {
  const ids = checkIds(jobs);
  const rows = await db.asUser(
    session.claims,
    (sql) =>
      sql<Requeued[]>`
        select job_id, outcome, reason, new_job from public.operator_requeue_jobs(${ids}::uuid[])`,
  );
  return inOrder(rows, ids);
}

/**
 * Closes dead letters, and ends jobs that still live.
 * @param jobs ids, 1 to 100
 * @throws {AppError} not_found for whoever is no operator; validation_failed {jobs, reason}
 */
export async function discardJobs(
  { db }: { db: Database },
  session: Session,
  { jobs, reason }: { jobs: string[]; reason: string },
): Promise<Discarded[]> {
  const ids = checkIds(jobs);
  const rows = await db.asUser(
    session.claims,
    (sql) =>
      sql<Discarded[]>`
        select job_id, outcome, reason from public.operator_discard_jobs(${ids}::uuid[], ${reason})`,
  );
  return inOrder(rows, ids);
}

/** What is no id would be an error of Postgres. */
function checkIds(jobs: string[]): string[] {
  const ids = [...new Set(jobs.map((job) => job.toLowerCase()))];
  if (ids.length === 0 || ids.length > MOST_JOBS) throw validationFailed({ jobs: `Name 1 to ${MOST_JOBS} jobs.` });
  if (!ids.every(isUuid)) throw validationFailed({ jobs: "Each must be the id of a job." });
  return ids;
}

/** As they were named. */
function inOrder<T extends { job_id: string }>(rows: T[], ids: string[]): T[] {
  const byId = new Map(rows.map((row) => [row.job_id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}
