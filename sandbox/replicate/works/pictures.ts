import { withoutDirectives } from "../directives.ts";
import { SIZES } from "../models/images.ts";
import type { Entry } from "../prediction.ts";
import type { PictureRequest } from "../draw/mod.ts";
import { fileUrl, type Work, type WorksOptions } from "./mod.ts";

/** Pictures appear all at once, at the end. */
export function pictures({ origin, studio }: WorksOptions): Work {
  const drawn = (entry: Entry) => studio.make(entry.prediction.id, requests(entry));
  const opening = ({ seed }: Entry) => `Using seed: ${seed}\n`;
  return {
    runMs: () => 290,
    begin: (entry) => void drawn(entry).catch(() => {}),
    sight: (entry) => ({ output: null, logs: opening(entry) }),
    async result(entry) {
      const { length } = await drawn(entry);
      const { width, height } = size(entry);
      const urls = Array.from({ length }, (_, position) => fileUrl(origin, entry, `out-${position}.png`));
      return {
        output: entry.answersList ? urls : urls[0],
        logs: `${opening(entry)}Generated ${length} of ${length}, ${width}x${height}\n`,
      };
    },
    async file(entry, name) {
      const position = name.match(/^out-(\d+)\.png$/)?.[1];
      const bytes = position && (await drawn(entry))[Number(position)];
      return bytes ? { type: "image/png", bytes } : undefined;
    },
  };
}

function requests(entry: Entry): PictureRequest[] {
  const { seed, style, prediction: { input } } = entry;
  // Seedream is asked for related pictures, a trained model for several.
  const count = input.sequential_image_generation === "auto" ? input.max_images ?? 1 : input.num_outputs ?? 1;
  const prompt = withoutDirectives(String(input.prompt));
  return Array.from({ length: Number(count) }, (_, position) => ({ style, prompt, seed, position, ...size(entry) }));
}

const size = ({ prediction: { input } }: Entry) => SIZES[String(input.aspect_ratio ?? "1:1")];
