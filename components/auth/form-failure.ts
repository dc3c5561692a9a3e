import { AppError, type ErrorCode } from "../../domain/errors.ts";

/** Why a form was not accepted, as its page shows it. The words are the page's, in the reader's language. */
export interface FormFailure {
  code: ErrorCode;
  /** Names of the fields to correct. */
  fields: string[];
  /** Seconds to wait. */
  retryAfter?: number;
}

/** The answer that shows the form again. What the person cannot correct or wait for is thrown on. */
export function formFailure(error: unknown): { failure: FormFailure; status: number; headers: HeadersInit } {
  if (!(error instanceof AppError) || error.code === "internal") throw error;
  const { code, status, fields = {}, retryAfter } = error;
  const headers: Record<string, string> = retryAfter === undefined
    ? {}
    : { "retry-after": String(Math.ceil(retryAfter)) };
  return { failure: { code, fields: Object.keys(fields), retryAfter }, status, headers };
}

/** Which of `auth.fields` says what is wrong with a password that was refused. Auth refuses some for more than length. */
export function passwordWords(password: string): "password" | "passwordRefused" {
  const bytes = new TextEncoder().encode(password).length;
  return password.length < 8 || bytes > 72 ? "password" : "passwordRefused";
}
