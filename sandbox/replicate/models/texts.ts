/**
 * Models that write. Left out: `images` and `videos` to write about. Temperature and thinking are checked and change
 * nothing. The version is the sandbox's own: Replicate's changes often and Kredo runs this model by name.
 */
import type { CatalogueModel } from "../catalogue.ts";

export const TEXT_MODELS: readonly CatalogueModel[] = [
  {
    owner: "google",
    name: "gemini-2.5-flash",
    version: "6ffd43be10f1da9ed8e0f5bf4ac1e9d8e5bd5dba3a4ac1fd8b4c2a33a0c3a6a1",
    description: "Google's hybrid thinking model, optimised for speed and cost",
    kind: "text",
    input: {
      prompt: { type: "string", required: true, minLength: 1, description: "The text prompt to send to the model" },
      system_instruction: { type: "string", description: "System instruction to guide the model's behavior" },
      temperature: {
        type: "number",
        minimum: 0,
        maximum: 2,
        default: 1,
        description: "Sampling temperature between 0 and 2",
      },
      top_p: {
        type: "number",
        minimum: 0,
        maximum: 1,
        default: 0.95,
        description: "Nucleus sampling: only tokens with top_p probability mass are considered",
      },
      max_output_tokens: {
        type: "integer",
        minimum: 1,
        maximum: 65_535,
        default: 65_535,
        description: "Maximum number of tokens to generate",
      },
      thinking_budget: {
        type: "integer",
        minimum: 0,
        maximum: 24_576,
        description: "Thinking budget; 0 disables thinking",
      },
      dynamic_thinking: {
        type: "boolean",
        default: false,
        description: "Let the model decide how much to think; overrides thinking_budget",
      },
    },
    output: "list",
    style: "abstract",
    official: true,
  },
];
