import type { Model } from "../../domain/jobs/types.ts";
import { type Ratio, RATIOS } from "../jobs/ratio.ts";

export const FORM_ID = "create";
export const PROMPT_ID = "prompt";
export const EXAMPLES_ID = "prompt-examples";

/** The form as the visitor left it. */
export interface CreateValues {
  model: string;
  prompt: string;
  ratio: string;
  count: number;
}

/** From a link that fills the form in, or from the form itself; what makes no sense becomes the default. */
export function readValues(fields: URLSearchParams, models: Model[]): CreateValues {
  const model = models.find(({ slug }) => slug === fields.get("model")) ?? models.at(0);
  const { ratios, pictures } = limitsOf(models);
  const ratio = fields.get("aspect_ratio") as Ratio;
  const count = Number(fields.get("num_outputs"));
  return {
    model: model?.slug ?? "",
    prompt: fields.get("prompt") ?? "",
    ratio: ratios.includes(ratio) ? ratio : ratios[0] ?? "",
    count: Number.isInteger(count) && count >= 1 && count <= pictures ? count : 1,
  };
}

/** What a form may ask of a model. */
export interface Limits {
  /** Characters of the prompt. */
  prompt: number;
  pictures: number;
  ratios: Ratio[];
}

/** Of one model, as its own schema says; of several, what at least one of them takes. */
export function limitsOf(models: Model | Model[]): Limits {
  const each = [models].flat().map(({ input_schema: { properties: { prompt, aspect_ratio, num_outputs } } }) => ({
    prompt: prompt?.type === "string" ? prompt.maxLength ?? Infinity : 0,
    pictures: num_outputs?.type === "integer" ? num_outputs.maximum ?? 1 : 1,
    ratios: aspect_ratio?.type === "string" ? aspect_ratio.enum ?? [] : [],
  }));
  return {
    prompt: Math.max(...each.map(({ prompt }) => prompt)),
    pictures: Math.max(...each.map(({ pictures }) => pictures)),
    ratios: RATIOS.filter((ratio) => each.some(({ ratios }) => ratios.includes(ratio))),
  };
}

/** Name of the hidden field that says what one picture of a model cost on the page that was sent. */
export function priceField(model: string): string {
  return `price:${model}`;
}

/** What one picture of a model cost on the page that was sent, in credits; undefined if the page did not say. */
export function priceShown(fields: URLSearchParams, model: string): number | undefined {
  const credits = Number(fields.get(priceField(model)) ?? NaN);
  return Number.isSafeInteger(credits) && credits > 0 ? credits : undefined;
}
