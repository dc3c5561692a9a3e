import type { Prediction } from "../../platform/replicate.ts";
import {
  attemptForPrediction,
  type AttemptOfPrediction,
  type CompletedOutput,
  completeJob,
  type Ended,
  extendLease,
  failAttempt,
  noteLate,
} from "./engine.ts";
import { type AttemptFailure, failure, failureFromProvider } from "./failures.ts";
import { storeOutputs } from "./store-outputs.ts";
import { beating, type WorkerServices } from "./worker-services.ts";

/**
 * `pending`: the prediction still runs. `settled`, `already`, `late`, `retrying`, `failed`: what the
 * database made of it. `unknown`: no attempt of ours has this prediction.
 */
export type FinishOutcome = "pending" | "settled" | "already" | "late" | "retrying" | "failed" | "unknown";

/**
 * Brings an attempt to its end with what the provider says now: stores the outputs and settles, or fails.
 *
 * Webhook and poller may both run this for the same prediction at the same time. Both write the same
 * bytes to the same paths, which name the attempt, and the database lets one of them settle. Outputs
 * that cannot be fetched at the moment throw, so that the caller comes again; `lastTry` gives up instead.
 */
export async function finishPrediction(
  services: WorkerServices,
  prediction: Prediction,
  { lastTry = false }: { lastTry?: boolean } = {},
): Promise<FinishOutcome> {
  const ended = endOf(prediction);
  if (!ended) return "pending";
  const { db, log } = services;

  const attempt = await attemptForPrediction(db, prediction.id);
  if (!attempt) return "unknown";
  const extend = () => extendLease(db, attempt.attempt_id);
  if (!await extend()) {
    // Given up before; what it cost is on record all the same, and nobody is charged for it.
    await noteLate(db, attempt.attempt_id, ended);
    return "late";
  }

  const result = prediction.status === "succeeded"
    ? await beating(services, extend, () => storeOutputs(services, attempt, prediction, lastTry))
    : { failed: failureOf(prediction) };
  const outcome = "failed" in result
    ? await failAttempt(db, attempt.attempt_id, result.failed, ended)
    : await settle(services, attempt, ended, result.stored);

  const { job_id, attempt_id } = attempt;
  const provider = {
    prediction_id: prediction.id,
    provider_status: prediction.status,
    provider_error: prediction.error,
  };
  log.info("prediction finished", { job_id, attempt_id, outcome, ...provider });
  return outcome;
}

async function settle(
  { clock, db, storage }: WorkerServices,
  attempt: AttemptOfPrediction,
  { metrics }: Ended,
  outputs: CompletedOutput[],
): Promise<FinishOutcome> {
  const outcome = await completeJob({ clock, db }, { attempt: attempt.attempt_id, outputs, metrics });
  // Canceled while we were downloading: nobody will ever read these.
  if (outcome === "late") {
    await storage.remove(outputs.flatMap(({ path, thumb_path }) => thumb_path === null ? [path] : [path, thumb_path]));
  }
  return outcome;
}

/** Null: it still runs. */
export function endOf({ status, outputs, metrics }: Prediction): Ended | null {
  if (status === "starting" || status === "processing") return null;
  const { predictSeconds, inputTokens, outputTokens } = metrics;
  return {
    status,
    metrics: {
      outputs: status === "succeeded" ? outputs?.length ?? 0 : 0,
      ...predictSeconds !== null && { predict_seconds: predictSeconds },
      ...inputTokens !== null && { input_tokens: inputTokens },
      ...outputTokens !== null && { output_tokens: outputTokens },
    },
  };
}

function failureOf({ status, error }: Prediction): AttemptFailure {
  switch (status) {
    // Our own Cancel-After ends a running prediction as canceled, and one that never started as aborted.
    // One that we canceled on request is no current attempt any more and never gets here.
    case "canceled":
      return failure("timeout");
    case "aborted":
      return failure("provider_unavailable");
    default:
      return failureFromProvider(error);
  }
}
