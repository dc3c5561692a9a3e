import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { limitsOf, priceShown, readValues } from "../../components/create/form.ts";
import type { InputProperty } from "../../domain/jobs/types.ts";
import { imageModel } from "../support/model.ts";

const withInput = (slug: string, properties: Record<string, InputProperty>) =>
  imageModel({ slug, input_schema: { type: "object", properties } });

const wide = withInput("wide", {
  prompt: { type: "string", maxLength: 500 },
  aspect_ratio: { type: "string", enum: ["16:9", "21:9", "4:3"] },
  num_outputs: { type: "integer", minimum: 1, maximum: 6 },
});
const single = withInput("single", { prompt: { type: "string", maxLength: 2_000 } });

describe("the form that asks for a picture", () => {
  it("asks of a model what the model's own schema takes, in shapes that the page can draw", () => {
    assert.deepEqual(limitsOf(wide), { prompt: 500, pictures: 6, ratios: ["4:3", "16:9"] });
    assert.deepEqual(limitsOf(single), { prompt: 2_000, pictures: 1, ratios: [] });
  });

  it("offers of several models together what one of them takes", () => {
    assert.deepEqual(limitsOf([single, wide]), { prompt: 2_000, pictures: 6, ratios: ["4:3", "16:9"] });
  });

  it("is filled in by a link as far as that makes sense", () => {
    const read = (query: string) => readValues(new URLSearchParams(query), [wide, single]);
    assert.deepEqual(read("model=single&prompt=A&aspect_ratio=16:9&num_outputs=6"), {
      model: "single",
      prompt: "A",
      ratio: "16:9",
      count: 6,
    });
    assert.deepEqual(read("model=none&aspect_ratio=21:9&num_outputs=7"), {
      model: "wide",
      prompt: "",
      ratio: "4:3",
      count: 1,
    });
    assert.deepEqual(readValues(new URLSearchParams(), []), { model: "", prompt: "", ratio: "", count: 1 });
  });

  it("knows the price it showed, and takes nothing else for one", () => {
    const shown = (value: string) => priceShown(new URLSearchParams({ "price:wide": value }), "wide");
    assert.equal(shown("2"), 2);
    for (const nonsense of ["", "0", "-1", "1.5", "x", "1e99"]) assert.equal(shown(nonsense), undefined, nonsense);
    assert.equal(priceShown(new URLSearchParams(), "wide"), undefined);
  });
});
