import { followText, type TextNews } from "../../../../domain/jobs/follow-text.ts";
import { resolveHost } from "../../../../platform/guarded-fetch.ts";
import { eventStream, type ServerSentEvent } from "../../../../platform/http/event-stream.ts";
import { createPlaces } from "../../../../platform/http/places.ts";
import { requireSession, sessionEnd } from "../../../../platform/http/session.ts";
import { readTextStream } from "../../../../platform/replicate-stream.ts";
import { handler } from "./$tokens.ts";

const takePlace = createPlaces(10);

export const handlers = handler({
  /**
   * A text while it is made, for its owner: `event: start` with each try, `event: token` with a piece, `event: end`. 204 once the
   * job has ended; the finished text is its output. The provider's stream passes through here, because its address is
   * a secret and so that a browser talks to us alone.
   */
  async GET(ctx) {
    const session = requireSession();
    const { db, live, config } = ctx.state.services;
    const leave = takePlace(session.userId);
    const gone = new AbortController();
    const stop = () => {
      gone.abort();
      leave();
    };
    try {
      const guard = { trustedHosts: config.storageHosts, fetch, resolve: resolveHost };
      const news = await followText(
        { db, live, readTextStream: (url, from) => readTextStream(url, guard, from) },
        session,
        { id: ctx.params.id, after: readPlace(ctx.req.headers.get("last-event-id")), signal: gone.signal },
      );
      if (news) return eventStream(ctx.req, toEvents(news), { stop, until: sessionEnd(session) });
      stop();
      return new Response(null, { status: 204 });
    } catch (error) {
      stop();
      throw error;
    }
  },
});

/** `2/1753…:17`: the try and the provider's own id. What is no place of ours begins anew. */
function readPlace(id: string | null): { attempt: number; piece: string } | null {
  const [, attempt, piece] = /^(\d{1,6})\/([\w:.-]{1,200})$/.exec(id ?? "") ?? [];
  return attempt === undefined ? null : { attempt: Number(attempt), piece };
}

async function* toEvents(news: AsyncGenerator<TextNews, void>): AsyncGenerator<ServerSentEvent, void> {
  for await (const item of news) {
    if (item.news === "end") yield { event: "end", id: "", data: null };
    else if (item.news === "start") yield { event: "start", id: `${item.attempt}`, data: { attempt: item.attempt } };
    else yield { event: "token", id: `${item.attempt}/${item.piece.id}`, data: item.piece.text };
  }
}
