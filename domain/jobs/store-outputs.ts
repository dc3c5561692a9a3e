import { forEachAtMost } from "../../platform/concurrency.ts";
import type { GuardedRefusal } from "../../platform/guarded-fetch.ts";
import type { Prediction } from "../../platform/replicate.ts";
import type { CheckedVideo } from "./check-video.ts";
import type { AttemptOfPrediction, CompletedOutput } from "./engine.ts";
import { type AttemptFailure, failure } from "./failures.ts";
import type { FetchedPicture } from "./fetch-output.ts";
import { makeThumbnail } from "./thumbnail.ts";
import type { WorkerServices } from "./worker-services.ts";

/** Outputs of one job that are brought at once. */
const AT_ONCE = 2;

/** Bytes of a text, at most; the longest answer that a model gives is a quarter of that. */
const MAX_TEXT = 1024 * 1024;

/** What every kind of output leaves open and some fill in. */
const BLANK = { width: null, height: null, duration_ms: null, thumb_path: null, thumb_bytes: null };

type Stored = { ok: true; output: Omit<CompletedOutput, "position"> } | GuardedRefusal;

/**
 * Brings what the provider made into our own storage: addresses are fetched, text is written down.
 *
 * Paths name the attempt, so that storing twice overwrites with the same and nothing is left over of a try that is
 * repeated. Storage keeps an object only when all of it has come.
 *
 * @throws {OutputNotReady} when an output may be had later
 */
export async function storeOutputs(
  services: WorkerServices,
  attempt: AttemptOfPrediction,
  prediction: Prediction,
  lastTry: boolean,
): Promise<{ stored: CompletedOutput[] } | { failed: AttemptFailure }> {
  const { user_id, job_id, attempt_id, kind } = attempt;
  const folder = `${user_id}/${job_id}/${attempt_id}`;
  const stored: CompletedOutput[] = [];
  const keep = (position: number, result: Stored) => {
    if (result.ok) stored.push({ position, ...result.output });
    else if (result.reason === "unreachable" && !lastTry) throw new OutputNotReady(result.detail);
    else services.log.warn("an output was not stored", { job_id, attempt_id, position, reason: result.detail });
  };

  if (kind === "text") {
    keep(0, await storeText(services, `${folder}/0`, prediction.outputs ?? []));
  } else {
    // A model may make fewer than it was asked for, and some make more; those were not paid for.
    const urls = prediction.outputs?.slice(0, attempt.outputs_requested) ?? [];
    await forEachAtMost(AT_ONCE, [...urls.entries()], async ([position, url]) => {
      const path = `${folder}/${position}`;
      const bring = () => storeOutput(services, path, url, kind === "video" ? "video" : "image");
      keep(position, kind === "video" ? await bring() : await services.withPicture(bring));
    });
  }
  // What is there is delivered and charged; what is missing is neither.
  return stored.length > 0 ? { stored } : { failed: failure("output_unavailable") };
}

async function storeOutput(services: WorkerServices, path: string, url: string, kind: "image" | "video") {
  const fetched = await services.fetchOutput(url, kind);
  if (!fetched.ok) return fetched;
  const { output } = fetched;
  return "bytes" in output ? await storePicture(services, path, output) : await storeVideo(services, path, output);
}

async function storePicture(services: WorkerServices, path: string, picture: FetchedPicture): Promise<Stored> {
  const { bytes, contentType, extension, sha256, width, height } = picture;
  const whole = `${path}.${extension}`;
  await services.storage.upload(whole, bytes, contentType);
  return {
    ok: true,
    output: {
      ...BLANK,
      path: whole,
      content_type: contentType,
      bytes: bytes.byteLength,
      sha256,
      width,
      height,
      ...await storeThumbnail(services, path, picture),
    },
  };
}

/** Lists show the picture itself where there is no thumbnail, so nothing that goes wrong here is worth a job. */
async function storeThumbnail({ storage, log }: WorkerServices, path: string, picture: FetchedPicture) {
  try {
    const thumbnail = await makeThumbnail(picture.bytes, picture);
    if (!thumbnail) return {};
    const thumb_path = `${path}.thumb.webp`;
    await storage.upload(thumb_path, thumbnail, "image/webp");
    return { thumb_path, thumb_bytes: thumbnail.byteLength };
  } catch (error) {
    log.warn("a thumbnail could not be made", { path, error });
    return {};
  }
}

async function storeVideo({ storage }: WorkerServices, path: string, video: CheckedVideo): Promise<Stored> {
  const whole = `${path}.${video.extension}`;
  try {
    await storage.upload(whole, video.body, video.contentType);
  } catch (error) {
    // The stream broke off, or storage did: the one is the provider's, and may be a reason to refuse; the other ours.
    const broken = video.broken();
    if (broken) return broken;
    throw error;
  }
  const { bytes, sha256, width, height, durationMs } = video.measure();
  return {
    ok: true,
    output: {
      ...BLANK,
      path: whole,
      content_type: video.contentType,
      bytes,
      sha256,
      width,
      height,
      duration_ms: durationMs,
    },
  };
}

async function storeText({ storage }: WorkerServices, path: string, pieces: string[]): Promise<Stored> {
  const bytes = new TextEncoder().encode(pieces.join(""));
  if (bytes.byteLength === 0) return { ok: false, reason: "refused", detail: "The text is empty." };
  if (bytes.byteLength > MAX_TEXT) {
    return { ok: false, reason: "refused", detail: `The text is larger than ${MAX_TEXT} bytes.` };
  }
  const whole = `${path}.txt`;
  await storage.upload(whole, bytes, "text/plain");
  const sha256 = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  return { ok: true, output: { ...BLANK, path: whole, content_type: "text/plain", bytes: bytes.byteLength, sha256 } };
}

/** The provider is done and its output cannot be fetched right now. */
class OutputNotReady extends Error {
  override readonly name = "OutputNotReady";
}
