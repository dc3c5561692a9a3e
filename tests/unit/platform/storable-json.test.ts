import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { storableJson } from "../../../platform/storable-json.ts";

describe("JSON for the database", () => {
  it("holds no character that jsonb refuses, at any depth", () => {
    const text = storableJson({ name: "A\0nn", list: [{ half: "\ud800!" }], whole: "🎈" });
    assert.deepEqual(JSON.parse(text), { name: "Ann", list: [{ half: "\ufffd!" }], whole: "🎈" });
  });
});
