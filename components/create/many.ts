import type { Model } from "../../domain/jobs/types.ts";
import { type Ratio, RATIOS } from "../jobs/ratio.ts";
import { linesOf } from "./lines.ts";

export const MANY_FORM_ID = "create-many";
export const LINES_ID = "prompts";

/** The inputs of a batch: each line with the choices that are for all, read as the form of one prompt is. */
export function inputsOf<T>(form: URLSearchParams, read: (line: URLSearchParams) => T): T[] {
  const forAll = new URLSearchParams(form);
  forAll.delete("num_outputs");
  return linesOf(form.get("prompts") ?? "").map(({ prompt }) => {
    forAll.set("prompt", prompt);
    return read(forAll);
  });
}

/** Shapes that a model makes; none of a model that has no shapes. */
export function ratiosOf({ input_schema: { properties: { aspect_ratio } } }: Pick<Model, "input_schema">): Ratio[] {
  const names = aspect_ratio?.type === "string" ? aspect_ratio.enum ?? [] : [];
  return RATIOS.filter((ratio) => names.includes(ratio));
}

/** What was refused, by line: `inputs[3].prompt` is field `prompt` of the fourth prompt, wherever it stands in the text. */
export function refusedLine(field: string, text: string): { line: number; field: string } | null {
  const [, index, name = "prompt"] = /^inputs\[(\d+)\](?:\.(\w+))?$/.exec(field) ?? [];
  const line = index === undefined ? undefined : linesOf(text)[Number(index)];
  return line ? { line: line.number, field: name } : null;
}
