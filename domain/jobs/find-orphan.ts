import { type Prediction, ProviderError } from "../../platform/replicate.ts";
import { attemptOfWebhook, type WorkerServices } from "./worker-services.ts";

/** Clocks differ, ours and the provider's. */
const SLACK_MS = 60_000;
/** Longer than all pages take of a provider that answers as it should; whoever looks keeps a place of the worker. Milliseconds. */
const PATIENCE_MS = 30_000;

/**
 * The prediction that was created for an attempt while nobody was there to note its id, or null when the
 * provider has none. @throws ProviderError when it cannot be asked, or is too slow
 */
export async function findOrphan(
  { clock, replicate }: WorkerServices,
  attemptId: string,
  startedAt: Date,
): Promise<Prediction | null> {
  const begunAt = clock.elapsed();
  for await (const prediction of replicate.listSince(new Date(startedAt.getTime() - SLACK_MS))) {
    if (attemptOfWebhook(prediction.webhook) === attemptId) return prediction;
    if (clock.elapsed() - begunAt > PATIENCE_MS) {
      throw new ProviderError("provider_unavailable", "Replicate's list is too slow.", true);
    }
  }
  return null;
}
