/** Pictures of the Replicate stand-in: whatever the words, a whole picture comes out, and always the same one. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { drawPixels, drawPng, type PictureRequest } from "../../../sandbox/replicate/draw/mod.ts";
import { readDirectives, withoutDirectives } from "../../../sandbox/replicate/directives.ts";
import { pictureOf } from "../../support/png.ts";

const request: PictureRequest = {
  style: "landscape",
  prompt: "a lighthouse at sunset",
  seed: 1,
  position: 0,
  width: 96,
  height: 64,
};
const STYLES = ["landscape", "atmosphere", "abstract"] as const;

Deno.test("a picture depends on prompt, seed, position and style, and on nothing else", () => {
  const first = drawPng(request).toHex();
  assert.equal(drawPng({ ...request }).toHex(), first);
  const others = [{ prompt: "a lighthouse at dawn" }, { seed: 2 }, { position: 1 }, { style: "abstract" as const }];
  for (const change of others) {
    assert.notEqual(drawPng({ ...request, ...change }).toHex(), first, JSON.stringify(change));
  }
});

Deno.test("any prompt draws a picture that is more than one colour", () => {
  const seed = crypto.getRandomValues(new Int32Array(1))[0];
  console.log(`fast-check seed ${seed}`);
  const words = fc.constantFrom("neon", "city", "las", "morze", "złoto", "snow", "planet", "poster", "<b>", "🌊", "");
  const prompts = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.array(words, { maxLength: 5 }).map((all) => all.join(" ")),
  );
  const sides = fc.constantFrom([64, 64], [96, 40], [40, 96]);
  fc.assert(
    fc.property(prompts, fc.nat(), fc.constantFrom(...STYLES), sides, (prompt, seed, style, [width, height]) => {
      const pixels = drawPixels({ ...request, prompt, seed, style, width, height });
      assert.equal(pixels.length, width * height * 3);
      assert.ok(new Set(pixels).size > 8, "shades");
    }),
    { seed, numRuns: 150 },
  );
});

Deno.test("the PNG is whole at every size, from one row up", () => {
  for (const [width, height] of [[64, 64], [97, 33], [33, 97]]) {
    assert.deepEqual(pictureOf(drawPng({ ...request, width, height })), { width, height });
  }
});

Deno.test("directives are read from the prompt and left out of the picture; other brackets stay", () => {
  const prompt = "a kite [slow:2.5] [flaky:3] [http:500:2] over [the] sea [duplicate-webhook]";
  assert.equal(withoutDirectives(prompt), "a kite over [the] sea");
  const { outcome, slowSeconds, flaky, http, webhooks } = readDirectives(prompt);
  assert.deepEqual([outcome, slowSeconds, flaky, webhooks], ["succeed", 2.5, 3, "twice"]);
  assert.deepEqual(http, { status: 500, times: 2 });
  assert.deepEqual(readDirectives("[http:429] [aborted]").http, { status: 429, times: 1 });
  assert.deepEqual(readDirectives("[http:422]").http, { status: 422, times: Infinity });
});
