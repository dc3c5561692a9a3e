/** One server-sent event. */
export interface ServerSentEvent {
  event: string;
  /** Comes back as `Last-Event-ID` when the browser reconnects. */
  id: string;
  data: unknown;
}

export interface EventStreamOptions {
  /** Called once, when the source has ended, the reader has gone or the stream is ended from here, whichever is first. */
  stop(): void;
  /** The `Last-Event-ID` of whoever is cut off before the first event. */
  id?: string;
  /** When the stream ends by itself, in milliseconds since 1970: the reader comes again, and says anew who that is. */
  until?: number;
}

interface OpenStream {
  /** Tells the reader, and every proxy in between, that the stream lives. */
  beat(now: number): void;
  end(): void;
}

/** Milliseconds a browser waits before it reconnects, and up to as many more: all do so at once when a process ends. */
const RECONNECT_MS = 2_000;

/** Seconds between signs of life. Proxies give up on silence after a minute or so. */
const BEAT_SECONDS = 15;

const encoder = new TextEncoder();
const SIGN_OF_LIFE = encoder.encode(": still here\n\n");

/** All streams of this process share one timer. Each second it serves those of one turn, so that thousands never beat together. */
const turns = Array.from({ length: BEAT_SECONDS }, () => new Set<OpenStream>());
let clock: ReturnType<typeof setInterval> | undefined;
let lastTurn = 0;
let opened = 0;
let ending = false;

function join(stream: OpenStream): () => void {
  const turn = turns[opened++ % BEAT_SECONDS].add(stream);
  clock ??= setInterval(() => {
    lastTurn = (lastTurn + 1) % BEAT_SECONDS;
    const now = Date.now();
    for (const each of turns[lastTurn]) each.beat(now);
  }, 1_000);
  return () => {
    turn.delete(stream);
    if (turns.some(({ size }) => size > 0)) return;
    clearInterval(clock);
    clock = undefined;
  };
}

/** Before the process ends: every stream is over, and its reader comes again elsewhere. What is opened later ends at once. */
export function endStreams(): void {
  ending = true;
  for (const turn of turns) for (const stream of [...turn]) stream.end();
}

/**
 * A stream of server-sent events from a source, which is asked for the next one only when the last was taken; so a
 * reader who is slow makes nothing pile up here.
 */
export function eventStream(
  request: Request,
  source: AsyncGenerator<ServerSentEvent, void>,
  { stop, id, until = Infinity }: EventStreamOptions,
): Response {
  const headers = {
    "content-type": "text/event-stream",
    "cache-control": "no-store, no-transform",
    // nginx and its kin would hold events back.
    "x-accel-buffering": "no",
  };
  // Nobody reads the stream of a HEAD request, nor ends it.
  if (request.method === "HEAD") {
    stop();
    return new Response(null, { headers });
  }

  let over = false;
  let leave = () => {};
  /** @returns false if that has happened before */
  function finish(): boolean {
    if (over) return false;
    over = true;
    leave();
    stop();
    return true;
  }

  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const wait = RECONNECT_MS + Math.floor(Math.random() * RECONNECT_MS);
      // An id without data is no event, and is remembered all the same.
      controller.enqueue(encoder.encode(`retry: ${wait}\n${id === undefined ? "" : `id: ${id}\n`}\n`));
      const end = () => {
        if (finish()) controller.close();
      };
      leave = join({
        end,
        beat(now) {
          if (now >= until) end();
          // Where even the last sign was not taken, another one tells nobody anything.
          else if ((controller.desiredSize ?? 0) > 0) controller.enqueue(SIGN_OF_LIFE);
        },
      });
      if (ending) end();
    },
    async pull(controller) {
      try {
        const { done, value } = await source.next();
        if (over) return;
        if (!done) controller.enqueue(encoder.encode(format(value)));
        else if (finish()) controller.close();
      } catch (error) {
        finish();
        throw error;
      }
    },
    async cancel() {
      // First, so that a source that sleeps wakes up and can be returned.
      finish();
      await source.return();
    },
  });
  return new Response(body, { headers });
}

// JSON has no line breaks, so one data line is enough.
function format({ event, id, data }: ServerSentEvent): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
