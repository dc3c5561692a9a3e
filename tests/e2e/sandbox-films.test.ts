/** Films of the Replicate stand-in, in a browser: they play to the end, and the camera has moved as it was told. */
import assert from "node:assert/strict";
import { FILM_SECONDS, stillOf } from "../../sandbox/replicate/draw/film.ts";
import { FILM_SIZES } from "../../sandbox/replicate/models/videos.ts";
import { launchBrowser } from "../support/browser.ts";
import { startReplicate } from "../support/replicate-stand-in.ts";

const model = "bytedance/seedance-1.5-pro";

Deno.test("a wide, a tall and a square film play in a browser, and their last frame is where the camera arrived", async () => {
  const replicate = startReplicate();
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(`${replicate.origin}/`);
    for (const aspect_ratio of ["16:9", "9:16", "1:1"]) {
      const { width, height } = FILM_SIZES[aspect_ratio];
      const input = { prompt: "a lighthouse at sunset", aspect_ratio, seed: 3 };
      const { output } = await replicate.client().predictions.create({ model, input, wait: true });
      const response = await fetch(output);
      assert.equal(response.headers.get("content-type"), "video/mp4");
      assert.ok((await response.bytes()).length < 600_000, aspect_ratio);

      const seen = await page.evaluate(async (url) => {
        const video = document.createElement("video");
        video.muted = true;
        video.defaultPlaybackRate = 4;
        video.src = URL.createObjectURL(await (await fetch(url)).blob());
        const over = new Promise((resolve, reject) => {
          video.onended = resolve;
          video.onerror = () => reject(new Error(video.error?.message));
        });
        await video.play();
        await over;
        // A player that has just ended may still show a frame or two before.
        const found = new Promise((resolve) => video.onseeked = resolve);
        video.currentTime = video.duration - 0.02;
        await found;
        const { videoWidth: width, videoHeight: height, duration, readyState } = video;
        const canvas = Object.assign(document.createElement("canvas"), { width, height });
        const brush = canvas.getContext("2d")!;
        brush.drawImage(video, 0, 0);
        return { width, height, duration, readyState, pixels: [...brush.getImageData(0, 0, width, height).data] };
      }, output);

      const { pixels, ...rest } = seen;
      assert.deepEqual(rest, { width, height, duration: FILM_SECONDS, readyState: 4 }, aspect_ratio);
      const still = stillOf({ style: "landscape", prompt: input.prompt, seed: 3, width, height });
      let difference = 0;
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          const there = 3 * ((y + still.way.y) * still.width + x + still.way.x);
          for (let channel = 0; channel < 3; channel++) {
            difference += Math.abs(pixels[4 * (y * width + x) + channel] - still.rgb[there + channel]);
          }
        }
      }
      // Colours have half the resolution; a single pixel of displacement would be three times this.
      const mean = difference / (width * height * 3);
      assert.ok(mean < 2.5, `${aspect_ratio}: ${mean}`);
    }
  } finally {
    await browser.close();
    await replicate.close();
  }
});
