/** Input fields that several models have. */
import type { Field } from "../catalogue.ts";

export const prompt = (what: string): Field => ({
  type: "string",
  required: true,
  minLength: 1,
  description: `Text prompt for ${what} generation`,
});

export const aspectRatio = (ratios: readonly string[], what: string): Field => ({
  type: "string",
  enum: ratios,
  default: ratios[0],
  description: `Aspect ratio of the generated ${what}`,
});

export const seed: Field = {
  type: "integer",
  minimum: 0,
  maximum: 2 ** 31 - 1,
  description: "Random seed. Set for reproducible generation",
};
