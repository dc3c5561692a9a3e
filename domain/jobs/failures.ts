/**
 * Every way an attempt can fail, whose fault it is, and what follows.
 *
 * The rule on money is one sentence: a job that delivers nothing costs nothing. It holds for every code
 * below; `fault` decides what we tell the customer and what we count against whom. The database has the same
 * table, `private.failure_reasons`.
 */
export const FAILURES = {
  provider_error: {
    fault: "provider",
    retry: true,
    deadLetter: true,
    message: "The model stopped with an error.",
  },
  provider_unavailable: {
    fault: "provider",
    retry: true,
    deadLetter: true,
    message: "The model could not be reached.",
  },
  provider_limited: {
    fault: "provider",
    retry: true,
    deadLetter: true,
    message: "The model is taking no more requests at the moment.",
  },
  provider_rejected_input: {
    fault: "customer",
    retry: false,
    deadLetter: false,
    message: "The model does not accept this request. Change the prompt or the settings and try again.",
  },
  safety_block: {
    fault: "customer",
    retry: false,
    deadLetter: false,
    message: "The model's safety filter stopped this request. Change the prompt and try again.",
  },
  timeout: {
    fault: "provider",
    retry: true,
    deadLetter: true,
    message: "The model took too long.",
  },
  output_unavailable: {
    fault: "provider",
    retry: true,
    deadLetter: true,
    message: "What the model made could not be fetched.",
  },
  interrupted: {
    fault: "ours",
    retry: true,
    deadLetter: true,
    message: "Our worker stopped in the middle of this.",
  },
  internal: {
    fault: "ours",
    retry: false,
    deadLetter: true,
    message: "Something went wrong on our side.",
  },
  discarded: {
    fault: "ours",
    retry: false,
    deadLetter: false,
    message: "We stopped this job.",
  },
} as const satisfies Record<string, Failure>;

interface Failure {
  fault: "provider" | "customer" | "ours";
  /** Whether another attempt can help. How often and how soon is decided in the database. */
  retry: boolean;
  /** Whether an operator should look at what it ends. */
  deadLetter: boolean;
  /** For the job's owner: no internals. */
  message: string;
}

export type FailureCode = keyof typeof FAILURES;

/** A failed attempt, ready to be recorded. */
export interface AttemptFailure {
  code: FailureCode;
  message: string;
  retry: boolean;
  retryAfterSeconds: number | null;
}

/** The failure of this code with its default sentence and its default verdict on retrying. */
export function failure(code: FailureCode, more: Partial<Omit<AttemptFailure, "code">> = {}): AttemptFailure {
  const { message, retry } = FAILURES[code];
  return { code, message, retry, retryAfterSeconds: null, ...more };
}

// Models word it differently: "NSFW content detected", "flagged as sensitive (E005)", "violates our safety policy".
const SAFETY = /\b(nsfw|sensitive|safety|moderat\w+|inappropriate|prohibited content|content policy|E005)\b/i;

/** What a provider's own error text means. */
export function failureFromProvider(error: string | null): AttemptFailure {
  return SAFETY.test(error ?? "") ? failure("safety_block") : failure("provider_error");
}
