/**
 * Models that film. Seconds, frame rate and mode are checked and then not honoured: every film is two seconds long. Left
 * out: images to begin or end with where they are optional, and `generate_audio: true`.
 *
 * Kling 2.1 films from a picture only; the one that films from words is Kling 2.1 Master.
 */
import type { CatalogueModel, Field } from "../catalogue.ts";
import { aspectRatio, prompt, seed } from "./fields.ts";

/** Pixels of each aspect ratio; all even, small enough that a film stays below half a megabyte. */
export const FILM_SIZES: Readonly<Record<string, { width: number; height: number }>> = {
  "16:9": { width: 384, height: 216 },
  "9:16": { width: 216, height: 384 },
  "1:1": { width: 288, height: 288 },
  "4:3": { width: 320, height: 240 },
  "3:4": { width: 240, height: 320 },
  "21:9": { width: 448, height: 192 },
};

const negativePrompt: Field = {
  type: "string",
  default: "",
  description: "Things you do not want to see in the video",
};
const klingDuration: Field = {
  type: "integer",
  enum: [5, 10],
  default: 5,
  description: "Duration of the video in seconds",
};

export const VIDEO_MODELS: readonly CatalogueModel[] = [
  {
    owner: "bytedance",
    name: "seedance-1.5-pro",
    version: "78c1986fecf4df185593bbf148a0ed5b4b18b7e0e0f34cc3e32c68cdfa9536ba",
    description: "Video and sound from text",
    kind: "video",
    input: {
      prompt: prompt("video"),
      duration: { type: "integer", minimum: 2, maximum: 12, default: 5, description: "Video duration in seconds" },
      aspect_ratio: aspectRatio(Object.keys(FILM_SIZES), "video"),
      fps: { type: "integer", enum: [24], default: 24, description: "Frame rate (frames per second)" },
      camera_fixed: { type: "boolean", default: false, description: "Whether to fix camera position" },
      seed,
    },
    output: "single",
    style: "landscape",
    official: true,
  },
  {
    owner: "kwaivgi",
    name: "kling-v2.1",
    version: "daad218feb714b03e2a1ac445986aebb9d05243cd00da2af17be2e4049f48f69",
    description: "5 and 10 second videos in 720p and 1080p from a starting image",
    kind: "video",
    input: {
      mode: {
        type: "string",
        enum: ["standard", "pro"],
        default: "standard",
        description: "Standard has a resolution of 720p, pro is 1080p. Both are 24fps.",
      },
      prompt: prompt("video"),
      duration: klingDuration,
      start_image: {
        type: "string",
        format: "uri",
        required: true,
        description: "First frame of the video. You must use a start image with kling-v2.1.",
      },
      negative_prompt: negativePrompt,
    },
    output: "single",
    style: "atmosphere",
    official: true,
  },
  {
    owner: "kwaivgi",
    name: "kling-v2.1-master",
    version: "41625bc1b60d8d483c999c7033721f8518d86b288dc86404d1668c63d791682c",
    description: "5 and 10 second videos in 1080p from text",
    kind: "video",
    input: {
      prompt: prompt("video"),
      negative_prompt: negativePrompt,
      aspect_ratio: aspectRatio(["16:9", "9:16", "1:1"], "video"),
      duration: klingDuration,
    },
    output: "single",
    style: "atmosphere",
    official: true,
  },
];
