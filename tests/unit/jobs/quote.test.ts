import assert from "node:assert/strict";
import { quote } from "../../../domain/jobs/quote.ts";
import { providerInput } from "../../../domain/jobs/provider-input.ts";
import { imageModel } from "../../support/model.ts";

Deno.test("a job costs the model's price for each output asked for", () => {
  assert.equal(quote(imageModel({ credits: 2 }), { prompt: "a lamp", num_outputs: 3 }), 6);
  assert.equal(quote(imageModel({ credits: 10 }), { prompt: "a lamp" }), 10, "one output when none is named");
});

Deno.test("our fields go to the provider under its own names, with the model's constants", () => {
  const map = {
    fields: { prompt: "text", num_outputs: "max_images" },
    constants: { sequential_image_generation: "auto" },
  };
  assert.deepEqual(providerInput(map, { prompt: "a lamp", num_outputs: 2, aspect_ratio: "1:1" }), {
    text: "a lamp",
    max_images: 2,
    sequential_image_generation: "auto",
  });
});
