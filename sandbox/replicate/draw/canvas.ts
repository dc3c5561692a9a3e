import { clamp, type Color, smoothstep } from "./color.ts";

/** Pixels as floating-point sRGB, three per pixel, row by row. Shapes blend with soft edges of one pixel. */
export interface Canvas {
  width: number;
  height: number;
  pixels: Float32Array;
}

export function canvas(width: number, height: number): Canvas {
  return { width, height, pixels: new Float32Array(width * height * 3) };
}

export function blend({ pixels }: Canvas, index: number, color: Color, alpha: number) {
  pixels[index] += (color[0] - pixels[index]) * alpha;
  pixels[index + 1] += (color[1] - pixels[index + 1]) * alpha;
  pixels[index + 2] += (color[2] - pixels[index + 2]) * alpha;
}

/** Light added so that it never burns past white. */
export function screen({ pixels }: Canvas, index: number, color: Color, alpha: number) {
  pixels[index] += (1 - pixels[index]) * color[0] * alpha;
  pixels[index + 1] += (1 - pixels[index + 1]) * color[1] * alpha;
  pixels[index + 2] += (1 - pixels[index + 2]) * color[2] * alpha;
}

/** Calls back for every pixel of a box that lies on the canvas. */
function within(
  { width, height }: Canvas,
  left: number,
  top: number,
  right: number,
  bottom: number,
  visit: (index: number, x: number, y: number) => void,
) {
  const x0 = Math.max(0, Math.floor(left));
  const x1 = Math.min(width - 1, Math.ceil(right));
  const y0 = Math.max(0, Math.floor(top));
  const y1 = Math.min(height - 1, Math.ceil(bottom));
  for (let y = y0; y <= y1; y++) {
    for (let x = x0; x <= x1; x++) visit((y * width + x) * 3, x, y);
  }
}

/** Anything with a signed distance: inside is negative. `paint` gives the colour, which may vary over the shape. */
export function shape(
  on: Canvas,
  box: { left: number; top: number; right: number; bottom: number },
  distance: (x: number, y: number) => number,
  paint: Color | ((x: number, y: number) => Color),
  alpha = 1,
) {
  within(on, box.left - 1, box.top - 1, box.right + 1, box.bottom + 1, (index, x, y) => {
    const cover = clamp(0.5 - distance(x, y)) * alpha;
    if (cover > 0) blend(on, index, typeof paint === "function" ? paint(x, y) : paint, cover);
  });
}

export function disc(
  on: Canvas,
  cx: number,
  cy: number,
  radius: number,
  paint: Color | ((x: number, y: number) => Color),
  alpha = 1,
) {
  const box = { left: cx - radius, top: cy - radius, right: cx + radius, bottom: cy + radius };
  shape(on, box, (x, y) => Math.hypot(x - cx, y - cy) - radius, paint, alpha);
}

/** A stroke between two points whose width may taper. */
export function stroke(
  on: Canvas,
  [x0, y0, r0]: readonly [number, number, number],
  [x1, y1, r1]: readonly [number, number, number],
  color: Color,
  alpha = 1,
) {
  const widest = Math.max(r0, r1);
  const [dx, dy] = [x1 - x0, y1 - y0];
  const length = dx * dx + dy * dy || 1;
  const box = {
    left: Math.min(x0, x1) - widest,
    top: Math.min(y0, y1) - widest,
    right: Math.max(x0, x1) + widest,
    bottom: Math.max(y0, y1) + widest,
  };
  shape(
    on,
    box,
    (x, y) => {
      const t = clamp(((x - x0) * dx + (y - y0) * dy) / length);
      return Math.hypot(x - x0 - t * dx, y - y0 - t * dy) - (r0 + (r1 - r0) * t);
    },
    color,
    alpha,
  );
}

/** A round glow that fades to nothing at `radius`. */
export function glow(on: Canvas, cx: number, cy: number, radius: number, color: Color, alpha: number) {
  const scale = 1 / (radius * radius);
  within(on, cx - radius, cy - radius, cx + radius, cy + radius, (index, x, y) => {
    const d = ((x - cx) ** 2 + (y - cy) ** 2) * scale;
    if (d < 1) screen(on, index, color, alpha * (1 - d) * (1 - d) * (1 - d));
  });
}

/** A blurred shadow of a disc. */
export function shadow(on: Canvas, cx: number, cy: number, rx: number, ry: number, color: Color, alpha: number) {
  within(on, cx - rx, cy - ry, cx + rx, cy + ry, (index, x, y) => {
    const d = ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2;
    if (d < 1) blend(on, index, color, alpha * (1 - d) * (1 - d));
  });
}

/** A simple polygon by even-odd rule, its edge softened by sampling each pixel row four times. */
export function polygon(on: Canvas, points: readonly (readonly [number, number])[], paint: Color, alpha = 1) {
  const top = Math.max(0, Math.floor(Math.min(...points.map(([, y]) => y))));
  const bottom = Math.min(on.height - 1, Math.ceil(Math.max(...points.map(([, y]) => y))));
  const cover = new Float32Array(on.width);
  for (let y = top; y <= bottom; y++) {
    cover.fill(0);
    let [from, to] = [on.width, 0];
    for (let sample = 0; sample < 4; sample++) {
      const sy = y + (sample + 0.5) / 4;
      const cuts: number[] = [];
      points.forEach(([ax, ay], i) => {
        const [bx, by] = points[(i + 1) % points.length];
        if (ay <= sy !== by <= sy) cuts.push(ax + ((sy - ay) / (by - ay)) * (bx - ax));
      });
      cuts.sort((a, b) => a - b);
      for (let i = 0; i + 1 < cuts.length; i += 2) {
        const left = Math.max(0, cuts[i]);
        const right = Math.min(on.width, cuts[i + 1]);
        for (let x = Math.floor(left); x < right; x++) {
          cover[x] += 0.25 * Math.max(0, Math.min(x + 1, right) - Math.max(x, left));
        }
        from = Math.min(from, Math.floor(left));
        to = Math.max(to, Math.ceil(right));
      }
    }
    for (let x = Math.max(0, from); x < Math.min(on.width, to); x++) {
      if (cover[x] > 0) blend(on, (y * on.width + x) * 3, paint, Math.min(1, cover[x]) * alpha);
    }
  }
}

/** The 8 × 8 ordered-dither matrix, 0 … 63: each quarter repeats the half-sized one, interleaved. */
const BAYER = Uint8Array.from({ length: 64 }, (_, i) => {
  let value = 0;
  for (let bit = 0; bit < 3; bit++) {
    const x = (i >> bit) & 1;
    const y = (i >> (3 + bit)) & 1;
    value |= (((x ^ y) << 1) | y) << (2 * (2 - bit));
  }
  return value;
});

/**
 * To bytes: corners a little darker, contrast a little up, and an ordered dither of half a step so that skies do not band
 * (ordered rather than random, because a repeating pattern still compresses).
 */
export function develop({ width, height, pixels }: Canvas, vignette: number): Uint8Array {
  const rgb = new Uint8Array(width * height * 3);
  const curve = new Float32Array(1025);
  for (let i = 0; i <= 1024; i++) {
    const t = i / 1024;
    curve[i] = 255 * (t + 0.22 * (smoothstep(0, 1, t) - t));
  }
  for (let y = 0, i = 0; y < height; y++) {
    const dy = (y / height - 0.5) ** 2;
    for (let x = 0; x < width; x++) {
      const dark = 1 - vignette * (dy + (x / width - 0.5) ** 2) ** 1.2 * 1.6;
      const dither = (BAYER[(y & 7) * 8 + (x & 7)] + 0.5) / 64;
      for (let c = 0; c < 3; c++, i++) {
        rgb[i] = curve[(clamp(pixels[i] * dark) * 1024) | 0] + dither;
      }
    }
  }
  return rgb;
}
