import { RATIOS } from "../jobs/ratio.ts";

export const FORM_ID = "create";
export const PROMPT_ID = "prompt";
export const EXAMPLES_ID = "prompt-examples";
export const MAX_PROMPT = 10_000;
export const MOST_PICTURES = 4;

/** The form as the visitor left it. */
export interface CreateValues {
  model: string;
  prompt: string;
  ratio: string;
  count: number;
}

/** From a link that fills the form in, or from the form itself; what makes no sense becomes the default. */
export function readValues(fields: URLSearchParams, models: string[]): CreateValues {
  const model = fields.get("model") ?? "";
  const ratio = fields.get("aspect_ratio") ?? "";
  const count = Number(fields.get("num_outputs"));
  return {
    model: models.includes(model) ? model : models[0] ?? "",
    prompt: fields.get("prompt") ?? "",
    ratio: (RATIOS as readonly string[]).includes(ratio) ? ratio : RATIOS[0],
    count: Number.isInteger(count) && count >= 1 && count <= MOST_PICTURES ? count : 1,
  };
}
