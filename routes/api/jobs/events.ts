import { watchJobs } from "../../../domain/jobs/watch-jobs.ts";
import { AppError } from "../../../domain/errors.ts";
import { eventStream, type ServerSentEvent } from "../../../platform/http/event-stream.ts";
import { createPlaces } from "../../../platform/http/places.ts";
import { requireSession, sessionEnd } from "../../../platform/http/session.ts";
import { handler } from "./$events.ts";

const takePlace = createPlaces(10);

/**
 * All of my jobs: `event: job` with the whole job after each change, for as long as the session lasts. With
 * `Last-Event-ID`, or `since` (a time) in the query, what changed from then on comes first, else what changed in the last half minute; `event: resync` in its place
 * when that is too much, and the list (`GET /api/jobs`) says how things are.
 */
export const handlers = handler({
  GET(ctx) {
    const session = requireSession();
    const since = new Date(startOf(ctx.req.headers.get("last-event-id") ?? ctx.url.searchParams.get("since")));
    const leave = takePlace(session.userId);
    const watch = new AbortController();
    const stop = () => {
      watch.abort();
      leave();
    };
    const events = toEvents(watchJobs(ctx.state.services, session, { since, signal: watch.signal }));
    return eventStream(ctx.req, events, { stop, id: since.toISOString(), until: sessionEnd(session) });
  },
});

/** @throws {AppError} invalid_request */
function startOf(text: string | null): number {
  const now = Date.now();
  if (text === null) return now;
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw new AppError("invalid_request", { detail: "Send a time, as the ids of events are." });
  // Of what is to come everything is told.
  return Math.min(time, now);
}

async function* toEvents(changes: ReturnType<typeof watchJobs>): AsyncGenerator<ServerSentEvent, void> {
  for await (const change of changes) {
    yield change === "resync"
      ? { event: "resync", id: new Date().toISOString(), data: {} }
      : { event: "job", id: change.updated_at, data: change };
  }
}
