import type { Sql } from "../../platform/database.ts";
import { AppError } from "../errors.ts";
import { isUuid } from "../identifiers.ts";
import type { DeadLetter } from "./dead-letter.ts";
import type { JobFacts } from "./read-entry.ts";

/** A line of a job's timeline, with what only operators see of it. */
export interface JobEvent {
  id: number;
  at: string;
  event: string;
  actor: "customer" | "worker" | "provider" | "operator" | "system";
  attempt: number | null;
  reason: string | null;
  detail: Record<string, unknown> | null;
}

/** An entry that a job led to. Credits. */
export interface JobEntry {
  seq: number;
  kind: "grant" | "settle" | "expiry";
  amount: number;
  balance_after: number;
  counter_account: string;
  ref: string;
  created_at: string;
}

/** A job as operators see it: without what the customer wrote and what was made. Times are ISO 8601, money µUSD. */
export interface JobStory extends JobFacts {
  user_id: string;
  email: string | null;
  batch_id: string | null;
  priority: -1 | 0 | 1;
  run_at: string;
  max_attempts: number;
  error_message: string | null;
  covered_by_plan: boolean;
  retry_of: string | null;
  retried_as: string | null;
  /** Where it stands while it is queued. */
  line: { waits_for: "time" | "turn" | null; place: number | null; run_at: string } | null;
  /** Who works on it while it runs. */
  lease: { worker: string; next_check_at: string; deadline_at: string; checks: number } | null;
  dead_letter: DeadLetter | null;
  /** What the provider charges for all tries; null while nothing is known. */
  cost_micros: number | null;
  /** At list price, and nothing for what we paid ourselves; null while it lives. */
  revenue_micros: number | null;
  margin_micros: number | null;
  predictions: {
    number: number;
    prediction_id: string | null;
    metrics: Record<string, unknown> | null;
    error_message: string | null;
    cancel_wanted_at: string | null;
    cancel_sent_at: string | null;
  }[];
  entries: JobEntry[];
  events: JobEvent[];
}

/** @throws {AppError} not_found */
export async function readJobStory(sql: Sql, id: string): Promise<JobStory> {
  if (!isUuid(id)) throw new AppError("not_found");
  const [{ job }] = await sql<{ job: JobStory }[]>`select public.operator_job(${id}) as job`;
  return job;
}
