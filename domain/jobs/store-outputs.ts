import { forEachAtMost } from "../../platform/concurrency.ts";
import type { Prediction } from "../../platform/replicate.ts";
import type { AttemptOfPrediction, CompletedOutput } from "./engine.ts";
import { type AttemptFailure, failure } from "./failures.ts";
import type { WorkerServices } from "./worker-services.ts";

/** Pictures held in memory at once: an edge function has 256 MB, and each may be 20. */
const AT_ONCE = 2;

/** @throws {OutputNotReady} when an output may be had later */
export async function storeOutputs(
  services: WorkerServices,
  attempt: AttemptOfPrediction,
  prediction: Prediction,
  lastTry: boolean,
): Promise<{ stored: CompletedOutput[] } | { failed: AttemptFailure }> {
  // A model may make fewer than it was asked for, and some make more; those were not paid for.
  const urls = prediction.outputs?.slice(0, attempt.outputs_requested) ?? [];
  const stored: CompletedOutput[] = [];
  await forEachAtMost(AT_ONCE, [...urls.entries()], async ([position, url]) => {
    const result = await services.fetchOutput(url);
    if (result.ok) {
      const { output } = result;
      const { user_id, job_id, attempt_id } = attempt;
      const path = `${user_id}/${job_id}/${attempt_id}/${position}.${output.extension}`;
      await services.storage.upload(path, output.bytes, output.contentType);
      stored.push({
        position,
        path,
        content_type: output.contentType,
        bytes: output.bytes.byteLength,
        sha256: output.sha256,
        width: output.width,
        height: output.height,
        duration_ms: null,
        thumb_path: null,
        thumb_bytes: null,
      });
    } else if (result.reason === "unreachable" && !lastTry) {
      throw new OutputNotReady(result.detail);
    }
  });
  // What is there is delivered and charged; what is missing is neither.
  return stored.length > 0 ? { stored } : { failed: failure("output_unavailable") };
}

/** The provider is done and its output cannot be fetched right now. */
class OutputNotReady extends Error {
  override readonly name = "OutputNotReady";
}
