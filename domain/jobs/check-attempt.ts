import { NoRoom } from "../../platform/concurrency.ts";
import { type Prediction, ProviderError } from "../../platform/replicate.ts";
import { type DueAttempt, type Ended, failAttempt } from "./engine.ts";
import { type AttemptFailure, failure } from "./failures.ts";
import { findOrphan } from "./find-orphan.ts";
import { endOf, finishPrediction } from "./finish-prediction.ts";
import { adoptPrediction } from "./start-attempt.ts";
import type { WorkerServices } from "./worker-services.ts";

/** For so long past its deadline what is finished waits for room in memory. Milliseconds. */
const CROWD_MS = 10 * 60_000;

/**
 * Looks after an attempt whose result nobody brought: its webhook got lost, its worker died, or it simply
 * still runs. Past its deadline the attempt ends here, whatever the provider does.
 */
export async function checkAttempt(services: WorkerServices, attempt: DueAttempt): Promise<void> {
  const prediction = await currentPrediction(services, attempt);
  if (prediction === "unreachable") {
    // The next check asks again; a provider that is silent past the deadline has failed.
    if (attempt.overdue) await fail(services, attempt, failure("timeout"));
    return;
  }
  if (prediction === null) {
    // Without an id: whoever had it stopped before the provider was called. With one: the provider has lost it.
    await fail(services, attempt, failure(attempt.prediction_id === null ? "interrupted" : "provider_unavailable"));
    return;
  }
  const isFirstSeen = attempt.prediction_id === null;
  if (isFirstSeen && !await adoptPrediction(services, attempt.attempt_id, prediction)) return;

  try {
    const outcome = await finishPrediction(services, prediction, { lastTry: attempt.overdue });
    // `timeout` also has the prediction cancelled, by the next look at what nobody wants any more.
    if (outcome === "pending" && attempt.overdue) await fail(services, attempt, failure("timeout"));
  } catch (error) {
    // Say, storage is down. Until the deadline that is worth waiting for; a job must not wait for ever. A crowd of pictures after
    // an outage is gone in a while, and every one of them is paid for.
    const lateMs = services.clock.now() - attempt.deadline_at.getTime();
    if (!attempt.overdue || error instanceof NoRoom && lateMs < CROWD_MS) throw error;
    services.log.error("a finished prediction could not be stored", { attempt_id: attempt.attempt_id, error });
    await fail(services, attempt, failure("internal"), endOf(prediction));
  }
}

/** What the provider has for this attempt; null when it has nothing. */
async function currentPrediction(
  services: WorkerServices,
  { attempt_id, prediction_id, started_at }: DueAttempt,
): Promise<Prediction | null | "unreachable"> {
  try {
    return prediction_id === null
      ? await findOrphan(services, attempt_id, started_at)
      : await services.replicate.getPrediction(prediction_id);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    services.log.warn("the provider could not be asked", { attempt_id, prediction_id, error });
    return "unreachable";
  }
}

async function fail(
  { db, log }: WorkerServices,
  { attempt_id, job_id }: DueAttempt,
  reason: AttemptFailure,
  ended: Ended | null = null,
) {
  const outcome = await failAttempt(db, attempt_id, reason, ended);
  log.warn("attempt given up", { job_id, attempt_id, code: reason.code, outcome });
}
