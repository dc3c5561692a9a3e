import type { Prediction } from "../../platform/replicate.ts";
import { attemptOfWebhook, type WorkerServices } from "./worker-services.ts";

/** Clocks differ, ours and the provider's. */
const SLACK_MS = 60_000;

/**
 * The prediction that was created for an attempt while nobody was there to note its id, or null when the
 * provider has none. @throws ProviderError when it cannot be asked
 */
export async function findOrphan(
  { replicate }: WorkerServices,
  attemptId: string,
  startedAt: Date,
): Promise<Prediction | null> {
  for await (const prediction of replicate.listSince(new Date(startedAt.getTime() - SLACK_MS))) {
    if (attemptOfWebhook(prediction.webhook) === attemptId) return prediction;
  }
  return null;
}
