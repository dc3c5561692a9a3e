import { forEachAtMost } from "../../platform/concurrency.ts";
import type { Database } from "../../platform/database.ts";
import { checkAttempt } from "./check-attempt.ts";
import {
  beatWorker,
  type CanceledAttempt,
  canceledAttempts,
  claimJobs,
  type DueAttempt,
  dueAttempts,
  markCancelSent,
} from "./engine.ts";
import { startAttempt } from "./start-attempt.ts";
import type { WorkerServices } from "./worker-services.ts";

export interface WorkerOptions {
  /** Who beats; one name per deployment form, not per process, so that the table stays small. */
  worker: string;
  /** Jobs taken in one tick, and provider calls under way at once. */
  limit?: number;
}

export interface WorkerSummary {
  started: number;
  checked: number;
  canceled: number;
  /** Jobs of which something threw; the next tick finds them again. */
  errors: number;
}

/**
 * One tick of the worker: starts queued jobs, looks after attempts that are due, and cancels predictions
 * that nobody wants. Everything it knows is in the database, so ticks may overlap, in one process or many,
 * and may be killed at any line.
 */
export async function runWorker(services: WorkerServices, options: WorkerOptions): Promise<WorkerSummary> {
  const { worker, limit = 8 } = options;
  const { db } = services;
  let errors = 0;
  // One job's trouble is its own.
  const each = <T extends { job_id: string; attempt_id: string }>(items: T[], act: (item: T) => Promise<void>) =>
    forEachAtMost(limit, items, async (item) => {
      try {
        await act(item);
      } catch (error) {
        errors++;
        services.log.error("a job could not be worked on", { job_id: item.job_id, attempt_id: item.attempt_id, error });
      }
    });

  // First what somebody waits for.
  const claimed = await db.asService((sql) => claimJobs(sql, worker, limit));
  await each(claimed, (job) => startAttempt(services, job));
  const { due, unwanted } = await lookAround(db, worker, limit);
  await each(due, (attempt) => checkAttempt(services, attempt));
  await each(unwanted, (attempt) => cancelAtProvider(services, attempt));
  return { started: claimed.length, checked: due.length, canceled: unwanted.length, errors };
}

/**
 * Ticks until there is nothing left to do or the time is up. Stops after a tick with errors too: what just
 * failed would fail again at once, and the schedule brings it back.
 */
export async function drainQueue(
  services: WorkerServices,
  { timeLimitMs, ...options }: WorkerOptions & { timeLimitMs: number },
): Promise<WorkerSummary> {
  const until = Date.now() + timeLimitMs;
  const total: WorkerSummary = { started: 0, checked: 0, canceled: 0, errors: 0 };
  let tick: WorkerSummary;
  do {
    tick = await runWorker(services, options);
    for (const key of Object.keys(total) as (keyof WorkerSummary)[]) total[key] += tick[key];
  } while (tick.started + tick.checked + tick.canceled > 0 && tick.errors === 0 && Date.now() < until);
  return total;
}

async function lookAround(db: Database, worker: string, limit: number) {
  return await db.asService(async (sql) => {
    // Sent together, answered in order.
    const [, due, unwanted] = await Promise.all([
      beatWorker(sql, worker, {}),
      dueAttempts(sql, limit),
      canceledAttempts(sql, limit),
    ]);
    return { due, unwanted } satisfies { due: DueAttempt[]; unwanted: CanceledAttempt[] };
  });
}

async function cancelAtProvider({ replicate, db }: WorkerServices, attempt: CanceledAttempt): Promise<void> {
  await replicate.cancelPrediction(attempt.prediction_id);
  await db.asService((sql) => markCancelSent(sql, attempt.attempt_id));
}
