import { hasEnded, type JobWithStory } from "../../../../domain/jobs/types.ts";
import { type WatchedJob, watchJob } from "../../../../domain/jobs/watch-job.ts";
import { eventStream, type ServerSentEvent } from "../../../../platform/http/event-stream.ts";
import { createPlaces } from "../../../../platform/http/places.ts";
import { requireSession, sessionEnd } from "../../../../platform/http/session.ts";
import { handler } from "./$events.ts";

const takePlace = createPlaces(20);

/** Live status: `event: job` with the whole job, at once and after every change, until it has ended. */
export const handlers = handler({
  async GET(ctx) {
    const session = requireSession();
    const leave = takePlace(session.userId);
    const watch = new AbortController();
    const stop = () => {
      watch.abort();
      leave();
    };
    try {
      const watched = await watchJob(ctx.state.services, session, { id: ctx.params.id, signal: watch.signal });
      const { job } = watched;
      // A browser reconnects when a stream ends. One that has seen the end is told to stop that.
      if (hasEnded(job.status) && ctx.req.headers.get("last-event-id") === versionOf(job)) {
        stop();
        return new Response(null, { status: 204 });
      }
      return eventStream(ctx.req, toEvents(watched), { stop, until: sessionEnd(session) });
    } catch (error) {
      stop();
      throw error;
    }
  },
});

async function* toEvents({ job, changes }: WatchedJob): AsyncGenerator<ServerSentEvent, void> {
  yield toEvent(job);
  for await (const change of changes) yield toEvent(change);
}

function toEvent(job: JobWithStory): ServerSentEvent {
  return { event: "job", id: versionOf(job), data: job };
}

/** A line of its story may be all that is new about a job. */
function versionOf({ updated_at, timeline }: JobWithStory): string {
  return `${updated_at}/${timeline.length}`;
}
