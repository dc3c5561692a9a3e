import { AppError } from "../domain/errors.ts";
import { problemResponse } from "./http/problem.ts";
import { createLog } from "./log.ts";

/**
 * What Nitro answers when a request never reaches the app, which is when its URL cannot be decoded, or
 * when the app itself cannot be loaded. Its own answer would not be a problem document.
 */
export default function lastResort(error: { status?: number }): Response {
  const unreadable = error.status !== undefined && error.status < 500;
  if (!unreadable) createLog({ app: "web" }).error("the app did not answer", { error });
  const known = unreadable
    ? new AppError("invalid_request", { detail: "The address cannot be read.", cause: error })
    : new AppError("internal", { cause: error });
  return problemResponse(known, crypto.randomUUID());
}
