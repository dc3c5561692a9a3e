import type { Kind, Style } from "./catalogue.ts";
import type { Directives, Outcome } from "./directives.ts";
import type { WebhookEvent } from "./validate.ts";

export type Status = "starting" | "processing" | "succeeded" | "failed" | "canceled" | "aborted";

/** URLs or words; what a training leaves is a version and its weights. */
export type Output = string | string[] | { version: string; weights: string } | null;

/** The object as the API answers it and as webhooks carry it; a training's is the same. Times are ISO 8601 in UTC. */
export interface Prediction {
  id: string;
  model: string;
  version: string;
  input: Record<string, unknown>;
  output: Output;
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
  urls: { get: string; cancel: string; web: string; stream?: string };
  metrics: Metrics;
}

export interface Metrics {
  /** Seconds. */
  predict_time?: number;
  total_time?: number;
  /** Of models that write. */
  input_token_count?: number;
  output_token_count?: number;
  tokens_per_second?: number;
}

/** What Replicate would put on its bill: each unit of it, since a model's price is per one of them. */
export interface Charge {
  /** Not for what failed or never ran; what was canceled is paid for as long as it ran. */
  charged: boolean;
  predict_seconds: number;
  /** Pictures or films. */
  outputs: number;
  input_tokens: number;
  output_tokens: number;
}

/** A prediction or training and what the provider knows of it beyond the public object. Times in milliseconds since 1970. */
export interface Entry {
  kind: Kind;
  prediction: Prediction;
  style: Style;
  answersList: boolean;
  outcome: Outcome;
  webhooks: Directives["webhooks"];
  seed: number;
  /** The unguessable part of its output and stream URLs. */
  folder: string;
  badOutput: boolean;
  /** The model a training writes its version to. */
  destination: string | null;
  startsAt: number;
  /** How long it is going to work. */
  runMs: number;
  /** null: never by itself. */
  endsAt: number | null;
  deadlineAt: number;
  /** When output or logs were last told to the webhook. */
  toldAt: number | null;
  /** How often they were. */
  told: number;
  /** null until it has ended. */
  charge: Charge | null;
}
