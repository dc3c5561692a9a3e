/** Soft, flowing pictures without a horizon: folded silk, nebulae, polar lights, ink in water. */
import { disc, glow, screen } from "./canvas.ts";
import { clamp, smoothstep } from "./color.ts";
import type { Brief } from "./mod.ts";
import { field, fractal, gradientNoise } from "./noise.ts";
import { mention } from "./palettes.ts";

const SUBJECTS: readonly { words: string; draw: (brief: Brief) => void }[] = [
  {
    words: "space galaxy nebula cosmos cosmic planet universe stars astronaut kosmos galaktyka gwiazd night noc moon",
    draw: nebula,
  },
  { words: "aurora northern zorza light lights sky polarna lantern", draw: curtains },
  { words: "ink smoke fog mist cloud storm tea coffee dym mgła atrament perfume dancer", draw: ink },
  { words: "silk wave gold liquid fabric fluid marble ocean sea flow jedwab złot fala sand dune", draw: silk },
];

export function drawAtmosphere(brief: Brief) {
  const named = SUBJECTS
    .map((subject) => ({ ...subject, place: mention(brief.prompt, subject.words) }))
    .sort((a, b) => a.place - b.place)[0];
  const draw = named.place < Infinity
    ? named.draw
    : brief.dice.pick(brief.palette.night ? [nebula, curtains, silk] : [silk, silk, ink]);
  draw(brief);
}

/** A height map of twice-warped noise, lit from one side like cloth. */
function silk({ on, palette, dice }: Brief) {
  const { width, height } = on;
  const size = Math.max(width, height);
  const noise = gradientNoise(dice.whole(0, 2 ** 31));
  const zoom = dice.between(1.3, 1.9) / size;
  const angle = dice.between(0, Math.PI);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const stretch = dice.between(0.35, 0.55);
  const folds = dice.between(2.6, 3.8);
  const cloth = field(width, height, 3, (px, py) => {
    const x = (px * cos - py * sin) * zoom;
    const y = (px * sin + py * cos) * zoom * stretch;
    const wx = fractal(noise, x + 5.2, y + 1.3, 2);
    const wy = fractal(noise, x + 1.7, y + 9.2, 2);
    return fractal(noise, x + folds * 0.5 * wx, y * 1.6 + folds * wy, 3);
  });
  const hue = field(width, height, 24, (x, y) => fractal(noise, x * zoom * 0.8 + 40, y * zoom * 0.8, 2));
  const { table, last } = palette.tones;
  const light = palette.light;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const here = cloth.at(x, y);
      const dx = (cloth.at(x + 3, y) - here) * size * 0.1;
      const dy = (cloth.at(x, y + 3) - here) * size * 0.1;
      const slope = 1 / Math.sqrt(dx * dx + dy * dy + 1);
      const lit = (0.62 * -dx + 0.5 * -dy + 0.6) * slope;
      const tone = clamp(0.44 + here * 0.34 + hue.at(x, y) * 0.3 + (lit - 0.5) * 0.5);
      const k = 3 * ((tone * last) | 0);
      const gloss = lit > 0.8 ? ((lit - 0.8) * 5) ** 3 * 0.42 : 0;
      const dim = 0.5 + 0.5 * smoothstep(-0.5, 0.75, lit);
      for (let c = 0; c < 3; c++) {
        const base = table[k + c] * dim;
        on.pixels[i + c] = base + (light[c] - base) * gloss;
      }
    }
  }
}

function nebula({ on, palette, dice, prompt }: Brief) {
  const { width, height, pixels } = on;
  const size = Math.max(width, height);
  const noise = gradientNoise(dice.whole(0, 2 ** 31));
  const zoom = 2.3 / size;
  const tilt = dice.between(-0.9, 0.9);
  const middle = dice.between(0.35, 0.65);
  const warp = (x: number, y: number, shift: number) => {
    const wx = fractal(noise, x + shift, y + 3.1, 3);
    const wy = fractal(noise, x - shift, y + 7.7, 3);
    return fractal(noise, x + 1.4 * wx, y + 1.4 * wy, 4);
  };
  const gas = field(width, height, 5, (x, y) => warp(x * zoom, y * zoom, 11));
  const other = field(width, height, 6, (x, y) => warp(x * zoom * 0.8 + 30, y * zoom * 0.8, 23));
  const dust = field(width, height, 4, (x, y) => warp(x * zoom * 1.5 + 70, y * zoom * 1.5, 31));
  const [first, second, third] = palette.accents;
  const deep = palette.sky.at(0);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const band = (y / height - middle - (x / width - 0.5) * tilt) * 2.4;
      const spine = Math.exp(-band * band * 1.6);
      const thick = clamp(gas.at(x, y) * 1.1 + 0.32);
      const a = thick * Math.sqrt(thick) * 0.93 * (0.18 + spine);
      const b = clamp(other.at(x, y) * 1.2 + 0.2) ** 2 * (0.1 + spine * 0.9);
      const veil = 1 - 0.8 * smoothstep(0.06, 0.42, dust.at(x, y)) * (0.35 + spine * 0.65);
      const core = spine * spine * a * 0.6;
      for (let c = 0; c < 3; c++) {
        const sum = deep[c] * 0.6 + (first[c] * a * 1.3 + second[c] * b * 1.25 + third[c] * (a - b) * 0.18) * veil;
        pixels[i + c] = sum + (1 - sum) * palette.light[c] * core * veil;
      }
    }
  }
  starfield({ on, palette, dice, prompt }, 1);
  if (mention(prompt, "planet moon mars saturn księżyc mars astronaut") < Infinity || dice.chance(0.35)) {
    planet({ on, palette, dice, prompt });
  }
}

/** Small stars by the thousand, a few bright ones with a halo. */
export function starfield({ on, palette, dice }: Brief, reach: number) {
  const { width, height } = on;
  const total = Math.round((width * height) / 700);
  for (let star = 0; star < total; star++) {
    const x = dice.whole(0, width - 1);
    const y = Math.floor(dice.next() ** (reach < 1 ? 1.4 : 1) * height * reach);
    screen(on, (y * width + x) * 3, palette.light, dice.next() ** 3 * 0.85 * (1 - (y / (height * reach)) * 0.4));
  }
  for (let star = 0; star < total / 45; star++) {
    const x = dice.between(0, width);
    const y = dice.between(0, height * reach);
    const strength = dice.next() ** 2;
    disc(on, x, y, 0.7 + strength * 1.1, [1, 1, 1], 0.9);
    glow(on, x, y, 4 + strength * 22, dice.pick([palette.light, ...palette.accents]), 0.3 + strength * 0.35);
  }
}

function planet({ on, palette, dice, prompt }: Brief) {
  const { width, height } = on;
  const size = Math.min(width, height);
  const radius = size * dice.between(0.13, 0.24);
  const cx = width * dice.pick([dice.between(0.22, 0.36), dice.between(0.64, 0.78)]);
  const cy = height * dice.between(0.28, 0.62);
  const noise = gradientNoise(dice.whole(0, 2 ** 31));
  const tilt = dice.between(-0.5, 0.5);
  const ringed = dice.chance(0.55) || mention(prompt, "ring saturn pierście") < Infinity;
  const sun = dice.between(-2.6, -0.6);
  const [lx, ly] = [Math.cos(sun), Math.sin(sun)];
  const ring = (front: boolean) => {
    if (!ringed) return;
    const [cos, sin] = [Math.cos(tilt), Math.sin(tilt)];
    for (let y = Math.max(0, Math.floor(cy - radius * 2)); y < Math.min(height, cy + radius * 2); y++) {
      for (let x = Math.max(0, Math.floor(cx - radius * 2.3)); x < Math.min(width, cx + radius * 2.3); x++) {
        const u = ((x - cx) * cos + (y - cy) * sin) / radius;
        const v = (-(x - cx) * sin + (y - cy) * cos) / radius / 0.26;
        if ((v > 0) !== front) continue;
        const r = Math.sqrt(u * u + v * v);
        if (r < 1.3 || r > 2.2) continue;
        const edge = smoothstep(1.3, 1.36, r) * (1 - smoothstep(2.1, 2.2, r));
        const grooves = 0.55 + 0.45 * noise(r * 14, 3);
        screen(on, (y * width + x) * 3, palette.light, edge * clamp(grooves) * 0.62);
      }
    }
  };
  glow(on, cx, cy, radius * 2.1, palette.accents[1], 0.28);
  ring(false);
  disc(on, cx, cy, radius, (x, y) => {
    const [nx, ny] = [(x - cx) / radius, (y - cy) / radius];
    const nz = Math.sqrt(Math.max(0, 1 - nx * nx - ny * ny));
    const across = nx * Math.sin(tilt) * -1 + ny * Math.cos(tilt);
    const bands = fractal(noise, across * 3.2 + noise(nx * 1.5, ny * 2) * 0.5, nx * 0.5, 4);
    const lit = smoothstep(-0.15, 0.95, nx * lx + ny * ly + nz * 0.45);
    const [r, g, b] = palette.tones.at(0.5 + bands * 0.45);
    const rim = (1 - nz) ** 3 * lit * 0.5;
    return [0, 1, 2].map((c) => {
      const base = [r, g, b][c] * (0.04 + 0.96 * lit);
      return base + (palette.light[c] - base) * rim;
    }) as [number, number, number];
  });
  ring(true);
}

/** Polar light: tall folded curtains over a dark ridge. */
function curtains(brief: Brief) {
  const { on, palette, dice } = brief;
  const { width, height, pixels } = on;
  const noise = gradientNoise(dice.whole(0, 2 ** 31));
  const dark = palette.sky.at(0);
  const low = palette.sky.at(0.42);
  for (let y = 0, i = 0; y < height; y++) {
    const t = smoothstep(0, 1, y / height);
    for (let x = 0; x < width; x++, i += 3) {
      for (let c = 0; c < 3; c++) pixels[i + c] = (dark[c] + (low[c] - dark[c]) * t) * 0.85;
    }
  }
  starfield(brief, 0.9);
  const total = dice.whole(3, 4);
  for (let curtain = 0; curtain < total; curtain++) {
    const color = palette.accents[curtain % 3];
    const crown = palette.accents[(curtain + 1) % 3];
    const base = height * (0.5 + 0.3 * ((curtain + dice.next()) / total));
    const sway = height * dice.between(0.12, 0.24);
    const tall = height * dice.between(0.45, 0.75);
    const shift = dice.between(0, 50);
    const strength = dice.between(0.9, 1.35);
    for (let x = 0; x < width; x++) {
      const u = x / height;
      const foot = base + sway * fractal(noise, u * 1.1 + shift, curtain * 9.7, 3) * 1.6;
      const rays = 0.55 + 0.45 * noise(u * 16 + shift, 4.4) + 0.2 * noise(u * 60 + shift, 8.1);
      const dense = smoothstep(-0.55, 0.4, fractal(noise, u * 1.1 + shift + 20, curtain * 3.3, 2));
      const reach = tall * (0.7 + 0.5 * noise(u * 3 + shift, 12));
      const top = Math.max(0, Math.ceil(foot - reach));
      for (let y = top; y < Math.min(height, foot + 26); y++) {
        const up = (foot - y) / reach;
        const fade = up < 0 ? Math.exp(up * reach * 0.12) : (1 - up) ** 1.8;
        const alpha = clamp(fade * rays * dense * strength);
        if (alpha < 0.004) continue;
        const tint = smoothstep(0.15, 0.85, up);
        const i = (y * width + x) * 3;
        for (let c = 0; c < 3; c++) {
          pixels[i + c] += (1 - pixels[i + c]) * (color[c] + (crown[c] - color[c]) * tint) * alpha;
        }
      }
    }
  }
  for (let x = 0; x < width; x++) {
    const u = x / height;
    const ridge = height * (0.9 - 0.075 * fractal(noise, u * 2.2, 60, 5));
    for (let y = Math.floor(ridge); y < height; y++) {
      const cover = clamp(y + 1 - ridge);
      const i = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) pixels[i + c] += (palette.near[c] - pixels[i + c]) * cover;
    }
  }
}

/** Two inks meeting in clear water. */
function ink({ on, palette, dice }: Brief) {
  const { width, height, pixels } = on;
  const size = Math.max(width, height);
  const noise = gradientNoise(dice.whole(0, 2 ** 31));
  const zoom = 1.7 / size;
  const [ox, oy] = [dice.between(0.3, 0.7) * width, dice.between(0.35, 0.65) * height];
  const plume = (shift: number) =>
    field(width, height, 4, (px, py) => {
      const [x, y] = [px * zoom + shift, py * zoom];
      const wx = fractal(noise, x + 3.7, y, 2);
      const wy = fractal(noise, x, y + 8.3, 2);
      const vx = fractal(noise, x + 1.5 * wx + 1.9, y + 1.5 * wy + 6.1, 2);
      return fractal(noise, x + 1.2 * vx + wx, y + 1.2 * vx - wy, 5);
    });
  const [one, two] = [plume(0), plume(31.7)];
  const paper = palette.tones.at(0.97);
  const edge = palette.tones.at(0.82);
  const [first, second] = [palette.accents[0], palette.accents[dice.whole(1, 2)]];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const away = Math.sqrt((x - ox) * (x - ox) + (y - oy) * (y - oy)) / size;
      const a = one.at(x, y) * 0.9 + 0.5 - away * 1.5;
      const b = two.at(x, y) * 0.9 + 0.46 - away * 1.5;
      const da = smoothstep(-0.04, 0.42, a);
      const db = smoothstep(-0.04, 0.42, b);
      const core = smoothstep(0.3, 0.8, a);
      const wet = smoothstep(0.2, 0.9, away);
      for (let c = 0; c < 3; c++) {
        let value = paper[c] + (edge[c] - paper[c]) * wet;
        value *= 1 - da * 0.86 * (1 - first[c]);
        value *= 1 - db * 0.8 * (1 - second[c]);
        pixels[i + c] = value + (palette.near[c] - value) * core * 0.55;
      }
    }
  }
}
