import type { Prediction } from "../../platform/replicate.ts";
import { attemptOfWebhook, type WorkerServices } from "./worker-services.ts";

/**
 * The prediction that was created for an attempt while nobody was there to note its id, or null when the
 * provider has none among its recent ones. @throws ProviderError when it cannot be asked
 */
export async function findOrphan({ replicate }: WorkerServices, attemptId: string): Promise<Prediction | null> {
  const recent = await replicate.listRecent();
  return recent.find(({ webhook }) => attemptOfWebhook(webhook) === attemptId) ?? null;
}
