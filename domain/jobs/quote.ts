import type { JobInput, Model } from "./types.ts";

/**
 * The price of a job in credits, before it is pressed: the model's price for each output asked for.
 * The database computes the same when it reserves, and its figure is the one that counts.
 *
 * @example quote({ credits: 2, … }, { prompt: "a lamp", num_outputs: 3 }) // 6
 */
export function quote(model: Pick<Model, "credits">, input: JobInput): number {
  return model.credits * outputsRequested(input);
}

/** How many outputs an input asks for; one when the model has no such field. */
function outputsRequested(input: JobInput): number {
  return typeof input.num_outputs === "number" ? input.num_outputs : 1;
}
