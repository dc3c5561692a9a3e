import assert from "node:assert/strict";
import { readImageHeader } from "../../../domain/jobs/image-header.ts";
import { jpeg, png, webp } from "../../support/images.ts";

Deno.test("type and size are read from the bytes", () => {
  assert.deepEqual(readImageHeader(png(640, 480)), {
    contentType: "image/png",
    extension: "png",
    width: 640,
    height: 480,
  });
  assert.deepEqual(readImageHeader(jpeg(1_024, 768)), {
    contentType: "image/jpeg",
    extension: "jpg",
    width: 1_024,
    height: 768,
  });
  for (const kind of ["VP8 ", "VP8L", "VP8X"] as const) {
    assert.deepEqual(readImageHeader(webp(kind, 300, 200)), {
      contentType: "image/webp",
      extension: "webp",
      width: 300,
      height: 200,
    }, kind);
  }
});

Deno.test("a view into a larger buffer is read from its own start", () => {
  const framed = new Uint8Array([...new Uint8Array(7), ...png(640, 480)]);
  assert.equal(readImageHeader(framed.subarray(7))?.width, 640);
});

Deno.test("what is no image of ours is nothing, however it starts", () => {
  const html = new TextEncoder().encode("<!doctype html><script>alert(1)</script>".padEnd(64));
  const svg = new TextEncoder().encode('<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>');
  for (const bytes of [new Uint8Array(), html, svg, png(640, 480).subarray(0, 20), png(0, 480), jpeg(0, 0)]) {
    assert.equal(readImageHeader(bytes), null);
  }
});

Deno.test("no cut and no changed byte makes it throw", () => {
  for (const whole of [png(9, 9), jpeg(9, 9), webp("VP8 ", 9, 9), webp("VP8L", 9, 9), webp("VP8X", 9, 9)]) {
    for (let length = 0; length <= whole.length; length++) readImageHeader(whole.subarray(0, length));
    for (let at = 0; at < whole.length; at++) {
      for (const value of [0x00, 0xff]) readImageHeader(whole.with(at, value));
    }
  }
});

Deno.test("a picture that would be one size to us and another to a decoder is none", () => {
  const small = jpeg(64, 64).subarray(2);
  for (const marker of [0x01, 0xd0, 0xd7, 0xd8]) {
    // What we would take for a length, and step over, is nothing of the kind.
    const picture = new Uint8Array([0xff, 0xd8, 0xff, marker, 0x00, 0x02, ...small]);
    assert.equal(readImageHeader(picture), null, marker.toString(16));
  }
});
