import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { limitsOf, priceShown, readValues, takersOf } from "../../components/create/form.ts";
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
const film = withInput("film", {
  prompt: { type: "string", maxLength: 500 },
  aspect_ratio: { type: "string", enum: ["16:9"] },
  duration: { type: "integer", minimum: 4, maximum: 8, default: 5 },
});
const text = withInput("text", {
  prompt: { type: "string", maxLength: 500 },
  max_output_tokens: { type: "integer", minimum: 300, maximum: 1_500 },
});

describe("the form that asks for a picture", () => {
  it("asks of a model what the model's own schema takes, in shapes that the page can draw", () => {
    assert.deepEqual(limitsOf(wide), { prompt: 500, pictures: 6, ratios: ["4:3", "16:9"], seconds: [], lengths: [] });
    assert.deepEqual(limitsOf(single), { prompt: 2_000, pictures: 1, ratios: [], seconds: [], lengths: [] });
    assert.deepEqual(limitsOf(film).seconds, [4, 5, 6, 7, 8]);
    assert.deepEqual(limitsOf(text).lengths, [512, 1024]);
  });

  it("offers of several models together what one of them takes", () => {
    assert.deepEqual(limitsOf([single, wide, film, text]), {
      prompt: 2_000,
      pictures: 6,
      ratios: ["4:3", "16:9"],
      seconds: [4, 5, 6, 7, 8],
      lengths: [512, 1024],
    });
  });

  it("knows which models a choice goes with", () => {
    const all = [wide, single, film, text];
    assert.deepEqual(takersOf(all, "aspect_ratio", "16:9"), ["wide", "film"]);
    assert.deepEqual(takersOf(all, "num_outputs", 1), ["wide", "single", "film", "text"]);
    assert.deepEqual(takersOf(all, "num_outputs", 6), ["wide"]);
    assert.deepEqual(takersOf(all, "duration", 8), ["film"]);
    assert.deepEqual(takersOf(all, "max_output_tokens", 1024), ["text"]);
    assert.deepEqual(takersOf(all, "max_output_tokens", 2048), []);
  });

  it("is filled in by a link as far as that makes sense", () => {
    const read = (query: string) => readValues(new URLSearchParams(query), [wide, single]);
    assert.deepEqual(read("model=single&prompt=A&aspect_ratio=16:9&num_outputs=6"), {
      model: "single",
      prompt: "A",
      ratio: "16:9",
      count: 6,
      seconds: 5,
      length: 1024,
    });
    assert.deepEqual(read("model=none&aspect_ratio=21:9&num_outputs=7"), {
      model: "wide",
      prompt: "",
      ratio: "4:3",
      count: 1,
      seconds: 5,
      length: 1024,
    });
    const of = (query: string) => readValues(new URLSearchParams(query), [wide, film, text]);
    assert.deepEqual([of("duration=8").seconds, of("duration=9").seconds, of("duration=x").seconds], [8, 5, 5]);
    assert.deepEqual([of("max_output_tokens=512").length, of("max_output_tokens=7").length], [512, 1024]);
    assert.deepEqual(readValues(new URLSearchParams(), []), {
      model: "",
      prompt: "",
      ratio: "",
      count: 1,
      seconds: 5,
      length: 1024,
    });
  });

  it("knows the price it showed, and takes nothing else for one", () => {
    const shown = (value: string) => priceShown(new URLSearchParams({ "price:wide": value }), "wide");
    assert.equal(shown("2"), 2);
    for (const nonsense of ["", "0", "-1", "1.5", "x", "1e99"]) assert.equal(shown(nonsense), undefined, nonsense);
    assert.equal(priceShown(new URLSearchParams(), "wide"), undefined);
  });
});
