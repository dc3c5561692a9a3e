import { withoutDirectives } from "../directives.ts";
import { FILM_SECONDS, FRAMES_PER_SECOND } from "../draw/film.ts";
import { FILM_SIZES } from "../models/videos.ts";
import type { Entry } from "../prediction.ts";
import { fileUrl, type Work, type WorksOptions } from "./mod.ts";

const FRAMES = FILM_SECONDS * FRAMES_PER_SECOND;

/** A film appears at the end; its logs count the frames. */
export function films({ origin, studio }: WorksOptions): Work {
  const drawn = (entry: Entry) => {
    const { seed, style, prediction: { id, input } } = entry;
    return studio.make(id, [{
      film: true,
      style,
      prompt: withoutDirectives(String(input.prompt)),
      seed,
      ...size(entry),
    }]);
  };
  const logs = ({ seed }: Entry, frames: number) =>
    `Using seed: ${seed}\n` + (frames > 0 ? `Rendered ${frames} of ${FRAMES} frames\n` : "");
  return {
    runMs: () => 700,
    begin: (entry) => void drawn(entry).catch(() => {}),
    sight: (entry, share) => ({ output: null, logs: logs(entry, Math.floor(share * 4) * FRAMES / 4) }),
    async result(entry) {
      await drawn(entry);
      const url = fileUrl(origin, entry, "out.mp4");
      return { output: entry.answersList ? [url] : url, logs: logs(entry, FRAMES) };
    },
    async file(entry, name) {
      return name === "out.mp4" ? { type: "video/mp4", bytes: (await drawn(entry))[0] } : undefined;
    },
  };
}

const size = ({ prediction: { input } }: Entry) => FILM_SIZES[String(input.aspect_ratio ?? "16:9")];
