import assert from "node:assert/strict";
import { createVideoProbe, sniffVideo } from "../../../domain/jobs/video-header.ts";
import { mp4, webm } from "../../support/videos.ts";

const shape = { width: 1280, height: 720, durationMs: 5_042 };

/** What is read of a video that comes in pieces of `piece` bytes. */
function measure(bytes: Uint8Array, piece = bytes.length) {
  const type = sniffVideo(bytes);
  assert.ok(type, "not known as a video");
  const probe = createVideoProbe(type.contentType);
  for (let at = 0; at < bytes.length; at += piece) probe.take(bytes.subarray(at, at + piece));
  return probe.size();
}

Deno.test("an MP4's size and length are read, wherever its index stands and however it arrives", () => {
  for (const index of ["before", "after"] as const) {
    for (const long of [false, true]) {
      const bytes = mp4(shape, { index, long });
      for (const piece of [1, 7, 64, 1_000, bytes.length]) {
        assert.deepEqual(measure(bytes, piece), shape, `${index}, ${long ? "long" : "short"}, ${piece} at a time`);
      }
    }
  }
});

Deno.test("a WebM's size and length are read, with its length known or not", () => {
  for (const isLive of [false, true]) {
    const bytes = webm(shape, { isLive });
    for (const piece of [1, 100, bytes.length]) assert.deepEqual(measure(bytes, piece), shape, `${piece} at a time`);
  }
});

Deno.test("a video is known by its bytes, and what browsers do not play is none", () => {
  assert.deepEqual(sniffVideo(mp4(shape)), { contentType: "video/mp4", extension: "mp4" });
  assert.deepEqual(sniffVideo(webm(shape)), { contentType: "video/webm", extension: "webm" });
  for (const brand of ["qt  ", "heic", "avif", "M4A ", "<scr"]) {
    assert.equal(sniffVideo(mp4(shape, { brand })), null, brand);
  }
  assert.equal(sniffVideo(webm(shape, { docType: "matroska" })), null);
  for (const text of ["", "ftyp", "<!doctype html>", "    ftyp"]) {
    assert.equal(sniffVideo(new TextEncoder().encode(text)), null, text);
  }
});

Deno.test("a video that is cut short or lies about itself has no size, and breaks nothing", () => {
  for (const bytes of [mp4(shape), webm(shape)]) {
    for (let length = 64; length < bytes.length; length += 13) {
      const { width } = measure(bytes.subarray(0, length));
      assert.ok(width === null || width === shape.width, `${length} bytes`);
    }
  }
  const seed = Math.floor(Math.random() * 2 ** 32);
  const random = randomFrom(seed);
  for (let round = 0; round < 500; round++) {
    const bytes = round % 2 === 0 ? mp4(shape) : webm(shape);
    // What it is stays readable; after that, anything.
    for (let change = 0; change < 8; change++) bytes[32 + random(bytes.length - 32)] = random(256);
    const size = measure(bytes, 1 + random(300));
    assert.ok(
      [size.width, size.height, size.durationMs].every((n) => n === null || n > 0),
      `seed ${seed}, round ${round}`,
    );
  }
});

/** A small linear congruence is random enough for spoiling bytes. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor(state / 2 ** 32 * below);
  };
}
