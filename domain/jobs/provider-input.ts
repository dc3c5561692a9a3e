import type { JobInput } from "./types.ts";

/**
 * How our fields are called at the provider, per model row: Seedream counts pictures in `max_images`, and
 * only makes several when `sequential_image_generation` says so.
 */
export interface ProviderInputMap {
  /** Our field → the provider's. A field that is not listed is not sent. */
  fields: Record<string, string>;
  /** Sent with every request. */
  constants: Record<string, unknown>;
}

/** @example providerInput({ fields: { prompt: "text" }, constants: { size: "2K" } }, { prompt: "a lamp" }) */
export function providerInput(map: ProviderInputMap, input: JobInput): Record<string, unknown> {
  const sent: Record<string, unknown> = { ...map.constants };
  for (const [ours, theirs] of Object.entries(map.fields)) {
    if (input[ours] !== undefined) sent[theirs] = input[ours];
  }
  return sent;
}
