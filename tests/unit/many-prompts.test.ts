import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { linesOf } from "../../components/create/lines.ts";
import { inputsOf, refusedLine } from "../../components/create/many.ts";
import { inputFromForm } from "../../domain/jobs/input.ts";
import type { InputSchema } from "../../domain/jobs/types.ts";

const input_schema: InputSchema = {
  type: "object",
  properties: {
    prompt: { type: "string", maxLength: 100 },
    aspect_ratio: { type: "string", enum: ["1:1", "16:9"], default: "1:1" },
    num_outputs: { type: "integer", minimum: 1, maximum: 4, default: 1 },
  },
};

describe("many prompts, one per line", () => {
  it("leave out empty lines, whatever ends a line, and keep the number of each", () => {
    assert.deepEqual(linesOf(" a boat \r\n\r\n  \ntwo boats\rthree"), [
      { number: 1, prompt: "a boat" },
      { number: 4, prompt: "two boats" },
      { number: 5, prompt: "three" },
    ]);
    assert.deepEqual(linesOf(""), []);
  });

  it("share what is for all of them, and are made once each", () => {
    const form = new URLSearchParams({ prompts: "a\nb", aspect_ratio: "16:9", num_outputs: "4", prompt: "c" });
    assert.deepEqual(inputsOf(form, (line) => inputFromForm({ input_schema }, line)), [
      { prompt: "a", aspect_ratio: "16:9" },
      { prompt: "b", aspect_ratio: "16:9" },
    ]);
  });

  it("are refused by the line on which they stand", () => {
    assert.deepEqual(refusedLine("inputs[1].prompt", "a\n\n\nb"), { line: 4, field: "prompt" });
    assert.deepEqual(refusedLine("inputs[0]", "\na"), { line: 2, field: "prompt" });
    assert.equal(refusedLine("inputs[7].prompt", "a"), null);
    assert.equal(refusedLine("model", "a"), null);
  });
});
