/** sRGB, each channel 0 … 1. */
export type Color = readonly [red: number, green: number, blue: number];

export function hex(code: string): Color {
  const value = parseInt(code.slice(1), 16);
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
}

export function mix(a: Color, b: Color, t: number): Color {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t];
}

export const clamp = (value: number, low = 0, high = 1) => value < low ? low : value > high ? high : value;

export function smoothstep(from: number, to: number, value: number): number {
  const t = clamp((value - from) / (to - from));
  return t * t * (3 - 2 * t);
}

export const luminance = ([r, g, b]: Color) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

const linear = (c: number) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
const encoded = (c: number) => clamp(c <= 0.0031308 ? c * 12.92 : 1.055 * c ** (1 / 2.4) - 0.055);

/** OKLab, by its author's matrices (Björn Ottosson, 2020): gradients mixed there keep their brightness and do not turn grey. */
function toLab(color: Color): Color {
  const [r, g, b] = [linear(color[0]), linear(color[1]), linear(color[2])];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromLab([lightness, a, b]: Color): Color {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    encoded(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    encoded(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    encoded(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

/** Turns the hue by an angle, keeping lightness. */
export function turnHue(color: Color, radians: number): Color {
  const [l, a, b] = toLab(color);
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  return fromLab([l, a * cos - b * sin, a * sin + b * cos]);
}

/** A gradient through evenly spaced colours, looked up by 0 … 1. */
export interface Ramp {
  /** Channels of `steps` colours in a row; index is `3 * Math.round(t * last)`. */
  table: Float32Array;
  last: number;
  at(t: number): Color;
}

export function ramp(colors: readonly Color[], steps = 1024): Ramp {
  const labs = colors.map(toLab);
  const table = new Float32Array(steps * 3);
  for (let i = 0; i < steps; i++) {
    const place = (i / (steps - 1)) * (labs.length - 1);
    const from = Math.min(labs.length - 2, Math.floor(place));
    table.set(fromLab(mix(labs[from], labs[from + 1], place - from)), i * 3);
  }
  const last = steps - 1;
  return {
    table,
    last,
    at(t) {
      const i = 3 * Math.round(clamp(t) * last);
      return [table[i], table[i + 1], table[i + 2]];
    },
  };
}
