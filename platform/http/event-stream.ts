/** One server-sent event. */
export interface ServerSentEvent {
  event: string;
  /** Comes back as `Last-Event-ID` when the browser reconnects. */
  id: string;
  data: unknown;
}

/** Milliseconds a browser waits before it reconnects. */
const RECONNECT_MS = 2_000;

/**
 * A stream of server-sent events from a source, where `null` is a sign of life. `stop` is called once, when
 * the source has ended or the reader has gone, whichever comes first.
 */
export function eventStream(source: AsyncGenerator<ServerSentEvent | null, void>, stop: () => void): Response {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode(`retry: ${RECONNECT_MS}\n\n`));
    },
    async pull(controller) {
      try {
        const { done, value } = await source.next();
        if (done) {
          stop();
          controller.close();
        } else {
          controller.enqueue(encoder.encode(value ? formatEvent(value) : ": still here\n\n"));
        }
      } catch (error) {
        stop();
        throw error;
      }
    },
    async cancel() {
      // First, so that a source that sleeps wakes up and can be returned.
      stop();
      await source.return();
    },
  });
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "no-store, no-transform",
      // nginx and its kin would hold events back.
      "x-accel-buffering": "no",
    },
  });
}

// JSON has no line breaks, so one data line is enough.
function formatEvent({ event, id, data }: ServerSentEvent): string {
  return `id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
}
