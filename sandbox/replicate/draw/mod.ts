/**
 * Draws what a model would have made of a prompt: a picture whose colours and subject come from the prompt's words, and
 * whose details come from the seed. The same request always gives the same bytes.
 */
import type { Style } from "../catalogue.ts";
import { drawAbstract } from "./abstract.ts";
import { drawAtmosphere } from "./atmosphere.ts";
import { type Canvas, canvas, develop } from "./canvas.ts";
import { drawLandscape } from "./landscape.ts";
import { paletteFor } from "./palettes.ts";
import type { Palette } from "./palettes.ts";
import { encodePng } from "./png.ts";
import { type Dice, dice, hash32 } from "./random.ts";

export interface PictureRequest {
  style: Style;
  prompt: string;
  seed: number;
  /** 0 for the first picture of a prediction. */
  position: number;
  width: number;
  height: number;
}

/** What a family of compositions gets: the blank canvas, the words, the colours, and the only randomness there is. */
export interface Brief {
  on: Canvas;
  prompt: string;
  palette: Palette;
  dice: Dice;
}

const FAMILIES: Record<Style, { draw: (brief: Brief) => void; vignette: number }> = {
  landscape: { draw: drawLandscape, vignette: 0.5 },
  atmosphere: { draw: drawAtmosphere, vignette: 0.6 },
  abstract: { draw: drawAbstract, vignette: 0.18 },
};

export function drawPixels(request: PictureRequest): Uint8Array {
  const { style, prompt, seed, position, width, height } = request;
  const d = dice(hash32(`${seed} ${position} ${prompt.toLowerCase()}`));
  const on = canvas(width, height);
  const { draw, vignette } = FAMILIES[style];
  draw({ on, prompt, palette: paletteFor(prompt, d), dice: d });
  return develop(on, vignette);
}

export function drawPng(request: PictureRequest): Uint8Array<ArrayBuffer> {
  return encodePng(drawPixels(request), request.width, request.height);
}
