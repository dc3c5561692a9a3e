/**
 * The models this stand-in runs, with the input fields Replicate publishes for them (see `models/`). A field that nothing
 * here can honour is left out rather than ignored.
 */
import { IMAGE_MODELS } from "./models/images.ts";
import { TEXT_MODELS } from "./models/texts.ts";
import { TRAINERS } from "./models/trainers.ts";
import { VIDEO_MODELS } from "./models/videos.ts";

interface Described {
  description: string;
  required?: boolean;
}
export type Field =
  & Described
  & (
    | { type: "string"; format?: "uri"; minLength?: number; enum?: readonly string[]; default?: string }
    | {
      type: "integer" | "number";
      minimum?: number;
      maximum?: number;
      enum?: readonly number[];
      default?: number;
    }
    | { type: "boolean"; default?: boolean }
  );

export type Kind = "image" | "video" | "text" | "training";

/** Which family of compositions a model paints in; see draw/mod.ts. */
export type Style = "landscape" | "atmosphere" | "abstract";

export interface CatalogueModel {
  owner: string;
  name: string;
  version: string;
  description: string;
  kind: Kind;
  input: Record<string, Field>;
  /** Some models answer a list of URLs (of words, those that write), others a single URL. */
  output: "list" | "single";
  style: Style;
  /** Official models run by name, all others by version only. */
  official: boolean;
}

export const CATALOGUE: readonly CatalogueModel[] = [...IMAGE_MODELS, ...VIDEO_MODELS, ...TEXT_MODELS, ...TRAINERS];

/** By `owner/name`, by version id, or by `owner/name:version`: the three references the API takes. */
export function findModel(reference: string): CatalogueModel | undefined {
  return CATALOGUE.find((model) => {
    const full = `${model.owner}/${model.name}`;
    return reference === full || reference === model.version ||
      reference === `${full}:${model.version}`;
  });
}

/** What a prompt is, for this model: the words in which directives may stand and from which its work is made. */
export function wordsOf(kind: Kind, input: Record<string, unknown>): string {
  const fields = kind === "training" ? ["trigger_word", "autocaption_prefix", "autocaption_suffix"] : ["prompt"];
  return fields.map((field) => input[field]).filter((words) => words !== undefined).join(" ");
}

/** The model object of `GET /models/{owner}/{name}`. */
export function modelJson(model: CatalogueModel) {
  const { owner, name } = model;
  return {
    url: `https://replicate.com/${owner}/${name}`,
    owner,
    name,
    description: model.description,
    visibility: "public",
    is_official: model.official,
    github_url: null,
    paper_url: null,
    license_url: null,
    run_count: 0,
    cover_image_url: null,
    default_example: null,
    latest_version: versionJson(model, model.version, "2025-12-03T00:00:00.000Z"),
  };
}

/** A version with the schema of its input and output. A trainer says what it takes in `TrainingInput`. */
export function versionJson({ kind, input, output }: CatalogueModel, id: string, created_at: string) {
  const inputs = {
    title: kind === "training" ? "TrainingInput" : "Input",
    type: "object",
    required: Object.keys(input).filter((key) => input[key].required),
    properties: Object.fromEntries(
      Object.entries(input).map(([key, { required: _, ...field }], order) => [key, { ...field, "x-order": order }]),
    ),
  };
  const item = kind === "text" ? { type: "string" } : { type: "string", format: "uri" };
  const list = { title: "Output", type: "array", items: item };
  const outputs = kind === "training"
    ? {
      title: "TrainingOutput",
      type: "object",
      properties: { weights: { type: "string", format: "uri" }, version: { type: "string" } },
    }
    : kind === "text"
    ? { ...list, "x-cog-array-type": "iterator", "x-cog-array-display": "concatenate" }
    : output === "list"
    ? list
    : { title: "Output", ...item };
  return {
    id,
    created_at,
    cog_version: null,
    openapi_schema: {
      openapi: "3.0.2",
      info: { title: "Cog", version: "0.1.0" },
      components: { schemas: { [inputs.title]: inputs, [outputs.title]: outputs } },
    },
  };
}
