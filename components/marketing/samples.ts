import index from "../../static/samples/index.json" with { type: "json" };
import type { Locale } from "../../locales/mod.ts";

/** A picture on the landing page with the sentence it was made from. */
export interface Sample {
  /** Name in `static/samples/`. */
  file: string;
  prompt: Record<Locale, string>;
  model: string;
  width: number;
  height: number;
}

export const samples: Sample[] = index;
