import type { Entry } from "../prediction.ts";
import { fileUrl, RunFailure, type Work, type WorksOptions } from "./mod.ts";

const DEFAULT_STEPS = 1000;
const FETCH_MS = 10_000;

/** Trains nothing, but reads its pictures as strictly as the trainer would, counts its steps and leaves a version that runs. */
export function trainings({ origin, models }: WorksOptions): Work {
  return {
    runMs: () => 2_400,
    sight: (entry, share) => ({ output: null, logs: logs(entry, share) }),
    async result(entry) {
      const { id, input } = entry.prediction;
      await checkZip(String(input.input_images));
      const version = models.addVersion(entry.destination!, id);
      if (!version) throw new RunFailure(`Destination ${entry.destination} is gone. (E1001)`);
      return {
        output: { version: `${entry.destination}:${version}`, weights: fileUrl(origin, entry, "trained_model.tar") },
        logs: logs(entry, 1),
      };
    },
    file({ prediction }, name) {
      const bytes = new TextEncoder().encode(`weights of ${prediction.id}\n`);
      return Promise.resolve(name === "trained_model.tar" ? { type: "application/x-tar", bytes } : undefined);
    },
  };
}

/** In the form of tqdm's progress bar, which the real client's `parseProgressFromLogs` reads. */
function logs({ prediction: { input } }: Entry, share: number): string {
  const steps = Number(input.steps ?? DEFAULT_STEPS);
  const lines = ["Training with trigger word: " + String(input.trigger_word ?? "TOK")];
  const tenths = Math.floor(share * 10);
  for (let tenth = 1; tenth <= tenths; tenth++) {
    const step = Math.floor(steps * tenth / 10);
    const percent = String(tenth * 10).padStart(3);
    const bar = "█".repeat(tenth).padEnd(10);
    lines.push(`${percent}%|${bar}| ${step}/${steps} [loss: ${(0.5 / (1 + tenth)).toFixed(3)}]`);
  }
  return lines.map((line) => `${line}\n`).join("");
}

async function checkZip(url: string) {
  let bytes: Uint8Array;
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(FETCH_MS) });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    bytes = await response.bytes();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RunFailure(`Training failed: input_images could not be fetched: ${reason}`);
  }
  // "PK", 3, 4: a zip with something in it.
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b || bytes[2] !== 3 || bytes[3] !== 4) {
    throw new RunFailure("Training failed: input_images must be a zip file of images.");
  }
}
