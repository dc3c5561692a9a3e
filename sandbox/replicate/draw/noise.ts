import { dice } from "./random.ts";

/** Gradient noise over the plane, smooth, about −1 … 1. */
export type Noise = (x: number, y: number) => number;

const GRADIENTS = 64;

export function gradientNoise(seed: number): Noise {
  const d = dice(seed);
  const order = Uint8Array.from({ length: 256 }, (_, i) => i);
  for (let i = 255; i > 0; i--) {
    const j = d.whole(0, i);
    [order[i], order[j]] = [order[j], order[i]];
  }
  const gx = new Float32Array(256);
  const gy = new Float32Array(256);
  for (let i = 0; i < 256; i++) {
    const angle = ((order[i] % GRADIENTS) / GRADIENTS) * Math.PI * 2;
    gx[i] = Math.cos(angle);
    gy[i] = Math.sin(angle);
  }
  return (x, y) => {
    const x0 = Math.floor(x);
    const y0 = Math.floor(y);
    const fx = x - x0;
    const fy = y - y0;
    const u = fx * fx * fx * (fx * (fx * 6 - 15) + 10);
    const v = fy * fy * fy * (fy * (fy * 6 - 15) + 10);
    const a = order[x0 & 255];
    const b = order[(x0 + 1) & 255];
    const yi = y0 & 255;
    const g00 = order[(a + yi) & 255];
    const g10 = order[(b + yi) & 255];
    const g01 = order[(a + yi + 1) & 255];
    const g11 = order[(b + yi + 1) & 255];
    const n00 = gx[g00] * fx + gy[g00] * fy;
    const n10 = gx[g10] * (fx - 1) + gy[g10] * fy;
    const n01 = gx[g01] * fx + gy[g01] * (fy - 1);
    const n11 = gx[g11] * (fx - 1) + gy[g11] * (fy - 1);
    const top = n00 + u * (n10 - n00);
    return (top + v * (n01 + u * (n11 - n01) - top)) * 1.5;
  };
}

/** Octaves of noise, each half as strong and twice as fine; about −1 … 1. */
export function fractal(noise: Noise, x: number, y: number, octaves: number): number {
  let sum = 0;
  let strength = 0.5;
  for (let octave = 0; octave < octaves; octave++) {
    sum += strength * noise(x, y);
    x = x * 2 + 17.3;
    y = y * 2 - 9.1;
    strength *= 0.5;
  }
  return sum * 1.3;
}

/** A function computed on a coarse grid and read smoothly in between: what makes noise affordable per pixel. */
export interface Field {
  at(x: number, y: number): number;
}

export function field(
  width: number,
  height: number,
  step: number,
  compute: (x: number, y: number) => number,
): Field {
  const columns = Math.ceil(width / step) + 2;
  const rows = Math.ceil(height / step) + 2;
  const values = new Float32Array(columns * rows);
  for (let row = 0, i = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) values[i++] = compute(column * step, row * step);
  }
  const scale = 1 / step;
  return {
    at(x, y) {
      const gx = x * scale;
      const gy = y * scale;
      let column = gx | 0;
      let row = gy | 0;
      if (gx < 0) column = 0;
      else if (column > columns - 2) column = columns - 2;
      if (gy < 0) row = 0;
      else if (row > rows - 2) row = rows - 2;
      const fx = gx - column;
      const fy = gy - row;
      const i = row * columns + column;
      const top = values[i] + fx * (values[i + 1] - values[i]);
      const j = i + columns;
      return top + fy * (values[j] + fx * (values[j + 1] - values[j]) - top);
    },
  };
}
