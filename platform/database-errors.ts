import { AppError, type ErrorCode } from "../domain/errors.ts";

/** Error codes raised by the functions in `supabase/migrations`. */
const RAISED: Record<string, ErrorCode> = {
  KR001: "insufficient_credits",
  KR002: "idempotency_conflict",
  KR003: "not_found",
  KR004: "validation_failed",
  KR005: "account_suspended",
  KR006: "account_in_debt",
  KR007: "rate_limited",
  KR008: "conflict",
  KR009: "plan_limit_reached",
};

/** Postgres is restarting, full, too slow, or not there. Trying again soon is the remedy for all of them. */
const PASSING = new Set([
  "57014", // statement timeout
  "57P01", // admin shutdown
  "57P02", // crash shutdown
  "57P03", // cannot connect now
  "53300", // too many connections
  "40001", // serialization failure
  "40P01", // deadlock detected
  "55P03", // lock not available
  "25P03", // idle in transaction timeout
  "CONNECTION_CLOSED",
  "CONNECTION_ENDED",
  "CONNECTION_DESTROYED",
  "CONNECT_TIMEOUT",
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ENOTFOUND",
  "EAI_AGAIN",
]);

/** Characters that Postgres has no place for, such as NUL, which a URL can carry. */
const UNSTORABLE = new Set(["22021", "22P05"]);

/** Turns what Postgres said into what a client may hear. Anything unknown stays as it is: it is a bug. */
export function fromDatabase(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const { code, detail } = error as { code?: string; detail?: string };
  if (code === undefined) return error;
  if (PASSING.has(code)) return new AppError("unavailable", { retryAfter: 2, cause: error });

  if (UNSTORABLE.has(code)) {
    return new AppError("invalid_request", { detail: "A character cannot be stored.", cause: error });
  }

  const raised = RAISED[code];
  if (!raised) return error;
  const facts = parseDetail(detail);
  switch (raised) {
    case "validation_failed":
      return new AppError(raised, { fields: facts as Record<string, string>, cause: error });
    case "rate_limited":
      return new AppError(raised, { retryAfter: Number(facts.retry_after ?? 1), cause: error });
    default:
      // private.refuse wrote the sentence for clients: it says what this occurrence was about.
      return new AppError(raised, { detail: error.message, extra: facts, cause: error });
  }
}

function parseDetail(detail: string | undefined): Record<string, unknown> {
  if (!detail) return {};
  try {
    const facts: unknown = JSON.parse(detail);
    return facts !== null && typeof facts === "object" ? facts as Record<string, unknown> : {};
  } catch {
    return {};
  }
}
