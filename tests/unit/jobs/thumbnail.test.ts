import assert from "node:assert/strict";
import encodeJpeg from "@jsquash/jpeg/encode.js";
import encodeWebp from "@jsquash/webp/encode.js";
import { readImageHeader } from "../../../domain/jobs/image-header.ts";
import { makeThumbnail } from "../../../domain/jobs/thumbnail.ts";
import { encodePng } from "../../../sandbox/replicate/draw/png.ts";

const pixels = (width: number, height: number) => {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let at = 0; at < data.length; at += 4) data.set([at / width & 0xff, 90, 200, 255], at);
  return { data, width, height, colorSpace: "srgb" } as ImageData;
};

async function thumbnailOf(bytes: Uint8Array<ArrayBuffer>) {
  const header = readImageHeader(bytes);
  assert.ok(header);
  const thumbnail = await makeThumbnail(bytes, header);
  return thumbnail && { bytes: thumbnail.length, ...readImageHeader(thumbnail) };
}

Deno.test("a thumbnail is a small WebP of the same shape, of each type that we store", async () => {
  const wide = pixels(1_200, 600);
  const rgb = new Uint8Array(1_200 * 600 * 3).fill(120);
  const pictures = {
    png: encodePng(rgb, 1_200, 600),
    jpeg: new Uint8Array(await encodeJpeg(wide)),
    webp: new Uint8Array(await encodeWebp(wide)),
  };
  for (const [type, bytes] of Object.entries(pictures)) {
    const thumbnail = await thumbnailOf(bytes);
    assert.ok(thumbnail, type);
    const { contentType, width, height } = thumbnail;
    assert.deepEqual([contentType, width, height], ["image/webp", 512, 256], type);
    assert.ok(thumbnail.bytes < 40_000, `${type}: ${thumbnail.bytes} bytes`);
  }
});

Deno.test("a tall picture's long side is its height", async () => {
  const thumbnail = await thumbnailOf(new Uint8Array(await encodeJpeg(pixels(600, 1_200))));
  assert.deepEqual([thumbnail?.width, thumbnail?.height], [256, 512]);
});

Deno.test("what is small already, or too large to unpack, gets none", async () => {
  assert.equal(await thumbnailOf(new Uint8Array(await encodeJpeg(pixels(512, 400)))), null);
  const bytes = new Uint8Array(8);
  assert.equal(await makeThumbnail(bytes, { contentType: "image/png", width: 5_000, height: 5_000 }), null);
});

Deno.test("a broken picture has no thumbnail, and the next one has", async () => {
  const broken = new Uint8Array(2_000).fill(7);
  await assert.rejects(makeThumbnail(broken, { contentType: "image/png", width: 900, height: 900 }));
  assert.ok(await thumbnailOf(encodePng(new Uint8Array(900 * 900 * 3), 900, 900)));
});
