import { type Canvas, polygon } from "./canvas.ts";
import { clamp, type Color, mix, smoothstep } from "./color.ts";
import type { Brief } from "./mod.ts";
import { fractal, gradientNoise } from "./noise.ts";
import { inks, paper, wash } from "./paper.ts";

/** A town of blocks from edge to edge, seen from above: each has a light, a half-lit and a dark face. */
export function drawBlocks({ on, palette, dice }: Brief) {
  const { width, height } = on;
  const ground = paper(palette);
  const colors = inks(palette, ground);
  const noise = gradientNoise(dice.whole(0, 2 ** 31));
  const far = mix(ground, palette.sky.at(0.6), 0.35);
  wash(on, (_, v) => mix(far, palette.near, 0.15 * v));
  const half = Math.max(width, height) / dice.between(15, 19);
  const rise = half * 0.5;
  const tallest = half * dice.between(6, 8);
  const [heart, spread] = [width * dice.between(0.35, 0.65), width * 0.42];
  // Columns and rows of the diamond grid that can be seen, back to front.
  const depth = Math.ceil((height + tallest) / rise) + 1;
  const across = Math.ceil(width / half / 2) + 1;
  for (let back = 0; back <= depth; back++) {
    const foot = back * rise;
    for (let step = -1; step <= across; step++) {
      const cx = step * half * 2 + (back % 2 ? half : 0);
      const [u, v] = [(cx / half) * 0.17, back * 0.17];
      const quarter = Math.max(0, 1 - Math.hypot((cx - heart) / spread, (foot - height * 0.62) / (height * 0.5)));
      const storeys = clamp(0.4 + fractal(noise, u, v, 3) * 1.1) * (0.16 + quarter);
      const tall = half * 0.35 + tallest * storeys * dice.between(0.55, 1);
      const choice = Math.floor((noise(u * 1.4 + 9, v * 1.4) + 1) * 3.4 + dice.between(-0.45, 0.45)) % colors.length;
      const distance = 0.5 * (1 - smoothstep(0, height * 0.7, foot));
      // At night the walls are dimmer than their windows.
      const wall = mix(colors[Math.max(0, choice)], palette.near, palette.night ? 0.22 : 0);
      const color = mix(mix(wall, palette.light, 0.08 * dice.next()), far, distance);
      const dark = mix(palette.near, far, distance);
      const top = foot - tall;
      const [w, h] = [half * 0.96, rise * 0.96];
      polygon(on, [[cx - w, top], [cx, top + h], [cx, foot + h], [cx - w, foot]], mix(color, dark, 0.3));
      polygon(on, [[cx + w, top], [cx, top + h], [cx, foot + h], [cx + w, foot]], mix(color, dark, 0.6));
      polygon(
        on,
        [[cx - w, top], [cx, top - h], [cx + w, top], [cx, top + h]],
        mix(color, palette.light, palette.night ? 0.1 : 0.3),
      );
      windows(on, { cx, top, half, rise, foot, warm: mix(palette.light, color, distance), dice });
    }
  }
}

function windows(
  on: Canvas,
  { cx, top, half, rise, foot, warm, dice }: {
    cx: number;
    top: number;
    half: number;
    rise: number;
    foot: number;
    warm: Color;
    dice: Brief["dice"];
  },
) {
  const step = half * 0.34;
  for (let y = top + half * 0.3; y < foot - half * 0.1; y += step) {
    for (const wing of [-1, 1]) {
      for (const t of [0.25, 0.6]) {
        if (dice.chance(0.5)) continue;
        const x0 = cx + wing * half * 0.94 * (1 - t);
        const x1 = cx + wing * half * 0.94 * (1 - t - 0.16);
        const [y0, y1] = [y + rise * 0.94 * t, y + rise * 0.94 * (t + 0.16)];
        polygon(on, [[x0, y0], [x1, y1], [x1, y1 + step * 0.45], [x0, y0 + step * 0.45]], warm, wing < 0 ? 0.75 : 0.5);
      }
    }
  }
}
