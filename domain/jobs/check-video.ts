import { createHash } from "node:crypto";
import { type GuardedRefusal, refused } from "../../platform/guarded-fetch.ts";
import { createVideoProbe, SNIFFED_BYTES, sniffVideo, type VideoType } from "./video-header.ts";
import type { VideoSize } from "./video-size.ts";

/** A video that is on its way: what it is stands in its first bytes, what it measures is known at its end. */
export interface CheckedVideo extends VideoType {
  /** For one reader. It breaks off where there is too much of it or the provider breaks off. */
  body: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Of what has passed; complete once `body` has been read to its end. */
  measure(): VideoSize & { bytes: number; sha256: string };
  /** Why `body` broke off; null when it did not. */
  broken(): GuardedRefusal | null;
}

/**
 * Counts, hashes and measures a video while it passes: 200 MB would not fit the memory of an edge function. The
 * provider's Content-Type is not asked; what is neither MP4 nor WebM goes no further than its first bytes.
 */
export async function checkVideo(
  source: ReadableStream<Uint8Array> | null,
  maxBytes: number,
): Promise<{ ok: true; output: CheckedVideo } | GuardedRefusal> {
  if (!source) return refused("The output is empty.");
  const reader = source.getReader();
  const first = await readFirst(reader);
  const type = sniffVideo(first);
  if (!type) {
    await reader.cancel();
    return refused("The output is not an MP4 or WebM video.");
  }

  const hash = createHash("sha256");
  const probe = createVideoProbe(type.contentType);
  let bytes = 0;
  let problem: GuardedRefusal | null = null;
  let sha256 = "";

  function pass(chunk: Uint8Array, controller: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>): void {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) throw (problem = refused(`The output is larger than ${maxBytes} bytes.`));
    hash.update(chunk);
    probe.take(chunk);
    controller.enqueue(chunk as Uint8Array<ArrayBuffer>);
  }

  let isBegun = false;
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        if (!isBegun) {
          isBegun = true;
          return pass(first, controller);
        }
        const { done, value } = await reader.read();
        if (!done) return pass(value, controller);
        sha256 = hash.digest("hex");
        controller.close();
      } catch (error) {
        problem ??= {
          ok: false,
          reason: "unreachable",
          detail: error instanceof Error ? error.message : String(error),
        };
        await reader.cancel().catch(() => {});
        throw new Error(problem.detail);
      }
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });

  return {
    ok: true,
    output: { ...type, body, measure: () => ({ ...probe.size(), bytes, sha256 }), broken: () => problem },
  };
}

/** A network hands over what it has; the type needs a few dozen bytes. */
async function readFirst(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  let bytes = new Uint8Array();
  while (bytes.length < SNIFFED_BYTES) {
    const { done, value } = await reader.read();
    if (done) break;
    const joined = new Uint8Array(bytes.length + value.length);
    joined.set(bytes);
    joined.set(value, bytes.length);
    bytes = joined;
  }
  return bytes;
}
