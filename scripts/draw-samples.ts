/**
 * Draws the pictures of the landing page's contact sheet: `static/samples/*.webp` and `index.json`. They are what the
 * Replicate stand-in answers for these prompts and seeds, made smaller. Chromium encodes WebP, so this needs one
 * (`KREDO_CHROMIUM`, by default Debian's); the result is committed and nobody else does.
 */
import { chromium } from "playwright-core";
import { CATALOGUE } from "../sandbox/replicate/catalogue.ts";
import { drawPng } from "../sandbox/replicate/draw/mod.ts";

const SIZE = { width: 640, height: 480 };
const FOLDER = new URL("../static/samples/", import.meta.url);

const MODELS = {
  "seedream-4-5": "bytedance/seedream-4.5",
  "seedream-4-0": "bytedance/seedream-4",
  "gemini": "google/gemini-2.5-flash-image",
} as const;

interface Sample {
  name: string;
  model: keyof typeof MODELS;
  seed: number;
  prompt: { en: string; pl: string };
}

const SAMPLES: readonly Sample[] = [
  {
    name: "silk",
    model: "seedream-4-0",
    seed: 1,
    prompt: { en: "Liquid gold, folded like silk", pl: "Płynne złoto w fałdach jak jedwab" },
  },
  {
    name: "lighthouse",
    model: "seedream-4-5",
    seed: 2,
    prompt: { en: "A lighthouse at sunset, calm sea", pl: "Latarnia morska o zachodzie słońca, spokojne morze" },
  },
  {
    name: "spheres",
    model: "gemini",
    seed: 2,
    prompt: { en: "Polished spheres in a bright studio", pl: "Wypolerowane kule w jasnym studiu" },
  },
  {
    name: "city",
    model: "seedream-4-5",
    seed: 1,
    prompt: { en: "A neon city by the water at midnight", pl: "Neonowe miasto nad wodą o północy" },
  },
  {
    name: "lake",
    model: "seedream-4-5",
    seed: 4,
    prompt: { en: "A still lake in the mountains", pl: "Spokojne jezioro w górach" },
  },
  {
    name: "cherry",
    model: "seedream-4-5",
    seed: 1,
    prompt: { en: "A cherry tree in blossom on a quiet hill", pl: "Kwitnąca wiśnia na cichym wzgórzu" },
  },
];

const browser = await chromium.launch({
  executablePath: Deno.env.get("KREDO_CHROMIUM") ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
const page = await browser.newPage();

for (const { name, model, seed, prompt } of SAMPLES) {
  const { style } = CATALOGUE.find(({ owner, name }) => `${owner}/${name}` === MODELS[model])!;
  const png = drawPng({ style, prompt: prompt.en, seed, position: 0, width: SIZE.width * 2, height: SIZE.height * 2 });
  const source = `data:image/png;base64,${png.toBase64()}`;
  const webp = await page.evaluate(async ({ source, width, height }) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = width;
    canvas.height = height;
    const context = canvas.getContext("2d")!;
    context.imageSmoothingQuality = "high";
    context.drawImage(image, 0, 0, width, height);
    return canvas.toDataURL("image/webp", 0.86);
  }, { source, ...SIZE });
  const bytes = Uint8Array.fromBase64(webp.slice(webp.indexOf(",") + 1));
  await Deno.writeFile(new URL(`${name}.webp`, FOLDER), bytes);
  console.log(`${name}.webp ${(bytes.length / 1024).toFixed(0)} KB`);
}
await browser.close();

const index = SAMPLES.map(({ name, model, prompt }) => ({ file: `${name}.webp`, prompt, model, ...SIZE }));
await Deno.writeTextFile(new URL("index.json", FOLDER), JSON.stringify(index, null, 2) + "\n");
