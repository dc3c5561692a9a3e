import { type Guard, guardedFetch, type GuardedRefusal, refused } from "../../platform/guarded-fetch.ts";
import { readAtMost } from "../../platform/read-at-most.ts";
import { type CheckedVideo, checkVideo } from "./check-video.ts";
import { type ImageHeader, readImageHeader } from "./image-header.ts";

/** A provider's picture, checked and measured, whole in memory. */
export interface FetchedPicture extends ImageHeader {
  bytes: Uint8Array<ArrayBuffer>;
  /** Hex. */
  sha256: string;
}

/** `refused`: we would refuse this output again. `gone`: the provider no longer has it. `unreachable`: later, perhaps. */
export type FetchOutputResult = { ok: true; output: FetchedPicture | CheckedVideo } | GuardedRefusal;

export interface FetchOutputOptions extends Omit<Guard, "hosts"> {
  kind?: "image" | "video";
  maxBytes?: number;
  timeoutMs?: number;
}

/** Where Replicate keeps outputs; subdomains included. */
const PROVIDER_HOSTS = ["replicate.delivery"];

/** Bytes and milliseconds, at most. An edge function lives for 150 seconds. */
const CAPS = {
  image: { maxBytes: 20 * 1024 * 1024, timeoutMs: 30_000 },
  video: { maxBytes: 200 * 1024 * 1024, timeoutMs: 120_000 },
};

/**
 * Fetches one output of a prediction: a picture is downloaded, of a video only the beginning is, and the rest passes by as it
 * is stored. The time limit is on all of it.
 */
export async function fetchOutput(url: string, options: FetchOutputOptions): Promise<FetchOutputResult> {
  const { kind = "image", ...guard } = options;
  const { maxBytes, timeoutMs } = { ...CAPS[kind], ...definedOf(options) };
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await guardedFetch(url, { ...guard, hosts: PROVIDER_HOSTS }, { signal });
    if (!answer.ok) return answer;
    const { body, headers } = answer.response;
    if (Number(headers.get("content-length") ?? 0) > maxBytes) {
      await body?.cancel();
      return tooLarge(maxBytes);
    }
    return kind === "video" ? await checkVideo(body, maxBytes) : await readPicture(body, maxBytes);
  } catch (error) {
    return { ok: false, reason: "unreachable", detail: error instanceof Error ? error.message : String(error) };
  }
}

async function readPicture(body: ReadableStream<Uint8Array> | null, maxBytes: number): Promise<FetchOutputResult> {
  const bytes = await readAtMost(body, maxBytes);
  if (!bytes) return tooLarge(maxBytes);
  const header = readImageHeader(bytes);
  if (!header) return refused("The output is not a PNG, JPEG or WebP image.");
  const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  return { ok: true, output: { ...header, bytes, sha256 } };
}

function definedOf({ maxBytes, timeoutMs }: FetchOutputOptions): Partial<typeof CAPS["image"]> {
  return { ...maxBytes !== undefined && { maxBytes }, ...timeoutMs !== undefined && { timeoutMs } };
}

function tooLarge(maxBytes: number): GuardedRefusal {
  return refused(`The output is larger than ${maxBytes} bytes.`);
}
