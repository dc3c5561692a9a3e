import { z } from "zod";
import type { InputProperty, InputSchema, JobInput, Model } from "./types.ts";

export type ParsedInput =
  | { ok: true; input: JobInput }
  | { ok: false; fields: Record<string, string> };

/**
 * Checks an input against the model's own schema, trims its texts and fills in its defaults.
 * Errors come back by field, in English; the pages translate by field name.
 *
 * @example
 * parseInput(model, { prompt: "  a lamp " })
 * // { ok: true, input: { prompt: "a lamp", aspect_ratio: "1:1", num_outputs: 1 } }
 */
export function parseInput(model: Pick<Model, "input_schema">, raw: unknown): ParsedInput {
  const result = schemaOf(model.input_schema).safeParse(raw);
  if (result.success) return { ok: true, input: result.data as JobInput };

  // A map, because the names come from outside and an object has names of its own.
  const fields = new Map<string, string>();
  const note = (field: string, message: string) => fields.has(field) || fields.set(field, message);
  for (const issue of result.error.issues) {
    if (issue.code === "unrecognized_keys") {
      for (const key of issue.keys) note(key, "This model does not know this field.");
    } else {
      note(issue.path.join(".") || "input", issue.message);
    }
  }
  return { ok: false, fields: Object.fromEntries(fields) };
}

/**
 * The fields of a submitted form in the types of the model's schema. A form knows only strings; JSON
 * gets no such kindness, there `"2"` is not a number. What does not convert is left for `parseInput`
 * to refuse, and controls that are no field of the model (model, idempotency key) are left out.
 */
export function inputFromForm(model: Pick<Model, "input_schema">, form: SubmittedForm): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(model.input_schema.properties)) {
    const value = form.get(name);
    // A control left empty means "the default", except where the text itself is asked for.
    if (typeof value !== "string" || (value === "" && property.default !== undefined)) continue;
    input[name] = fromFormValue(property, value);
  }
  return input;
}

/** `FormData` and `URLSearchParams` both are. */
export interface SubmittedForm {
  get(name: string): unknown;
}

function fromFormValue(property: InputProperty, value: string): unknown {
  if (property.type === "boolean") return value === "on" || value === "true";
  if (property.type === "string" || value.trim() === "") return value;
  const number = Number(value);
  return Number.isFinite(number) ? number : value;
}

// A handful of models, each read from the database many times: the schema's own text is the key, so a
// changed row gets a new parser and an unchanged one costs nothing.
const compiled = new Map<string, z.ZodType>();

function schemaOf(schema: InputSchema): z.ZodType {
  const key = JSON.stringify(schema);
  let parser = compiled.get(key);
  if (!parser) {
    if (compiled.size > 100) compiled.clear();
    parser = compile(schema);
    compiled.set(key, parser);
  }
  return parser;
}

function compile(schema: InputSchema): z.ZodType {
  const required = new Set(schema.required ?? []);
  const shape: Record<string, z.ZodType> = {};
  for (const [name, property] of Object.entries(schema.properties)) {
    const field = compileProperty(property);
    if (property.default !== undefined) shape[name] = field.default(property.default);
    else shape[name] = required.has(name) ? field : field.optional();
  }
  return z.strictObject(shape, { error: (issue) => issue.code === "invalid_type" ? "Send an object." : undefined });
}

function compileProperty(property: InputProperty): z.ZodType {
  switch (property.type) {
    case "boolean":
      return z.boolean({ error: "Send true or false." });
    case "integer":
    case "number":
      return compileNumber(property);
    case "string":
      return property.enum
        ? z.enum(property.enum as [string, ...string[]], { error: `Choose one of ${property.enum.join(", ")}.` })
        : compileText(property);
  }
}

function compileNumber(property: Extract<InputProperty, { type: "integer" | "number" }>): z.ZodType {
  const { minimum = -Number.MAX_SAFE_INTEGER, maximum = Number.MAX_SAFE_INTEGER } = property;
  const noun = property.type === "integer" ? "a whole number" : "a number";
  const error = `Send ${noun} from ${minimum} to ${maximum}.`;
  const number = property.type === "integer" ? z.int({ error }) : z.number({ error });
  return number.min(minimum, { error }).max(maximum, { error });
}

// JSON Schema counts characters, JavaScript counts UTF-16 units: 10,000 emoji are 10,000 characters.
function compileText({ minLength = 0, maxLength }: Extract<InputProperty, { type: "string" }>): z.ZodType {
  return z.string({ error: (issue) => issue.input === undefined ? "This field is required." : "Send text." })
    .transform((text) => text.trim())
    .superRefine((text, context) => {
      const refuse = (message: string) => context.addIssue({ code: "custom", message });
      if (text.includes("\0")) return refuse("Remove the NUL character.");
      if (!text.isWellFormed()) return refuse("This text is not valid Unicode.");
      const length = countCharacters(text);
      if (length < minLength) refuse(minLength === 1 ? "Write something." : `Write at least ${minLength} characters.`);
      if (maxLength !== undefined && length > maxLength) {
        refuse(
          `Use at most ${maxLength.toLocaleString("en-US")} characters; this has ${length.toLocaleString("en-US")}.`,
        );
      }
    });
}

function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
