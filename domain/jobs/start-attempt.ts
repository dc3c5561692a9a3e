import { type Prediction, ProviderError } from "../../platform/replicate.ts";
import {
  type CanceledAttempt,
  type ClaimedJob,
  extendLease,
  failAttempt,
  handBack,
  markCancelSent,
  markNeverCreated,
  recordPrediction,
} from "./engine.ts";
import { type AttemptFailure, failure } from "./failures.ts";
import { findOrphan } from "./find-orphan.ts";
import { finishPrediction } from "./finish-prediction.ts";
import { providerInput } from "./provider-input.ts";
import { beating, type WorkerServices } from "./worker-services.ts";

/** A prediction is in the provider's list after so long at the latest. Milliseconds. */
const LIST_LAG_MS = 3_000;
/** From when on a claim is checked again before anything is paid for. Milliseconds. */
const STALE_MS = 5_000;

/**
 * Asks the provider for the outputs of a claimed job.
 *
 * The attempt's row is the intent and exists already; Replicate has no idempotency key. So a create whose
 * answer is missing is not repeated blindly: its prediction may run, and is looked for by the attempt id in
 * its webhook URL. A crash anywhere in here, or a search that fails, leaves an attempt without a prediction,
 * which the poller treats the same way; and if it is called off before, `endCanceled`.
 *
 * @param askedAt when the worker asked for work, by `clock.elapsed()`
 */
export async function startAttempt(services: WorkerServices, job: ClaimedJob, askedAt: number): Promise<void> {
  const { clock, db, log } = services;
  const startedAt = new Date(clock.now());
  const about = { job_id: job.job_id, attempt_id: job.attempt_id };

  // A process that was stopped for a while does not know that somebody else has taken over meanwhile.
  const extend = () => extendLease(db, job.attempt_id);
  if (clock.elapsed() - askedAt > STALE_MS && !await extend()) return;

  let prediction: Prediction | null;
  try {
    prediction = await beating(services, extend, () => create(services, job));
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.code === "provider_limited") {
      const outcome = await handBack(db, job.attempt_id, error.retryAfterSeconds ?? 10);
      log.warn("the provider's limits keep a job waiting", { ...about, model: job.model, outcome, error });
      return;
    }
    const look = async () => {
      const found = await findOrphan(services, job.attempt_id, startedAt);
      if (found) return found;
      // Too early is as good as never: another attempt would be paid for twice.
      await new Promise<void>((done) => clock.timer(done, LIST_LAG_MS));
      return await findOrphan(services, job.attempt_id, startedAt);
    };
    prediction = error.mayHaveActed ? await beating(services, extend, look) : null;
    if (!prediction) {
      const outcome = await failAttempt(db, job.attempt_id, fromProviderError(error));
      log.warn("the provider did not take a job", { ...about, outcome, error });
      return;
    }
  }

  const isWanted = await adoptPrediction(services, job.attempt_id, prediction);
  log.info("prediction started", { ...about, prediction_id: prediction.id, attempt: job.number, wanted: isWanted });
  // A cached or very fast model may be done at once; its webhook would come, this is merely sooner.
  if (isWanted) await finishPrediction(services, prediction);
}

/**
 * Ties a prediction to its attempt; false when the attempt is over, in which case the prediction is
 * cancelled: nobody waits for it and it costs money.
 */
export async function adoptPrediction(services: WorkerServices, attemptId: string, prediction: Prediction) {
  const current = await recordPrediction(services.db, attemptId, prediction);
  if (!current) await endUnwanted(services, attemptId, prediction.id);
  return current;
}

/** For so long a provider that does not do it is asked again and again to stop something. Milliseconds. */
const STUBBORN_MS = 24 * 3_600_000;

/** Sees to it that nothing runs on at the provider for an attempt that nobody wants any more. */
export async function endCanceled(services: WorkerServices, attempt: CanceledAttempt): Promise<void> {
  const { clock, db, log } = services;
  const { attempt_id, job_id, prediction_id, started_at } = attempt;
  try {
    if (prediction_id !== null) return await endUnwanted(services, attempt_id, prediction_id);
    const orphan = await findOrphan(services, attempt_id, started_at);
    if (!orphan) return await markNeverCreated(db, attempt_id);
    log.warn("a prediction nobody knew of was found", { job_id, attempt_id, prediction_id: orphan.id });
    await adoptPrediction(services, attempt_id, orphan);
  } catch (error) {
    if (clock.now() - started_at.getTime() < STUBBORN_MS) throw error;
    // It has long ended by its own deadline; what it cost is on no record.
    log.error("nobody knows what became of a prediction", { job_id, attempt_id, prediction_id, error });
    await (prediction_id === null ? markNeverCreated : markCancelSent)(db, attempt_id);
  }
}

/**
 * Stops a prediction that nobody waits for any more. What it has cost until then goes on record; where the provider takes a
 * moment to stop it, the next look finds out.
 */
async function endUnwanted(services: WorkerServices, attemptId: string, predictionId: string): Promise<void> {
  const { db, replicate } = services;
  await replicate.cancelPrediction(predictionId);
  const prediction = await replicate.getPrediction(predictionId);
  const outcome = prediction && await finishPrediction(services, prediction);
  // Unknown: the attempt has another one on record, which is not stopped by this.
  if (outcome !== "pending" && outcome !== "unknown") await markCancelSent(db, attemptId);
}

async function create({ clock, replicate, webhookUrl }: WorkerServices, job: ClaimedJob): Promise<Prediction> {
  return await replicate.createPrediction({
    model: job.provider_model,
    version: job.provider_version,
    input: providerInput(job.provider_input, job.input),
    webhook: webhookUrl(job.attempt_id),
    cancelAfterSeconds: (job.deadline_at.getTime() - clock.now()) / 1_000,
  });
}

function fromProviderError({ code, retry, retryAfterSeconds }: ProviderError): AttemptFailure {
  return failure(code, { retry, retryAfterSeconds });
}
