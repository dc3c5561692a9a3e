/**
 * The SQL verbs of the job engine, typed. What each of them guarantees is written beside its definition,
 * in `supabase/migrations/*_jobs_engine.sql` and `*_webhooks_inbox.sql`.
 */
import type { Sql } from "../../platform/database.ts";
import { storableJson } from "../../platform/storable-json.ts";
import type { AttemptFailure } from "./failures.ts";
import type { ProviderInputMap } from "./provider-input.ts";
import type { JobInput, ModelKind } from "./types.ts";

/** A job taken off the queue, with the attempt that now stands for it. */
export interface ClaimedJob {
  attempt_id: string;
  job_id: string;
  user_id: string;
  number: number;
  model: string;
  kind: ModelKind;
  provider_model: string;
  provider_version: string | null;
  provider_input: ProviderInputMap;
  input: JobInput;
  outputs_requested: number;
  deadline_at: Date;
}

export interface DueAttempt {
  attempt_id: string;
  job_id: string;
  /** Null: the worker stopped between writing the intent and hearing from the provider. */
  prediction_id: string | null;
  started_at: Date;
  deadline_at: Date;
  overdue: boolean;
}

export interface CanceledAttempt {
  attempt_id: string;
  job_id: string;
  prediction_id: string;
}

export interface AttemptOfPrediction {
  attempt_id: string;
  job_id: string;
  user_id: string;
  outputs_requested: number;
}

/** An output that lies in storage already. */
export interface CompletedOutput {
  position: number;
  path: string;
  content_type: string;
  bytes: number;
  sha256: string;
  width: number;
  height: number;
}

export async function claimJobs(sql: Sql, worker: string, limit: number): Promise<ClaimedJob[]> {
  return await sql<ClaimedJob[]>`select * from private.claim_jobs(${worker}, ${limit})`;
}

export async function recordPrediction(sql: Sql, attempt: string, prediction: string, status: string) {
  const [{ current }] = await sql<{ current: boolean }[]>`
    select private.record_prediction(${attempt}, ${prediction}, ${status}) as current`;
  return current;
}

export async function completeJob(sql: Sql, attempt: string, outputs: CompletedOutput[], metrics: object) {
  const [{ outcome }] = await sql<{ outcome: "settled" | "already" | "late" }[]>`
    select private.complete_job(${attempt}, ${sql.json(outputs as never)}, ${sql.json(metrics as never)}) as outcome`;
  return outcome;
}

export async function failAttempt(sql: Sql, attempt: string, failure: AttemptFailure) {
  const { code, message, retry, retryAfterSeconds } = failure;
  const [{ outcome }] = await sql<{ outcome: "retrying" | "failed" | "late" }[]>`
    select private.fail_attempt(${attempt}, ${code}, ${message}, ${retry}, ${retryAfterSeconds}) as outcome`;
  return outcome;
}

export async function dueAttempts(sql: Sql, limit: number): Promise<DueAttempt[]> {
  return await sql<DueAttempt[]>`select * from private.due_attempts(${limit})`;
}

export async function canceledAttempts(sql: Sql, limit: number): Promise<CanceledAttempt[]> {
  return await sql<CanceledAttempt[]>`select * from private.canceled_attempts(${limit})`;
}

export async function markCancelSent(sql: Sql, attempt: string): Promise<void> {
  await sql`select private.mark_cancel_sent(${attempt})`;
}

export async function attemptForPrediction(sql: Sql, prediction: string): Promise<AttemptOfPrediction | null> {
  const [attempt] = await sql<AttemptOfPrediction[]>`select * from private.attempt_for_prediction(${prediction})`;
  return attempt ?? null;
}

/** Whether the attempt still counts; if so, the poller leaves it alone for that long. */
export async function extendLease(sql: Sql, attempt: string, seconds: number): Promise<boolean> {
  const [{ current }] = await sql<{ current: boolean }[]>`
    select private.extend_lease(${attempt}, ${seconds}) as current`;
  return current;
}

export async function beatWorker(sql: Sql, worker: string, detail: object): Promise<void> {
  await sql`select private.beat_worker(${worker}, ${sql.json(detail as never)})`;
}

export async function receiveWebhook(sql: Sql, eventId: string, type: string, payload: unknown) {
  const [{ state }] = await sql<{ state: "new" | "retry" | "done" }[]>`
    select private.receive_webhook('replicate', ${eventId}, ${type}, ${storableJson(payload)}::text::jsonb) as state`;
  return state;
}

export async function finishWebhook(
  sql: Sql,
  eventId: string,
  verdict: "applied" | "ignored" | "failed",
  error: string | null = null,
): Promise<void> {
  await sql`select private.finish_webhook('replicate', ${eventId}, ${verdict}, ${error})`;
}
