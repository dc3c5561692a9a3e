/**
 * The words of a prediction as they come, as server-sent events. The address is all the permission there is, as it is with
 * Replicate. An `output` event carries a token; `done` ends the stream, with a reason unless all went well; `error` comes
 * before it. Who comes back with `Last-Event-ID` goes on where they were.
 */
import type { Prediction } from "./prediction.ts";
import { notFound, problem } from "./problems.ts";
import type { Runs } from "./runs.ts";

/** Tokens are sent together that came within this time. */
const LOOK_EVERY_MS = 25;
const COMMENT_EVERY_MS = 10_000;

export function streamOf(request: Request, runs: Runs, folder: string, closing: AbortSignal): Response {
  if (request.method !== "GET") return problem(405, "Method not allowed", `Method "${request.method}" not allowed.`);
  const entry = runs.inFolder(folder);
  if (!entry || entry.kind !== "text") return notFound();
  const { id, created_at } = entry.prediction;
  const epoch = Date.parse(created_at);
  const gone = new AbortController();
  const signal = AbortSignal.any([gone.signal, closing]);
  const encoder = new TextEncoder();
  let next = firstIndex(request.headers.get("last-event-id"), epoch);
  let quietSince = Date.now();

  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      for (;;) {
        const prediction = signal.aborted ? undefined : runs.watch(id);
        // Nobody listens, the sandbox closes, or the hour is over.
        if (!prediction || prediction.data_removed) return closed(controller);
        const words = Array.isArray(prediction.output) ? prediction.output : [];
        let news = "";
        for (; next < words.length; next++) news += event("output", words[next], `${epoch}:${next}`);
        const ended = prediction.completed_at !== null;
        if (ended) news += farewell(prediction, `${epoch}:${words.length}`);
        if (news === "" && Date.now() - quietSince >= COMMENT_EVERY_MS) news = ": still here\n\n";
        if (news !== "") {
          quietSince = Date.now();
          controller.enqueue(encoder.encode(news));
        }
        if (ended) return closed(controller);
        if (news !== "") return;
        await runs.wait(id, LOOK_EVERY_MS, signal);
      }
    },
    cancel: () => gone.abort(),
  });
  return new Response(body, {
    headers: {
      "content-type": "text/event-stream",
      "cache-control": "no-store",
      "access-control-allow-origin": "*",
    },
  });
}

function farewell({ status, error }: Prediction, id: string): string {
  if (status === "succeeded") return event("done", "{}", id);
  if (status === "canceled" || status === "aborted") return event("done", JSON.stringify({ reason: "canceled" }), id);
  return event("error", JSON.stringify({ detail: error }), id) +
    event("done", JSON.stringify({ reason: "error" }), id);
}

/** Line breaks in the data begin a new `data:` line each. */
function event(type: string, data: string, id: string): string {
  const lines = data.split("\n").map((line) => `data: ${line}\n`).join("");
  return `event: ${type}\nid: ${id}\n${lines}\n`;
}

/** The first token that the other side has not seen. */
function firstIndex(lastId: string | null, epoch: number): number {
  const [, time, index] = lastId?.match(/^(\d+):(\d+)$/) ?? [];
  return time === String(epoch) ? Number(index) + 1 : 0;
}

function closed(controller: ReadableStreamDefaultController) {
  try {
    controller.close();
  } catch {
    // It was canceled from the other side.
  }
}
