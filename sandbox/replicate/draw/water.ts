/** Water and mist: what lies low in a landscape. */
import { clamp, mix, smoothstep } from "./color.ts";
import type { Scene } from "./landscape.ts";
import { field, fractal, gradientNoise } from "./noise.ts";

/** What lies above the shore, upside down, stretched, broken by waves that grow towards the viewer. */
export function drawWater({ on, palette, dice, sun }: Scene, shore: number, chop: number) {
  const { width, height, pixels } = on;
  const noise = gradientNoise(dice.whole(0, 2 ** 31));
  const top = Math.ceil(shore);
  const deep = mix(palette.near, palette.sky.at(0.25), 0.35);
  for (let y = top; y < height; y++) {
    const near = (y - shore) / (height - shore);
    const row = 0.004 + near * 0.9;
    const fine = 34 / (0.12 + near);
    const down = Math.log(row);
    const spread = 1 / (sun.radius * (1.1 + near * 5));
    const source = shore - (y - shore) * 1.12;
    for (let x = 0; x < width; x++) {
      const u = x / width - 0.5;
      const wave = noise(u * fine * 0.24, down * 16) + 0.5 * noise(u * fine * 0.7 + 40, down * 38);
      const sx = clamp(x + wave * chop * (3 + near * 16), 0, width - 1) | 0;
      const sy = clamp(source - wave * chop * (2 + near * 26), 0, shore - 1) | 0;
      const from = (sy * width + sx) * 3;
      const i = (y * width + x) * 3;
      const sink = 0.16 + 0.46 * near + 0.12 * wave;
      const off = (x - sun.x) * spread;
      const path = Math.exp(-off * off);
      const glint = path * smoothstep(0.12 + near * 0.2, 0.75, wave * (0.7 + chop * 0.4)) * 0.9;
      for (let c = 0; c < 3; c++) {
        let value = pixels[from + c];
        value += (deep[c] - value) * clamp(sink);
        value += (palette.light[c] - value) * clamp(glint + path * 0.1);
        pixels[i + c] = value;
      }
    }
  }
}

/** A drifting bank of mist across the whole width. */
export function drawMist({ on, palette, dice }: Scene, middle: number, strength: number) {
  const { width, height, pixels } = on;
  const noise = gradientNoise(dice.whole(0, 2 ** 31));
  const thick = height * 0.075;
  const color = mix(palette.sky.at(1), palette.light, 0.3);
  const drift = field(width, height, 8, (x, y) => fractal(noise, (x / width) * 2.2, (y / width) * 7, 3));
  for (let y = Math.max(0, Math.floor(middle - thick * 2)); y < Math.min(height, middle + thick * 2); y++) {
    const lens = Math.exp(-(((y - middle) / thick) ** 2));
    for (let x = 0; x < width; x++) {
      const alpha = clamp(lens * strength * (0.8 + drift.at(x, y) * 1.6));
      const i = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) pixels[i + c] += (color[c] - pixels[i + c]) * alpha;
    }
  }
}
