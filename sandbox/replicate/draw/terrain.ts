/** Ridges: their outline, and how light falls on the slope below. */
import type { Canvas } from "./canvas.ts";
import { clamp, type Color, smoothstep } from "./color.ts";
import { field, fractal, gradientNoise } from "./noise.ts";

export type Relief = "peaks" | "hills" | "dunes";

export interface RidgeShape {
  relief: Relief;
  /** The height on the canvas the ridge rises from, and by how much; pixels. */
  base: number;
  tall: number;
  /** Waves per pixel. */
  scale: number;
}

/** The top of the ground in each column. */
export function ridgeline(width: number, seed: number, { relief, base, tall, scale }: RidgeShape): Float32Array {
  const noise = gradientNoise(seed);
  const line = new Float32Array(width);
  for (let x = 0; x < width; x++) line[x] = base - tall * outline(noise, relief, x * scale);
  return line;
}

function outline(noise: (x: number, y: number) => number, relief: Relief, u: number): number {
  if (relief === "hills") return 0.5 + 0.75 * fractal(noise, u, 3.3, 2) + 0.05 * fractal(noise, u * 8, 9, 3);
  if (relief === "dunes") {
    const crest = 1 - Math.abs(noise(u * 0.9 + 0.25 * noise(u * 0.7, 5), 1.7)) * 1.9;
    return clamp(crest, -0.3, 1) * 0.85 + 0.15 * noise(u * 2.4, 6);
  }
  let sum = 0;
  let strength = 0.62;
  let weight = 1;
  let at = u * 1.15;
  for (let octave = 0; octave < 6; octave++) {
    const fold = (1 - Math.abs(noise(at, octave * 7.1 + 0.5))) ** 2 * weight;
    weight = clamp(fold * 1.5);
    sum += fold * strength;
    strength *= 0.47;
    at = at * 2.07 + 5.5;
  }
  return sum * 1.15 - 0.25;
}

export interface RidgeLook {
  color: Color;
  /** What the foot of the slope fades into, and how much of it. */
  haze: Color;
  mist: number;
  /** Pixels from the crest until the haze is complete. */
  depth: number;
  light: Color;
  fromLeft: boolean;
  relief: Relief;
  snow: Color | null;
  /** How strongly lit sides shine. */
  shine: number;
  seed: number;
}

/**
 * Fills below the ridge, down to the one that will be drawn in front of it. The light on a point is the slope of the crest above it, shifted sideways as it goes down and
 * broken by noise: that is enough to read as faces of a mountain or the two sides of a dune.
 */
export function drawRidge(on: Canvas, ridge: Float32Array, next: Float32Array | null, look: RidgeLook) {
  const { width, height, pixels } = on;
  const { color, haze, light, relief, snow } = look;
  const noise = gradientNoise(look.seed);
  const slope = slopes(ridge, relief === "hills" ? 70 : relief === "dunes" ? 10 : 6);
  const side = look.fromLeft ? 1 : -1;
  const rough = field(
    width,
    height,
    4,
    (x, y) =>
      relief === "peaks"
        ? fractal(noise, x / 58, y / 84, 5)
        : relief === "dunes"
        ? 0.3 * noise(x / 300, y / 80)
        : 0.6 * fractal(noise, x / 160, y / 34, 3),
  );
  const run = relief === "peaks" ? 0.62 : relief === "dunes" ? 1.35 : 0.3;
  const wobble = relief === "peaks" ? 15 : relief === "dunes" ? 30 : 8;
  const ripples = relief === "dunes";
  const top = Math.max(0, Math.floor(ridge.reduce((least, y) => Math.min(least, y), height)));
  for (let y = top; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const below = y - ridge[x];
      if (below <= -1 || (next !== null && y > next[x] + 1)) continue;
      const cover = clamp(below + 1);
      const grain = rough.at(x, y);
      const there = clamp(x + below * run * side * -0.6 + grain * wobble, 0, width - 1) | 0;
      const facing = -slope[there] * side;
      let lit = smoothstep(-0.35, 0.45, facing + grain * (relief === "peaks" ? 0.85 : 0.4));
      if (ripples) lit += 0.05 * Math.sin(below * 0.16 + grain * 30 + x * 0.02) * Math.min(1, below / 60);
      const fade = smoothstep(0, look.depth, below) * look.mist;
      const white = snow ? smoothstep(0.1, -0.12, below / look.depth / 1.1 - 0.3 + grain * 0.5) * 0.95 : 0;
      const i = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) {
        const shade = color[c] * (0.8 + 0.2 * lit);
        let value = shade + (light[c] - shade) * lit * look.shine;
        if (snow) value += (snow[c] * (0.56 + 0.44 * lit) - value) * white * (0.4 + 0.6 * look.mist);
        value += (haze[c] - value) * fade;
        pixels[i + c] += (value - pixels[i + c]) * cover;
      }
    }
  }
}

/** How steeply the ridge falls to the right at each column, measured over `reach` pixels. */
function slopes(ridge: Float32Array, reach: number): Float32Array {
  const out = new Float32Array(ridge.length);
  const last = ridge.length - 1;
  for (let x = 0; x <= last; x++) {
    const [from, to] = [Math.max(0, x - reach), Math.min(last, x + reach)];
    out[x] = (ridge[from] - ridge[to]) / (to - from);
  }
  return out;
}
