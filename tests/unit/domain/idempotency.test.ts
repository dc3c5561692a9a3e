import fc from "fast-check";
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AppError } from "../../../domain/errors.ts";
import { canonicalJson, idempotencyKey, requestHash } from "../../../domain/idempotency.ts";

describe("two requests are the same", () => {
  it("if only the order of members differs", async () => {
    assert.equal(
      await requestHash({ b: 1, a: { d: [1, 2], c: null } }),
      await requestHash({ a: { c: null, d: [1, 2] }, b: 1 }),
    );
  });

  it("if one leaves out what the other says is undefined", () => {
    assert.equal(canonicalJson({ a: 1, b: undefined }), canonicalJson({ a: 1 }));
  });

  it("and differ in anything else", async () => {
    const requests = [
      {},
      { a: 1 },
      { a: "1" },
      { a: null },
      { a: [1] },
      { a: [1, 2] },
      { a: [2, 1] },
      { A: 1 },
      [],
      null,
      "a",
    ];
    const hashes = await Promise.all(requests.map(requestHash));
    assert.equal(new Set(hashes).size, requests.length);
  });

  it("exactly if they are the same JSON", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      const canonical = canonicalJson(value);
      assert.deepEqual(JSON.parse(canonical), JSON.parse(JSON.stringify(value)));
      assert.equal(canonicalJson(JSON.parse(canonical)), canonical);
    }));
  });
});

describe("an idempotency key", () => {
  it("comes from the header before the body, and may be absent", () => {
    assert.equal(idempotencyKey(new Headers({ "Idempotency-Key": "a" }), "b"), "a");
    assert.equal(idempotencyKey(new Headers(), "b"), "b");
    assert.equal(idempotencyKey(new Headers()), undefined);
  });

  it("is 1 to 255 visible characters", () => {
    for (const key of ["", "a b", "ż", "a".repeat(256)]) {
      assert.throws(
        () => idempotencyKey(new Headers(), key),
        (error) => error instanceof AppError && error.code === "validation_failed",
      );
    }
    assert.equal(idempotencyKey(new Headers(), "~".repeat(255))?.length, 255);
  });
});
