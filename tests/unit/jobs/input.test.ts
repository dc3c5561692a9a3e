import assert from "node:assert/strict";
import { inputFromForm, parseInput } from "../../../domain/jobs/input.ts";
import { imageModel } from "../../support/model.ts";

const model = imageModel();
const fieldsOf = (raw: unknown) => {
  const result = parseInput(model, raw);
  return result.ok ? null : Object.keys(result.fields);
};

Deno.test("an input is trimmed and gets the model's defaults", () => {
  assert.deepEqual(parseInput(model, { prompt: "  a lamp \n" }), {
    ok: true,
    input: { prompt: "a lamp", aspect_ratio: "1:1", num_outputs: 1 },
  });
});

Deno.test("a prompt has 1 to 10,000 characters, counted as people count them", () => {
  assert.deepEqual(fieldsOf({ prompt: "" }), ["prompt"]);
  assert.deepEqual(fieldsOf({ prompt: "   " }), ["prompt"]);
  assert.equal(fieldsOf({ prompt: "x".repeat(10_000) }), null);
  assert.deepEqual(fieldsOf({ prompt: "x".repeat(10_001) }), ["prompt"]);
  assert.equal(fieldsOf({ prompt: "🪔".repeat(10_000) }), null, "10,000 emoji are 20,000 UTF-16 units");
  assert.deepEqual(fieldsOf({ prompt: "🪔".repeat(10_001) }), ["prompt"]);
  assert.equal(fieldsOf({ prompt: ` ${"x".repeat(10_000)} ` }), null, "spaces around it do not count");
});

Deno.test("text that Postgres cannot store is refused", () => {
  assert.deepEqual(fieldsOf({ prompt: "a\0b" }), ["prompt"]);
  assert.deepEqual(fieldsOf({ prompt: "half a pair \ud83e" }), ["prompt"]);
});

Deno.test("every wrong field is named, unknown ones too", () => {
  assert.deepEqual(fieldsOf({ aspect_ratio: "2:1", num_outputs: 5, seed: 7 })?.sort(), [
    "aspect_ratio",
    "num_outputs",
    "prompt",
    "seed",
  ]);
});

Deno.test("JSON gets no kindness: types are exact", () => {
  for (const num_outputs of ["2", 1.5, 0, -1, null, true, Infinity]) {
    assert.deepEqual(fieldsOf({ prompt: "a lamp", num_outputs }), ["num_outputs"], `num_outputs ${num_outputs}`);
  }
  for (const prompt of [7, null, ["a"], { text: "a" }]) assert.deepEqual(fieldsOf({ prompt }), ["prompt"]);
  for (const input of [null, undefined, "a lamp", 7, ["a lamp"]]) assert.deepEqual(fieldsOf(input), ["input"]);
});

Deno.test("names of Object's own members are no fields", () => {
  assert.deepEqual(fieldsOf(JSON.parse('{"prompt": "a lamp", "__proto__": {"credits": 0}}')), ["__proto__"]);
  assert.deepEqual(fieldsOf({ prompt: "a lamp", constructor: 1 }), ["constructor"]);
});

Deno.test("a form's texts become the types of the schema, and foreign controls are left out", () => {
  const form = new URLSearchParams({ prompt: "a lamp", num_outputs: "2", aspect_ratio: "", model: "seedream-4-5" });
  assert.deepEqual(inputFromForm(model, form), { prompt: "a lamp", num_outputs: 2 });
  assert.deepEqual(inputFromForm(model, new URLSearchParams({ prompt: "", num_outputs: "many" })), {
    prompt: "",
    num_outputs: "many",
  });
});
