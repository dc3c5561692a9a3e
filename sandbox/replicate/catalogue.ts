/**
 * The models this stand-in runs, with the input fields Replicate publishes for them (read in 2026-07 from each model's
 * API page). Left out because nothing here can honour them: `image_input`, `match_input_image`, custom sizes and
 * `output_format: jpg`. Sizes are accepted but every picture is drawn at about one megapixel.
 */

interface Described {
  description: string;
  required?: boolean;
}
export type Field =
  & Described
  & (
    | { type: "string"; minLength?: number; enum?: readonly string[]; default?: string }
    | { type: "integer"; minimum: number; maximum: number; default?: number }
  );

/** Which family of compositions a model paints in; see draw/mod.ts. */
export type Style = "landscape" | "atmosphere" | "abstract";

export interface CatalogueModel {
  owner: string;
  name: string;
  version: string;
  description: string;
  input: Record<string, Field>;
  /** Seedream answers a list of URLs, Gemini a single URL. */
  output: "list" | "single";
  style: Style;
}

/** Pixels of each aspect ratio: about 1 MP, sides divisible by 16. */
export const SIZES: Readonly<Record<string, { width: number; height: number }>> = {
  "1:1": { width: 1024, height: 1024 },
  "4:3": { width: 1184, height: 880 },
  "3:4": { width: 880, height: 1184 },
  "16:9": { width: 1344, height: 768 },
  "9:16": { width: 768, height: 1344 },
  "3:2": { width: 1248, height: 832 },
  "2:3": { width: 832, height: 1248 },
  "21:9": { width: 1536, height: 672 },
};

const prompt: Field = {
  type: "string",
  required: true,
  minLength: 1,
  description: "Text prompt for image generation",
};
const aspectRatio: Field = {
  type: "string",
  enum: Object.keys(SIZES),
  default: "1:1",
  description: "Aspect ratio of the generated image",
};

function seedream(sizes: readonly string[]): Record<string, Field> {
  return {
    prompt,
    aspect_ratio: aspectRatio,
    size: { type: "string", enum: sizes, default: "2K", description: "Image resolution" },
    sequential_image_generation: {
      type: "string",
      enum: ["disabled", "auto"],
      default: "disabled",
      description: "'auto' lets the model make several related images, up to max_images",
    },
    max_images: {
      type: "integer",
      minimum: 1,
      maximum: 15,
      default: 1,
      description: "Largest number of images when sequential_image_generation is 'auto'",
    },
  };
}

export const CATALOGUE: readonly CatalogueModel[] = [
  {
    owner: "bytedance",
    name: "seedream-4.5",
    version: "fffbf9ea3e7a8a0738faef42766157b0fed74d4831ddcf1e96344096eb186553",
    description: "Text-to-image with strong spatial understanding",
    input: seedream(["2K", "4K"]),
    output: "list",
    style: "landscape",
  },
  {
    owner: "bytedance",
    name: "seedream-4",
    version: "e6cff243d7a5e551e1ca2b4bf291413d649c9f1417f9a52c1c0a4fbc36027b83",
    description: "Text-to-image and editing at up to 4K",
    input: seedream(["1K", "2K", "4K"]),
    output: "list",
    style: "atmosphere",
  },
  {
    owner: "google",
    name: "gemini-2.5-flash-image",
    version: "1eaaecaf7ad8f555270c3b2de5c8507cf3475b09310732c777224cfcacf518f0",
    description: "Google's image generation model in Gemini 2.5",
    input: {
      prompt,
      aspect_ratio: aspectRatio,
      output_format: {
        type: "string",
        enum: ["png"],
        default: "png",
        description: "Format of the output image",
      },
    },
    output: "single",
    style: "abstract",
  },
];

/** By `owner/name`, by version id, or by `owner/name:version`: the three references the API takes. */
export function findModel(reference: string): CatalogueModel | undefined {
  return CATALOGUE.find((model) => {
    const full = `${model.owner}/${model.name}`;
    return reference === full || reference === model.version ||
      reference === `${full}:${model.version}`;
  });
}

/** The model object of `GET /models/{owner}/{name}`. */
export function modelJson(model: CatalogueModel) {
  const { owner, name } = model;
  const uri = { type: "string", format: "uri" };
  return {
    url: `https://replicate.com/${owner}/${name}`,
    owner,
    name,
    description: model.description,
    visibility: "public",
    is_official: true,
    github_url: null,
    paper_url: null,
    license_url: null,
    run_count: 0,
    cover_image_url: null,
    default_example: null,
    latest_version: {
      id: model.version,
      created_at: "2025-12-03T00:00:00.000Z",
      cog_version: null,
      openapi_schema: {
        openapi: "3.0.2",
        info: { title: "Cog", version: "0.1.0" },
        components: {
          schemas: {
            Input: {
              title: "Input",
              type: "object",
              required: Object.keys(model.input).filter((key) => model.input[key].required),
              properties: Object.fromEntries(
                Object.entries(model.input).map(([key, { required: _, ...field }], order) => [
                  key,
                  { ...field, "x-order": order },
                ]),
              ),
            },
            Output: model.output === "list"
              ? { title: "Output", type: "array", items: uri }
              : { title: "Output", ...uri },
          },
        },
      },
    },
  };
}
