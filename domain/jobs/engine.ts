/**
 * The SQL verbs of the job engine, typed. What each of them guarantees is written beside its definition, in
 * `supabase/migrations/*_jobs_*.sql` and `*_webhooks_inbox.sql`. Each is one statement that may be sent twice: what names an
 * attempt changes nothing the second time, and a claim whose answer got lost is found by its lease.
 */
import type { Clock } from "../../platform/clock.ts";
import type { Database, Sql } from "../../platform/database.ts";
import { storableJson } from "../../platform/storable-json.ts";
import { together } from "../../platform/together.ts";
import type { AttemptFailure } from "./failures.ts";
import type { ProviderInputMap } from "./provider-input.ts";
import type { JobInput, ModelKind } from "./types.ts";

type Engine = Pick<Database, "onceAsService">;

/** A job taken out of line, with the attempt that now stands for it. */
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
  /** Null: whoever asked the provider heard nothing, or is gone. */
  prediction_id: string | null;
  started_at: Date;
}

export interface AttemptOfPrediction {
  attempt_id: string;
  job_id: string;
  user_id: string;
  kind: ModelKind;
  outputs_requested: number;
}

/** An output that lies in storage already. */
export interface CompletedOutput {
  position: number;
  path: string;
  content_type: string;
  bytes: number;
  /** Hex. */
  sha256: string;
  /** Pixels; null for what has none, or does not say. */
  width: number | null;
  height: number | null;
  duration_ms: number | null;
  thumb_path: string | null;
  thumb_bytes: number | null;
}

/** What the provider counted; it prices some models by it. */
export interface Metrics {
  /** Those that it made, delivered or not. */
  outputs: number;
  predict_seconds?: number;
  input_tokens?: number;
  output_tokens?: number;
}

/** How the provider ended a prediction, and what it counted. */
export interface Ended {
  status: string;
  metrics: Metrics;
}

/** Everything there is to do for a worker that has asked. */
export interface Turn {
  jobs: ClaimedJob[];
  due: DueAttempt[];
  unwanted: CanceledAttempt[];
  /** Until something becomes due by itself; null when nothing will. */
  nextMs: number | null;
  /** Tasks outside of the engine wait: mails, charges, failed events. */
  tasks: boolean;
  checkpoints: boolean;
}

export interface Asking {
  worker: string;
  /** Jobs it can start now. */
  limit: number;
  concurrency: number;
  running: number;
}

/** All that a worker has to ask, and its heartbeat. */
export async function takeTurn(db: Engine, { worker, limit, concurrency, running }: Asking): Promise<Turn> {
  const { turn } = await db.onceAsService((sql) =>
    sql<{ turn: WrittenTurn }[]>`select private.take_turn(${worker}, ${limit}, ${concurrency}, ${running}) as turn`
  );
  return {
    jobs: turn.jobs.map((job) => ({ ...job, deadline_at: new Date(job.deadline_at) })),
    due: turn.due.map((attempt) => ({
      ...attempt,
      started_at: new Date(attempt.started_at),
      deadline_at: new Date(attempt.deadline_at),
    })),
    unwanted: turn.unwanted.map((attempt) => ({ ...attempt, started_at: new Date(attempt.started_at) })),
    nextMs: turn.next_ms,
    tasks: turn.tasks,
    checkpoints: turn.checkpoints,
  };
}

/** As JSON has it. */
interface WrittenTurn extends Pick<Turn, "tasks" | "checkpoints"> {
  jobs: (Omit<ClaimedJob, "deadline_at"> & { deadline_at: string })[];
  due: (Omit<DueAttempt, "started_at" | "deadline_at"> & { started_at: string; deadline_at: string })[];
  unwanted: (Omit<CanceledAttempt, "started_at"> & { started_at: string })[];
  next_ms: number | null;
}

/** Only the next jobs in line: what a busy worker asks. */
export async function claimJobs(
  db: Pick<Database, "allAsService">,
  worker: string,
  limit: number,
): Promise<ClaimedJob[]> {
  return await db.allAsService((sql) => sql<ClaimedJob[]>`select * from private.claim_jobs(${worker}, ${limit})`);
}

export async function recordPrediction(
  db: Engine,
  attempt: string,
  { id, status, streamUrl }: { id: string; status: string; streamUrl: string | null },
): Promise<boolean> {
  const { current } = await db.onceAsService((sql) =>
    sql<{ current: boolean }[]>`select private.record_prediction(${attempt}, ${id}, ${status}, ${streamUrl}) as current`
  );
  return current;
}

interface Completion {
  attempt: string;
  outputs: CompletedOutput[];
  metrics: Metrics;
}

type CompletionOutcome = "settled" | "already" | "late";

/**
 * Of one transaction. A connection may be dead without a word, and TCP finds out after minutes; half a second is far more than
 * a hundred completions take.
 */
const TOGETHER = { most: 100, patienceMs: 500 };
const completers = new WeakMap<object, (completion: Completion) => Promise<CompletionOutcome>>();

/** Each with its settlement; those that end at the same time share a transaction. */
export async function completeJob(
  { clock, db }: { clock: Clock; db: Pick<Database, "allAsService"> },
  completion: Completion,
): Promise<CompletionOutcome> {
  let complete = completers.get(db);
  if (!complete) {
    complete = together((group) => completeJobs(db, group), { clock, ...TOGETHER });
    completers.set(db, complete);
  }
  return await complete(completion);
}

async function completeJobs(db: Pick<Database, "allAsService">, group: Completion[]): Promise<CompletionOutcome[]> {
  const rows = await db.allAsService((sql) =>
    sql<{ attempt_id: string; outcome: CompletionOutcome }[]>`
      select attempt_id, outcome from private.complete_jobs(${storableJson(group)}::text::jsonb)`
  );
  const outcomes = new Map(rows.map(({ attempt_id, outcome }) => [attempt_id, outcome]));
  return group.map(({ attempt }) => outcomes.get(attempt)!);
}

/** @param ended how the provider ended the attempt's prediction, if it did */
export async function failAttempt(db: Engine, attempt: string, failure: AttemptFailure, ended: Ended | null = null) {
  const { code, message, retry, retryAfterSeconds } = failure;
  const metrics = ended && storableJson(ended.metrics);
  const { outcome } = await db.onceAsService((sql) =>
    sql<{ outcome: "retrying" | "failed" | "late" }[]>`
      select private.fail_attempt(${attempt}, ${code}, ${message}, ${retry}, ${retryAfterSeconds}, ${
      ended && ended.status
    }, ${metrics}::text::jsonb) as outcome`
  );
  return outcome;
}

/** Back into line without having lost a try: the provider's limits did not let it begin. */
export async function handBack(db: Engine, attempt: string, seconds: number) {
  const { outcome } = await db.onceAsService((sql) =>
    sql<{ outcome: "retrying" | "failed" | "late" }[]>`select private.hand_back(${attempt}, ${seconds}) as outcome`
  );
  return outcome;
}

/** Writes down, once, what came of an attempt that had been given up. False when it was current, or is on record already. */
export async function noteLate(db: Engine, attempt: string, { status, metrics }: Ended): Promise<boolean> {
  const { noted } = await db.onceAsService((sql) =>
    sql<{ noted: boolean }[]>`select private.note_late(${attempt}, ${status}, ${metrics.outputs}, ${
      storableJson(metrics)
    }::text::jsonb) as noted`
  );
  return noted;
}

/** The prediction of an attempt that nobody wants runs no more. */
export async function markCancelSent(db: Engine, attempt: string): Promise<void> {
  await db.onceAsService((sql) => sql`select private.mark_cancel_sent(${attempt})`);
}

/** The provider has no prediction of an attempt that nobody wants. */
export async function markNeverCreated(db: Engine, attempt: string): Promise<void> {
  await db.onceAsService((sql) => sql`select private.mark_never_created(${attempt})`);
}

export async function attemptForPrediction(db: Engine, prediction: string): Promise<AttemptOfPrediction | null> {
  const found = await db.onceAsService((sql) =>
    sql<AttemptOfPrediction[]>`select * from private.attempt_for_prediction(${prediction})`
  ) as AttemptOfPrediction | undefined;
  return found ?? null;
}

/** Whether the attempt still counts; if so, the poller leaves it alone for another lease. */
export async function extendLease(db: Engine, attempt: string): Promise<boolean> {
  const { current } = await db.onceAsService((sql) =>
    sql<{ current: boolean }[]>`select private.extend_lease(${attempt}) as current`
  );
  return current;
}

/** A worker lives, though it has no place to ask for more. */
export async function beatWorker(db: Engine, { worker, concurrency, running }: Omit<Asking, "limit">): Promise<void> {
  await db.onceAsService((sql) => sql`select private.beat_worker(${worker}, ${concurrency}, ${running})`);
}

/** A worker that has nothing under way any more is gone from the list at once. */
export async function retireWorker(db: Engine, worker: string): Promise<void> {
  await db.onceAsService((sql) => sql`select private.retire_worker(${worker})`);
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
