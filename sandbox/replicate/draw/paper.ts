/** What the made things lie on, and the colours printed on it. */
import type { Canvas } from "./canvas.ts";
import { type Color, luminance, mix } from "./color.ts";
import type { Palette } from "./palettes.ts";

/** The lightest accent by day, the darkest ground by night. */
export function paper(palette: Palette): Color {
  if (palette.night) return mix(palette.sky.at(0.2), palette.near, 0.25);
  const lightest = [...palette.accents].sort((a, b) => luminance(b) - luminance(a))[0];
  return mix(lightest, [1, 0.985, 0.96], 0.55);
}

/** Accents that stand out from the ground, strongest first. */
export function inks(palette: Palette, ground: Color): Color[] {
  const away = (color: Color) =>
    Math.abs(luminance(color) - luminance(ground)) + Math.max(...color) - Math.min(...color);
  return [...palette.accents].sort((a, b) => away(b) - away(a)).slice(0, 5);
}

export function wash({ width, height, pixels }: Canvas, at: (u: number, v: number) => Color) {
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const color = at(x / width, y / height);
      pixels[i] = color[0];
      pixels[i + 1] = color[1];
      pixels[i + 2] = color[2];
    }
  }
}
