import { type FailureCode, FAILURES } from "../jobs/failures.ts";

export const LETTER_STATES = ["open", "requeued", "discarded"] as const;
export type LetterState = (typeof LETTER_STATES)[number];

/** Reasons for which a job may become a dead letter: what its owner wrote or stopped is none. */
export const LETTER_CODES = (Object.keys(FAILURES) as FailureCode[])
  .filter((code) => FAILURES[code].fault !== "customer" && code !== "discarded");

/** A job that ended by the provider's fault or ours, after every try. Its credits went back at once. Times are ISO 8601. */
export interface DeadLetter {
  job_id: string;
  user_id: string;
  /** Null once the person is erased. */
  email: string | null;
  model: string;
  died_at: string;
  attempts: number;
  error_code: FailureCode;
  /** What was said last. */
  error_message: string | null;
  state: LetterState;
  handled_at: string | null;
  handled_by: string | null;
  handled_by_email: string | null;
  /** The job that it was tried again as. */
  requeued_as: string | null;
}

/** What was said beyond the reason; null when it was the reason's own sentence. */
export function saidBeyond(code: FailureCode | null, message: string | null): string | null {
  return code !== null && message === FAILURES[code].message ? null : message;
}

/** Jobs that can be named in one call; the database has the same limit. */
export const MOST_JOBS = 100;
