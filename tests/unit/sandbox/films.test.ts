/** Films and texts of the Replicate stand-in: the same request gives the same, small enough to be sent around. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { drawFilm } from "../../../sandbox/replicate/draw/film.ts";
import { FILM_SIZES, VIDEO_MODELS } from "../../../sandbox/replicate/models/videos.ts";
import { countTokens, writeTokens } from "../../../sandbox/replicate/write/mod.ts";
import { createVideoProbe, sniffVideo } from "../../../domain/jobs/video-header.ts";

const film = { style: "landscape" as const, prompt: "a lighthouse at sunset", seed: 1, width: 64, height: 48 };

Deno.test("a film depends on prompt, seed and style, and on nothing else", () => {
  const first = drawFilm(film).toHex();
  assert.equal(drawFilm({ ...film }).toHex(), first);
  for (const change of [{ prompt: "a lighthouse at dawn" }, { seed: 2 }, { style: "abstract" as const }]) {
    assert.notEqual(drawFilm({ ...film, ...change }).toHex(), first, JSON.stringify(change));
  }
});

Deno.test("a film of every shape is an MP4 of that size, two seconds and less than 600 KB", () => {
  for (const { style } of VIDEO_MODELS) {
    for (const [ratio, { width, height }] of Object.entries(FILM_SIZES)) {
      const bytes = drawFilm({ ...film, style, width, height });
      assert.ok(bytes.length < 600_000, `${ratio}: ${bytes.length}`);
      assert.equal(sniffVideo(bytes)?.contentType, "video/mp4");
      const probe = createVideoProbe("video/mp4");
      probe.take(bytes);
      assert.deepEqual(probe.size(), { width, height, durationMs: 2000 }, ratio);
    }
  }
});

Deno.test("whatever the prompt, 60 to 120 tokens of text come out, always the same, and fewer when fewer are asked", () => {
  const seed = crypto.getRandomValues(new Int32Array(1))[0];
  console.log(`fast-check seed ${seed}`);
  const prompts = fc.oneof(fc.string({ unit: "grapheme" }), fc.lorem({ maxCount: 40 }), fc.constant("[fail] ?!"));
  fc.assert(
    fc.property(prompts, fc.nat(), fc.integer({ min: 1, max: 59 }), (prompt, seed, most) => {
      const request = { prompt, instruction: "", seed, most: Infinity };
      const tokens = writeTokens(request);
      assert.ok(tokens.length >= 60 && tokens.length <= 120, String(tokens.length));
      assert.deepEqual(writeTokens(request), tokens);
      assert.equal(countTokens(tokens.join("")), tokens.length);
      assert.deepEqual(writeTokens({ ...request, most }), tokens.slice(0, most));
    }),
    { seed },
  );
});
