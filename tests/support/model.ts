import type { Model } from "../../domain/jobs/types.ts";

/** An image model as the catalogue has it. */
export function imageModel(changes: Partial<Model> = {}): Model {
  return {
    slug: "seedream-4-5",
    name: "Seedream 4.5",
    kind: "image",
    credits: 1,
    max_outputs: 4,
    runnable: true,
    input_schema: {
      type: "object",
      required: ["prompt"],
      additionalProperties: false,
      properties: {
        prompt: { type: "string", minLength: 1, maxLength: 10_000 },
        aspect_ratio: { type: "string", enum: ["1:1", "4:3", "16:9"], default: "1:1" },
        num_outputs: { type: "integer", minimum: 1, maximum: 4, default: 1 },
      },
    },
    ...changes,
  };
}
