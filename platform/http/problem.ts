import { AppError, fieldErrors } from "../../domain/errors.ts";
import { z } from "zod";

/** The one place where an error becomes an answer (RFC 9457). */
export function problemResponse(error: unknown, requestId: string): Response {
  const known = toAppError(error);
  const headers = new Headers({ "content-type": "application/problem+json", "cache-control": "no-store" });
  if (known.retryAfter !== undefined) headers.set("retry-after", String(Math.max(1, Math.ceil(known.retryAfter))));
  if (known.allow) headers.set("allow", known.allow.join(", "));
  // RFC 9110 asks for the scheme that would have worked.
  if (known.code === "unauthenticated") headers.set("www-authenticate", "Bearer");
  const document = {
    ...known.extra,
    type: `/docs/errors#${known.code}`,
    title: known.title,
    status: known.status,
    code: known.code,
    detail: known.detail,
    errors: known.fields,
    request_id: requestId,
  };
  return new Response(JSON.stringify(document), { status: known.status, headers });
}

/** For what is not there, and for what must look as if it were not. */
export function noSuchAddress(): AppError {
  return new AppError("not_found", { detail: "There is no such address in the API." });
}

/** Whatever was thrown as one of ours. What nobody foresaw becomes `internal` and keeps its cause for the log. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof z.ZodError) {
    return new AppError("validation_failed", { fields: fieldErrors(error.issues), cause: error });
  }
  const { status, allowed } = (error ?? {}) as { status?: unknown; allowed?: readonly string[] };
  if (status === 404) return new AppError("not_found", { cause: error });
  if (status === 405) return new AppError("method_not_allowed", { allow: withHead(allowed), cause: error });
  return new AppError("internal", { cause: error });
}

/** Fresh answers HEAD through GET without listing it. */
function withHead(allowed: readonly string[] = []): readonly string[] {
  return allowed.includes("GET") ? [...new Set([...allowed, "HEAD"])].sort() : allowed;
}
