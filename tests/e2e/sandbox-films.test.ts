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
        const src = URL.createObjectURL(await (await fetch(url)).blob());
        const open = () => Object.assign(document.createElement("video"), { muted: true, src });
        const player = open();
        player.defaultPlaybackRate = 4;
        const over = new Promise((resolve, reject) => {
          player.onended = resolve;
          player.onerror = () => reject(new Error(player.error?.message));
        });
        await player.play();
        await over;
        // Looked at in another: one that has just ended may go on showing a frame of before. "seeked" alone does not say what is shown.
        const video = open();
        const shown = new Promise<void>((resolve) => {
          const look = (_: number, { mediaTime }: VideoFrameCallbackMetadata) =>
            mediaTime >= player.duration - 0.05 ? resolve() : video.requestVideoFrameCallback(look);
          video.requestVideoFrameCallback(look);
        });
        video.currentTime = player.duration - 0.02;
        await shown;
        const { videoWidth: width, videoHeight: height, duration } = video;
        const canvas = Object.assign(document.createElement("canvas"), { width, height });
        const brush = canvas.getContext("2d")!;
        brush.drawImage(video, 0, 0);
        return { width, height, duration, pixels: [...brush.getImageData(0, 0, width, height).data] };
      }, output);

      const { pixels, ...rest } = seen;
      assert.deepEqual(rest, { width, height, duration: FILM_SECONDS }, aspect_ratio);
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
