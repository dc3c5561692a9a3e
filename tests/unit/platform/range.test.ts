import assert from "node:assert/strict";
import { readRange } from "../../../platform/http/range.ts";

Deno.test("a range is a part of what there is", () => {
  assert.deepEqual(readRange("bytes=0-99", 1_000), { first: 0, last: 99 });
  assert.deepEqual(readRange("bytes=100-", 1_000), { first: 100, last: 999 });
  assert.deepEqual(readRange("bytes=-100", 1_000), { first: 900, last: 999 });
  assert.deepEqual(readRange("Bytes=0-0", 1_000), { first: 0, last: 0 });
});

Deno.test("a range ends where the bytes end", () => {
  assert.deepEqual(readRange("bytes=900-2000", 1_000), { first: 900, last: 999 });
  assert.deepEqual(readRange("bytes=-5000", 1_000), { first: 0, last: 999 });
  for (const header of ["bytes=1000-", "bytes=5000-6000", "bytes=-0"]) {
    assert.equal(readRange(header, 1_000), "unsatisfiable", header);
  }
});

Deno.test("what is no single range is no range", () => {
  for (
    const header of [null, "", "bytes", "bytes=", "bytes=-", "bytes=5-2", "bytes=0-1,5-6", "lines=0-1", "bytes=a-b"]
  ) {
    assert.equal(readRange(header, 1_000), null, String(header));
  }
});
