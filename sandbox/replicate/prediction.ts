import type { Directives, Outcome } from "./directives.ts";
import type { WebhookEvent } from "./validate.ts";

export type Status = "starting" | "processing" | "succeeded" | "failed" | "canceled" | "aborted";

/** The object as the API answers it and as webhooks carry it. Times are ISO 8601 in UTC. */
export interface Prediction {
  id: string;
  model: string;
  version: string;
  input: Record<string, unknown>;
  output: string | string[] | null;
  logs: string;
  error: string | null;
  status: Status;
  created_at: string;
  started_at: string | null;
  completed_at: string | null;
  deadline?: string;
  data_removed: boolean;
  source: "api";
  webhook?: string;
  webhook_events_filter?: WebhookEvent[];
  urls: { get: string; cancel: string; web: string };
  /** Seconds. */
  metrics: { predict_time?: number; total_time?: number };
}

/** A prediction and what the provider knows of it beyond the public object. Times in milliseconds since the epoch. */
export interface Entry {
  prediction: Prediction;
  outcome: Outcome;
  webhooks: Directives["webhooks"];
  seed: number;
  /** The unguessable part of its output URLs. */
  folder: string;
  badOutput: boolean;
  startsAt: number;
  /** null: never by itself. */
  endsAt: number | null;
  deadlineAt: number;
}
