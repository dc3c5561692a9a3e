import type { InputProperty, Model } from "../../domain/jobs/types.ts";
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
  /** Of a video. */
  seconds: number;
  /** Of a text, at most; in the model's tokens. */
  length: number;
}

/** Tokens of the longest answer that may be chosen; three of them are about two words. */
export const LENGTHS = [256, 512, 1024, 2048];

/** From a link that fills the form in, or from the form itself; what makes no sense becomes the default. */
export function readValues(fields: URLSearchParams, models: Model[]): CreateValues {
  const model = models.find(({ slug }) => slug === fields.get("model")) ?? models.at(0);
  const { ratios, pictures, seconds, lengths } = limitsOf(models);
  const ratio = fields.get("aspect_ratio") as Ratio;
  const count = Number(fields.get("num_outputs"));
  return {
    model: model?.slug ?? "",
    prompt: fields.get("prompt") ?? "",
    ratio: ratios.includes(ratio) ? ratio : ratios[0] ?? "",
    count: Number.isInteger(count) && count >= 1 && count <= pictures ? count : 1,
    seconds: oneOf(seconds, fields.get("duration"), DEFAULT_SECONDS),
    length: oneOf(lengths, fields.get("max_output_tokens"), DEFAULT_LENGTH),
  };
}

const DEFAULT_SECONDS = 5;
const DEFAULT_LENGTH = 1024;

/** The number that was asked for if it is offered; else the usual one, or the first. */
function oneOf(offered: number[], asked: string | null, usual: number): number {
  return offered.find((number) => String(number) === asked) ?? offered.find((number) => number === usual) ??
    offered.at(0) ?? usual;
}

/** What a form may ask of a model. */
export interface Limits {
  /** Characters of the prompt. */
  prompt: number;
  pictures: number;
  ratios: Ratio[];
  /** Of a video; those of a text in tokens. */
  seconds: number[];
  lengths: number[];
}

/** Of one model, as its own schema says; of several, what at least one of them takes. */
export function limitsOf(models: Model | Model[]): Limits {
  const each = [models].flat().map(({ input_schema: { properties } }) => {
    const { prompt, aspect_ratio, num_outputs, duration, max_output_tokens } = properties;
    return {
      prompt: prompt?.type === "string" ? prompt.maxLength ?? Infinity : 0,
      pictures: num_outputs?.type === "integer" ? num_outputs.maximum ?? 1 : 1,
      ratios: aspect_ratio?.type === "string" ? aspect_ratio.enum ?? [] : [],
      seconds: wholeNumbers(duration),
      isLengthTaken: (length: number) => isWithin(length, max_output_tokens),
    };
  });
  return {
    prompt: Math.max(...each.map(({ prompt }) => prompt)),
    pictures: Math.max(...each.map(({ pictures }) => pictures)),
    ratios: RATIOS.filter((ratio) => each.some(({ ratios }) => ratios.includes(ratio))),
    seconds: [...new Set(each.flatMap(({ seconds }) => seconds))].sort((a, b) => a - b),
    lengths: LENGTHS.filter((length) => each.some(({ isLengthTaken }) => isLengthTaken(length))),
  };
}

/** A choice of at most a dozen; a field with more is none that a page can lay out as buttons. */
function wholeNumbers(property: InputProperty | undefined): number[] {
  if (property?.type !== "integer" || property.minimum === undefined || property.maximum === undefined) return [];
  const { minimum } = property;
  const count = property.maximum - minimum + 1;
  return count > 12 ? [] : Array.from({ length: count }, (_, i) => minimum + i);
}

function isWithin(number: number, property: InputProperty | undefined): boolean {
  return property?.type === "integer" && number >= (property.minimum ?? 0) && number <= (property.maximum ?? Infinity);
}

/** The models that take this value of a choice, as the browser sends it. */
export function takersOf(models: Model[], field: ChoiceField, value: string | number): string[] {
  return models.filter((model) => choicesOf(model)[field].includes(String(value))).map(({ slug }) => slug);
}

type ChoiceField = "aspect_ratio" | "num_outputs" | "duration" | "max_output_tokens";

function choicesOf(model: Model): Record<ChoiceField, string[]> {
  const { ratios, pictures, seconds, lengths } = limitsOf(model);
  return {
    aspect_ratio: ratios,
    num_outputs: Array.from({ length: pictures }, (_, i) => `${i + 1}`),
    duration: seconds.map(String),
    max_output_tokens: lengths.map(String),
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
