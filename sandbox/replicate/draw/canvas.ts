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
  shape(on, box, (x, y) => Math.sqrt((x - cx) * (x - cx) + (y - cy) * (y - cy)) - radius, paint, alpha);
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
      const [ox, oy] = [x - x0 - t * dx, y - y0 - t * dy];
      return Math.sqrt(ox * ox + oy * oy) - (r0 + (r1 - r0) * t);
    },
    color,
    alpha,
  );
}

/** A round glow that fades to nothing at `radius`. Glows may cover the whole canvas, so this one is written out. */
export function glow(
  { width, height, pixels }: Canvas,
  cx: number,
  cy: number,
  radius: number,
  color: Color,
  alpha: number,
) {
  const scale = 1 / (radius * radius);
  const [red, green, blue] = color;
  const y1 = Math.min(height - 1, Math.ceil(cy + radius));
  for (let y = Math.max(0, Math.floor(cy - radius)); y <= y1; y++) {
    const dy = (y - cy) * (y - cy) * scale;
    if (dy >= 1) continue;
    const reach = radius * Math.sqrt(1 - dy);
    const x1 = Math.min(width - 1, Math.floor(cx + reach));
    const x0 = Math.max(0, Math.ceil(cx - reach));
    for (let x = x0, i = (y * width + x0) * 3; x <= x1; x++, i += 3) {
      const near = 1 - dy - (x - cx) * (x - cx) * scale;
      const strength = alpha * near * near * near;
      pixels[i] += (1 - pixels[i]) * red * strength;
      pixels[i + 1] += (1 - pixels[i + 1]) * green * strength;
      pixels[i + 2] += (1 - pixels[i + 2]) * blue * strength;
    }
  }
}

/** A blurred shadow of a disc. */
export function shadow(on: Canvas, cx: number, cy: number, rx: number, ry: number, color: Color, alpha: number) {
  within(on, cx - rx, cy - ry, cx + rx, cy + ry, (index, x, y) => {
    const d = ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2;
    if (d < 1) blend(on, index, color, alpha * (1 - d) * (1 - d));
  });
}

/** A simple polygon by even-odd rule, its edge softened by cutting each pixel row four times. */
export function polygon(on: Canvas, points: readonly (readonly [number, number])[], color: Color, alpha = 1) {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const [x, y] of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  const x0 = Math.max(0, Math.floor(left));
  const x1 = Math.min(on.width, Math.ceil(right));
  if (x1 <= x0) return;
  const cover = new Float32Array(x1 - x0);
  const lastRow = Math.min(on.height - 1, Math.ceil(bottom));
  for (let y = Math.max(0, Math.floor(top)); y <= lastRow; y++) {
    cover.fill(0);
    for (let sample = 0; sample < 4; sample++) coverRow(cover, x0, x1, crossings(points, y + (sample + 0.5) / 4));
    for (let x = x0; x < x1; x++) {
      const part = cover[x - x0];
      if (part > 0) blend(on, (y * on.width + x) * 3, color, Math.min(1, part) * alpha);
    }
  }
}

function crossings(points: readonly (readonly [number, number])[], y: number): number[] {
  const cuts: number[] = [];
  for (let i = 0; i < points.length; i++) {
    const [ax, ay] = points[i];
    const [bx, by] = points[(i + 1) % points.length];
    if (ay <= y !== by <= y) cuts.push(ax + ((y - ay) / (by - ay)) * (bx - ax));
  }
  return cuts.sort((a, b) => a - b);
}

/** Adds a quarter of each pixel between every pair of cuts. */
function coverRow(cover: Float32Array, x0: number, x1: number, cuts: number[]) {
  for (let i = 0; i + 1 < cuts.length; i += 2) {
    const from = Math.max(x0, cuts[i]);
    const to = Math.min(x1, cuts[i + 1]);
    for (let x = Math.floor(from); x < to; x++) {
      cover[x - x0] += 0.25 * Math.max(0, Math.min(x + 1, to) - Math.max(x, from));
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
  // By squared distance from the middle, which ends at a half.
  const corners = new Float32Array(513);
  for (let i = 0; i <= 512; i++) corners[i] = 1024 * (1 - vignette * 1.6 * (i / 1024) ** 1.2);
  const across = Float32Array.from({ length: width }, (_, x) => 1024 * (x / width - 0.5) ** 2);
  for (let y = 0, i = 0; y < height; y++) {
    const down = 1024 * (y / height - 0.5) ** 2;
    const row = (y & 7) * 8;
    for (let x = 0; x < width; x++, i += 3) {
      const dark = corners[(down + across[x]) | 0];
      const dither = (BAYER[row + (x & 7)] + 0.5) / 64;
      const red = pixels[i] * dark;
      const green = pixels[i + 1] * dark;
      const blue = pixels[i + 2] * dark;
      rgb[i] = curve[red < 0 ? 0 : red > 1024 ? 1024 : red | 0] + dither;
      rgb[i + 1] = curve[green < 0 ? 0 : green > 1024 ? 1024 : green | 0] + dither;
      rgb[i + 2] = curve[blue < 0 ? 0 : blue > 1024 ? 1024 : blue | 0] + dither;
    }
  }
  return rgb;
}
