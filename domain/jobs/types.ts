import type { FailureCode } from "./failures.ts";

export const JOB_STATUSES = ["queued", "running", "succeeded", "failed", "canceled"] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

export type ModelKind = "image" | "video" | "text" | "training";

/** What a customer may know of a model. Provider names and costs stay in the database. */
export interface Model {
  slug: string;
  name: string;
  kind: ModelKind;
  /** Price of one output, in credits. */
  credits: number;
  /** Outputs one job may ask for. */
  max_outputs: number;
  /** JSON Schema of the input, in the subset that `input.ts` reads. */
  input_schema: InputSchema;
  /** False: priced and shown, not yet for sale. */
  runnable: boolean;
}

export interface InputSchema {
  type: "object";
  properties: Record<string, InputProperty>;
  required?: string[];
  additionalProperties?: false;
}

export type InputProperty =
  & { title?: string; description?: string; default?: string | number | boolean }
  & (
    | { type: "string"; minLength?: number; maxLength?: number; enum?: string[] }
    | { type: "integer" | "number"; minimum?: number; maximum?: number }
    | { type: "boolean" }
  );

export type JobInput = Record<string, string | number | boolean>;

export interface JobOutput {
  position: number;
  /** Path on our own site; the route behind it checks the owner. */
  url: string;
  /** A small picture of it, likewise; null where there is none. */
  thumb_url: string | null;
  content_type: string;
  /** Pixels; null for text, and for a video that does not say. */
  width: number | null;
  height: number | null;
  duration_ms: number | null;
  bytes: number;
}

/** Why a job ended without a picture, in words for its owner. */
export interface JobError {
  code: FailureCode | "canceled";
  message: string;
  /** Whose it was; null when it was canceled. */
  fault: "provider" | "customer" | "ours" | null;
  /** True when every reserved credit went back to the balance. */
  refunded: boolean;
}

/** A job as its owner sees it, in lists. */
export interface Job {
  id: string;
  /** The batch it was asked for in; null when it was asked for alone. */
  batch_id: string | null;
  status: JobStatus;
  model: string;
  kind: ModelKind;
  input: JobInput;
  /** Reserved while the job lives, charged once it has ended. */
  credits: number;
  /** What was set aside at the start. What was not charged went back to the balance. */
  credits_reserved: number;
  /** An unlimited plan pays: the balance is the same before and after. */
  covered_by_plan: boolean;
  /** The job that failed, which our team had tried again as this one; we pay, and the balance is the same before and after. */
  retry_of: string | null;
  /** The job as which our team had this one tried again. */
  retried_as: string | null;
  outputs: JobOutput[];
  error: JobError | null;
  /** Tries at the provider so far. */
  attempts: number;
  max_attempts: number;
  /** When the next try starts, while the job waits for it after a failed one. */
  retry_at: string | null;
  /** It does not start before this: when it was asked for, the time it was asked for, or that of the next try. */
  run_at: string;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  updated_at: string;
}

/** One line of a job's story. */
export interface JobEvent {
  at: string;
  event:
    | "queued"
    | "started"
    | "accepted"
    | "retrying"
    | "succeeded"
    | "failed"
    | "canceled"
    | "late"
    | "requeued"
    | "discarded";
  actor: "customer" | "worker" | "provider" | "operator" | "system";
  /** Which try, from 1; null before the first. */
  attempt: number | null;
  /** Why; null where there is nothing to say. */
  reason: FailureCode | null;
  /** With `retrying`: when the next try starts. */
  retry_at: string | null;
  /** With `late`: how the provider ended what was given up. */
  result: string | null;
}

/** What a queued job waits for: its place in line, a turn among its owner's jobs, or a time. */
export interface JobWaits {
  for: "line" | "turn" | "time";
  /** With `time`. */
  until: string | null;
  /** With `turn`: how many of the owner's jobs go first. */
  ahead: number | null;
}

/** A job read by itself: with all that happened to it, oldest first, and what it waits for. */
export interface JobWithStory extends Job {
  timeline: JobEvent[];
  waits: JobWaits | null;
}

/** Jobs that were asked for in one request. */
export interface Batch {
  id: string;
  model: string;
  size: number;
  counts: Record<JobStatus, number>;
  credits_reserved: number;
  /** So far; what is still held is not in it. */
  credits_charged: number;
  /** In the order of their inputs. */
  jobs: Job[];
  /** Nothing of it lives any more. */
  ended: boolean;
  created_at: string;
}

/** An ended job never changes again. */
export function hasEnded(status: JobStatus): boolean {
  return status === "succeeded" || status === "failed" || status === "canceled";
}
