import { z } from "zod";
import { finishWebhook, receiveWebhook } from "./engine.ts";
import { finishPrediction } from "./finish-prediction.ts";
import { adoptPrediction } from "./start-attempt.ts";
import { attemptOfWebhook, type WorkerServices } from "./worker-services.ts";

export interface ReplicateWebhook {
  /** The `webhook-id` header: the same for every repeat of a delivery. */
  id: string;
  /** The URL it was delivered to. */
  url: string;
  /** The verified body. */
  body: unknown;
}

/**
 * Acts on a webhook whose signature was verified. The body is only news: what counts is the prediction as
 * Replicate shows it now.
 *
 * @throws when the effect did not come about; the delivery should be repeated
 */
export async function receiveReplicateWebhook(
  services: WorkerServices,
  { id, url, body }: ReplicateWebhook,
): Promise<"applied" | "ignored" | "done"> {
  const { db } = services;
  const news = newsSchema.safeParse(body);
  const type = news.success ? `prediction.${news.data.status}` : "unknown";
  const state = await db.asService((sql) => receiveWebhook(sql, id, type, body));
  if (state === "done") return "done";

  try {
    const verdict = news.success ? await apply(services, news.data.id, url) : "ignored";
    await db.asService((sql) => finishWebhook(sql, id, verdict));
    return verdict;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    await db.asService((sql) => finishWebhook(sql, id, "failed", reason));
    throw error;
  }
}

const newsSchema = z.object({ id: z.string().min(1).max(200), status: z.string().max(50) });

async function apply(services: WorkerServices, predictionId: string, url: string): Promise<"applied" | "ignored"> {
  const prediction = await services.replicate.getPrediction(predictionId);
  if (!prediction) return "ignored";
  let outcome = await finishPrediction(services, prediction);
  if (outcome === "unknown") {
    // A fast model reports before its worker has noted the id, or the worker died before it could.
    // The URL is not signed; the one that Replicate holds for the prediction is ours.
    const attemptId = attemptOfWebhook(prediction.webhook ?? url);
    if (!attemptId) return "ignored";
    // Of an attempt that was given up too: what it cost belongs on record.
    await adoptPrediction(services, attemptId, prediction);
    outcome = await finishPrediction(services, prediction);
  }
  return outcome === "unknown" || outcome === "pending" ? "ignored" : "applied";
}
