import { forEachAtMost } from "../../platform/concurrency.ts";
import type { Prediction } from "../../platform/replicate.ts";
import {
  attemptForPrediction,
  type AttemptOfPrediction,
  type CompletedOutput,
  completeJob,
  extendLease,
  failAttempt,
} from "./engine.ts";
import { type AttemptFailure, failure, failureFromProvider } from "./failures.ts";
import type { FetchedOutput } from "./fetch-output.ts";
import type { WorkerServices } from "./worker-services.ts";

/**
 * `pending`: the prediction still runs. `settled`, `already`, `late`, `retrying`, `failed`: what the
 * database made of it. `unknown`: no attempt of ours has this prediction.
 */
export type FinishOutcome = "pending" | "settled" | "already" | "late" | "retrying" | "failed" | "unknown";

/** Long enough to download and store; the poller stays away meanwhile. Seconds. */
const FINISH_LEASE = 45;

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
  if (prediction.status === "starting" || prediction.status === "processing") return "pending";
  const { db, log } = services;

  const attempt = await db.asService((sql) => attemptForPrediction(sql, prediction.id));
  if (!attempt) return "unknown";
  const isCurrent = await db.asService((sql) => extendLease(sql, attempt.attempt_id, FINISH_LEASE));
  if (!isCurrent) return "late";

  const result = prediction.status === "succeeded"
    ? await storeOutputs(services, attempt, prediction, lastTry)
    : { failed: failureOf(prediction) };
  const outcome = "failed" in result
    ? await db.asService((sql) => failAttempt(sql, attempt.attempt_id, result.failed))
    : await settle(services, attempt, prediction, result.stored);

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
  { db, storage }: WorkerServices,
  attempt: AttemptOfPrediction,
  prediction: Prediction,
  outputs: CompletedOutput[],
): Promise<FinishOutcome> {
  const metrics = prediction.predictSeconds === null ? {} : { predict_seconds: prediction.predictSeconds };
  const outcome = await db.asService((sql) => completeJob(sql, attempt.attempt_id, outputs, metrics));
  // Canceled while we were downloading: nobody will ever read these.
  if (outcome === "late") await storage.remove(outputs.map(({ path }) => path));
  return outcome;
}

/** Pictures held in memory at once: an edge function has 256 MB, and each may be 20. */
const AT_ONCE = 2;

/** @throws {OutputNotReady} when an output may be had later */
async function storeOutputs(
  services: WorkerServices,
  attempt: AttemptOfPrediction,
  prediction: Prediction,
  lastTry: boolean,
): Promise<{ stored: CompletedOutput[] } | { failed: AttemptFailure }> {
  // A model may make fewer than it was asked for, and some make more; those were not paid for.
  const urls = prediction.outputs?.slice(0, attempt.outputs_requested) ?? [];
  const stored: CompletedOutput[] = [];
  await forEachAtMost(AT_ONCE, [...urls.entries()], async ([position, url]) => {
    const result = await services.fetchOutput(url);
    if (result.ok) {
      const output = describe(attempt, result.output, position);
      await services.storage.upload(output.path, result.output.bytes, output.content_type);
      stored.push(output);
    } else if (result.reason === "unreachable" && !lastTry) {
      throw new OutputNotReady(result.detail);
    }
  });
  // What is there is delivered and charged; what is missing is neither.
  return stored.length > 0 ? { stored } : { failed: failure("output_unavailable") };
}

function describe(attempt: AttemptOfPrediction, output: FetchedOutput, position: number): CompletedOutput {
  const { user_id, job_id, attempt_id } = attempt;
  return {
    position,
    path: `${user_id}/${job_id}/${attempt_id}/${position}.${output.extension}`,
    content_type: output.contentType,
    bytes: output.bytes.byteLength,
    sha256: output.sha256,
    width: output.width,
    height: output.height,
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

/** The provider is done and its output cannot be fetched right now. */
class OutputNotReady extends Error {
  override readonly name = "OutputNotReady";
}
