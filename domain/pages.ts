import { z } from "zod";
import type { Sql } from "../platform/database.ts";
import { AppError, fieldErrors, validationFailed } from "./errors.ts";

/** Which part of a list, newest first, is wanted. */
export interface PageRequest {
  limit: number;
  /** Opaque to clients: what the page before gave as its next cursor. */
  cursor?: string;
}

const query = z.object({
  limit: z.coerce.number("must be a number").int("must be a whole number").min(1, "must be at least 1")
    .max(100, "must be at most 100").default(20),
  cursor: z.string().min(1, "must not be empty").max(200, "is not a cursor").optional(),
});

/** @throws {AppError} validation_failed */
export function pageRequest(parameters: URLSearchParams): PageRequest {
  const result = query.safeParse(Object.fromEntries(parameters));
  if (!result.success) throw new AppError("validation_failed", { fields: fieldErrors(result.error.issues) });
  return result.data;
}

/** The position after which the next page starts, as base64url of JSON. */
export function encodeCursor(position: readonly (string | number)[]): string {
  return btoa(JSON.stringify(position)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** @throws {AppError} validation_failed if it is not a cursor of this list's shape */
export function decodeCursor<S extends z.ZodType>(cursor: string, shape: S): z.output<S> {
  try {
    return shape.parse(JSON.parse(atob(cursor.replaceAll("-", "+").replaceAll("_", "/"))));
  } catch {
    throw validationFailed({ cursor: "is not a cursor of this list" });
  }
}

/** A moment with microseconds, as Postgres has it and `Date` has not: rounded ones would skip or repeat rows. */
export const exactTime = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/).refine(isOnCalendar);

/** `Date` has a year 0 and takes February 31 for March 3; Postgres refuses both. */
function isOnCalendar(at: string): boolean {
  const date = new Date(at);
  return date.getUTCFullYear() > 0 && date.toISOString().slice(0, 19) === at.slice(0, 19);
}

/** A timestamptz column as `exactTime`; compare it with `${text}::text::timestamptz`, past the driver's own Date. */
export function selectExactTime(sql: Sql, column: string) {
  return sql`to_char(${sql(column)} at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
}
