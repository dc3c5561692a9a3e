/** Models that train others, and the input of what comes out of them. Left out: everything of Hugging Face and W&B. */
import type { CatalogueModel, Field } from "../catalogue.ts";
import { prompt, seed } from "./fields.ts";
import { imageRatio } from "./images.ts";

export const TRAINERS: readonly CatalogueModel[] = [
  {
    owner: "ostris",
    name: "flux-dev-lora-trainer",
    version: "b6af14222e6bd9be257cbc1ea4afda3cd0503e1133083b9d1de0364d8568e6ef",
    description: "Fine-tunes FLUX.1-dev on your own images",
    kind: "training",
    input: {
      input_images: {
        type: "string",
        format: "uri",
        required: true,
        description: "A zip file containing the images to train on, at least 10 of them",
      },
      trigger_word: {
        type: "string",
        minLength: 1,
        default: "TOK",
        description: "The word that stands for what is trained",
      },
      autocaption: { type: "boolean", default: true, description: "Automatically caption images" },
      autocaption_prefix: { type: "string", description: "Text at the beginning of all captions" },
      autocaption_suffix: { type: "string", description: "Text at the end of all captions" },
      steps: { type: "integer", minimum: 3, maximum: 6000, default: 1000, description: "Number of training steps" },
      learning_rate: { type: "number", minimum: 0, maximum: 1, default: 0.0004, description: "Learning rate" },
      batch_size: { type: "integer", minimum: 1, maximum: 64, default: 1, description: "Batch size" },
      resolution: { type: "string", minLength: 1, default: "512,768,1024", description: "Image resolutions" },
      lora_rank: { type: "integer", minimum: 1, maximum: 128, default: 16, description: "LoRA rank" },
      caption_dropout_rate: {
        type: "number",
        minimum: 0,
        maximum: 1,
        default: 0.05,
        description: "Share of captions that are left out",
      },
      optimizer: { type: "string", minLength: 1, default: "adamw8bit", description: "Optimizer" },
      gradient_checkpointing: { type: "boolean", default: false, description: "Saves memory, takes longer" },
    },
    output: "single",
    style: "landscape",
    official: false,
  },
];

/** What a trained version takes. */
export const TRAINED_INPUT: Record<string, Field> = {
  prompt: prompt("image"),
  aspect_ratio: imageRatio,
  num_outputs: { type: "integer", minimum: 1, maximum: 4, default: 1, description: "Number of outputs to generate" },
  num_inference_steps: { type: "integer", minimum: 1, maximum: 50, default: 28, description: "Denoising steps" },
  guidance_scale: { type: "number", minimum: 0, maximum: 10, default: 3, description: "Guidance scale" },
  lora_scale: { type: "number", minimum: -1, maximum: 3, default: 1, description: "How strongly the training applies" },
  output_format: { type: "string", enum: ["png"], default: "png", description: "Format of the output images" },
  go_fast: { type: "boolean", default: false, description: "Run faster predictions" },
  seed,
};
