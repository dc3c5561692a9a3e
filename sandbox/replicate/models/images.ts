/**
 * Models that paint (read in 2026-07). Left out: `image_input`, `match_input_image`, custom sizes and
 * `output_format: jpg`. Sizes are accepted but every picture is drawn at about one megapixel.
 */
import type { CatalogueModel, Field } from "../catalogue.ts";
import { aspectRatio, prompt } from "./fields.ts";

/** Pixels of each aspect ratio: about 1 MP, sides divisible by 16. */
export const SIZES: Readonly<Record<string, { width: number; height: number }>> = {
  "1:1": { width: 1024, height: 1024 },
  "4:3": { width: 1184, height: 880 },
  "3:4": { width: 880, height: 1184 },
  "16:9": { width: 1344, height: 768 },
  "9:16": { width: 768, height: 1344 },
  "3:2": { width: 1248, height: 832 },
  "2:3": { width: 832, height: 1248 },
  "21:9": { width: 1536, height: 672 },
};

export const imageRatio = aspectRatio(Object.keys(SIZES), "image");

function seedream(sizes: readonly string[]): Record<string, Field> {
  return {
    prompt: prompt("image"),
    aspect_ratio: imageRatio,
    size: { type: "string", enum: sizes, default: "2K", description: "Image resolution" },
    sequential_image_generation: {
      type: "string",
      enum: ["disabled", "auto"],
      default: "disabled",
      description: "'auto' lets the model make several related images, up to max_images",
    },
    max_images: {
      type: "integer",
      minimum: 1,
      maximum: 15,
      default: 1,
      description: "Largest number of images when sequential_image_generation is 'auto'",
    },
  };
}

export const IMAGE_MODELS: readonly CatalogueModel[] = [
  {
    owner: "bytedance",
    name: "seedream-4.5",
    version: "fffbf9ea3e7a8a0738faef42766157b0fed74d4831ddcf1e96344096eb186553",
    description: "Text-to-image with strong spatial understanding",
    kind: "image",
    input: seedream(["2K", "4K"]),
    output: "list",
    style: "landscape",
    official: true,
  },
  {
    owner: "bytedance",
    name: "seedream-4",
    version: "e6cff243d7a5e551e1ca2b4bf291413d649c9f1417f9a52c1c0a4fbc36027b83",
    description: "Text-to-image and editing at up to 4K",
    kind: "image",
    input: seedream(["1K", "2K", "4K"]),
    output: "list",
    style: "atmosphere",
    official: true,
  },
  {
    owner: "google",
    name: "gemini-2.5-flash-image",
    version: "1eaaecaf7ad8f555270c3b2de5c8507cf3475b09310732c777224cfcacf518f0",
    description: "Google's image generation model in Gemini 2.5",
    kind: "image",
    input: {
      prompt: prompt("image"),
      aspect_ratio: imageRatio,
      output_format: { type: "string", enum: ["png"], default: "png", description: "Format of the output image" },
    },
    output: "single",
    style: "abstract",
    official: true,
  },
];
