import { type Canvas, polygon } from "./canvas.ts";
import { clamp, type Color, mix } from "./color.ts";
import type { Brief } from "./mod.ts";
import { fractal, gradientNoise } from "./noise.ts";
import { inks, paper, wash } from "./paper.ts";

/** A block town seen from above at an angle, each column with a light, a half-lit and a dark face. */
export function drawBlocks({ on, palette, dice }: Brief) {
  const { width, height } = on;
  const ground = paper(palette);
  const colors = inks(palette, ground);
  const noise = gradientNoise(dice.whole(0, 2 ** 31));
  wash(on, (u, v) => mix(mix(ground, palette.sky.at(0.6), 0.35), palette.near, 0.1 * v + 0.06 * Math.abs(u - 0.5)));
  const side = 11;
  const half = Math.min(width / (side * 1.95), height / (side * 1.45));
  const rise = half * 0.5;
  const [ox, oy] = [width / 2, height * 0.34];
  const peak = half * dice.between(3.6, 5);
  for (let sum = 0; sum < side * 2 - 1; sum++) {
    for (let row = Math.max(0, sum - side + 1); row <= Math.min(side - 1, sum); row++) {
      const column = sum - row;
      const [cx, cy] = [ox + (column - row) * half * 0.94, oy + (column + row) * rise * 0.94];
      const centre = 1 - Math.hypot(row - side / 2 + 0.5, column - side / 2 + 0.5) / (side * 0.72);
      const tall = Math.max(
        half * 0.22,
        peak * centre * (0.35 + 0.65 * clamp(0.5 + fractal(noise, row * 0.42, column * 0.42, 3) * 1.5)) +
          half * dice.between(-0.3, 0.5),
      );
      const color = mix(
        colors[Math.abs(Math.round(noise(row * 0.31 + 9, column * 0.31) * 4)) % colors.length],
        palette.light,
        0.1 * dice.next(),
      );
      const top = cy - tall;
      const right = mix(color, palette.near, 0.62);
      const left = mix(color, palette.near, 0.3);
      polygon(
        on,
        [[cx - half * 0.94, top], [cx, top + rise * 0.94], [cx, cy + rise * 0.94], [cx - half * 0.94, cy]],
        left,
      );
      polygon(
        on,
        [[cx + half * 0.94, top], [cx, top + rise * 0.94], [cx, cy + rise * 0.94], [cx + half * 0.94, cy]],
        right,
      );
      polygon(
        on,
        [[cx - half * 0.94, top], [cx, top - rise * 0.94], [cx + half * 0.94, top], [cx, top + rise * 0.94]],
        mix(color, palette.light, 0.3),
      );
      windows(on, { cx, top, half, rise, foot: cy, warm: palette.light, dice });
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
