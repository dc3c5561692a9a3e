import { EventSourceParserStream } from "eventsource-parser/stream";
import { type Guard, guardedFetch } from "./guarded-fetch.ts";

/** A piece of text, with the name under which the stream goes on behind it. */
export interface TextPiece {
  id: string;
  text: string;
}

/** `done`: all of it was sent. `failed`: the model will send no more. `broken`: the connection was lost; ask again. */
export type StreamEnd = "done" | "failed" | "broken";

/** Where Replicate streams from: the first for most models, the second for those it runs itself. */
const STREAM_HOSTS = ["stream.replicate.com", "c.replicate.net"];

/** Bytes of text and milliseconds, at most. */
const MAX_TEXT = 1024 * 1024;
const MAX_MS = 10 * 60_000;
/** Of one event; a model sends a few words at a time. */
const MAX_EVENT = 64 * 1024;

/**
 * Listens to the text of a prediction while it is made. Its address is a capability: it needs no token, so whoever
 * listens holds no key of ours. It comes from outside all the same, and passes the same guard as outputs do.
 */
export async function* readTextStream(
  url: string,
  guard: Omit<Guard, "hosts">,
  { after, signal }: { after: string | null; signal: AbortSignal },
): AsyncGenerator<TextPiece, StreamEnd> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(MAX_MS)]);
  const headers: Record<string, string> = { accept: "text/event-stream" };
  if (after !== null) headers["last-event-id"] = after;
  let bytes = 0;
  try {
    const answer = await guardedFetch(url, { ...guard, hosts: STREAM_HOSTS }, { signal: limited, headers });
    if (!answer.ok) return answer.reason === "unreachable" ? "broken" : "failed";
    const text = answer.response.body!.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>);
    for await (
      const { event, id = "", data } of text.pipeThrough(new EventSourceParserStream({ maxBufferSize: MAX_EVENT }))
    ) {
      if (event === "done") return data.includes("reason") ? "failed" : "done";
      if (event === "error") return "failed";
      if (event !== "output") continue;
      bytes += data.length;
      if (bytes > MAX_TEXT) return "failed";
      yield { id, text: data };
    }
    return "broken";
  } catch (error) {
    if (signal.aborted || error instanceof Error) return "broken";
    throw error;
  }
}
