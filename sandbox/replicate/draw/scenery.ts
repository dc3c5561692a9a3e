/** Small things that tell how large the rest is: trees, birds, a sail, a lighthouse, a town. */
import { blend, disc, glow, polygon, stroke } from "./canvas.ts";
import { clamp, type Color, mix, smoothstep } from "./color.ts";
import type { Scene } from "./landscape.ts";
import { fractal, gradientNoise } from "./noise.ts";

/** A wood along a ridge, denser in some places; `tall` is the height of a grown tree in pixels. */
export function drawConifers({ on, dice }: Scene, ridge: Float32Array, color: Color, tall: number) {
  const { width } = on;
  const noise = gradientNoise(dice.whole(0, 2 ** 31));
  const total = Math.round((width / tall) * 9);
  for (let tree = 0; tree < total; tree++) {
    const x = dice.between(-0.02, 1.02) * width;
    const dense = fractal(noise, (x / width) * 4, 2, 2);
    const height = tall * (0.45 + 0.55 * dice.next()) * (0.8 + 0.5 * dense);
    const column = clamp(Math.round(x), 0, width - 1);
    if (dice.next() > 0.75 + dense) continue;
    conifer(on, x, ridge[column] + tall * 0.12, height, color, dice.between(0, 10));
  }
}

function conifer(on: Scene["on"], x: number, foot: number, tall: number, color: Color, shape: number) {
  const top = Math.floor(foot - tall);
  const tiers = 5 + (shape % 3);
  for (let y = Math.max(0, top); y < Math.min(on.height, foot); y++) {
    const t = (y - top) / tall;
    const tier = (t * tiers) % 1;
    const half = tall * 0.17 * t * (0.55 + 0.45 * tier) + 0.35;
    const ragged = half * (0.14 * Math.sin(y * 1.9 + shape * 3) + 0.1 * Math.sin(y * 0.83 + shape));
    const [left, right] = [x - half + ragged, x + half + ragged];
    for (let px = Math.max(0, Math.floor(left)); px < Math.min(on.width, right); px++) {
      const cover = clamp(Math.min(px + 1, right) - Math.max(px, left));
      blend(on, (y * on.width + px) * 3, color, cover);
    }
  }
}

export function drawBirds({ on, dice, palette, horizon }: Scene) {
  const [cx, cy] = [on.width * dice.between(0.2, 0.8), horizon * dice.between(0.3, 0.62)];
  const color = mix(palette.near, palette.far, palette.night ? 0.1 : 0.2);
  const total = dice.whole(4, 9);
  for (let bird = 0; bird < total; bird++) {
    const x = cx + on.width * dice.between(-0.13, 0.13);
    const y = cy + on.height * dice.between(-0.05, 0.05);
    const span = on.width * dice.between(0.006, 0.013);
    const lift = span * dice.between(0.25, 0.6);
    const width = Math.max(0.8, span * 0.11);
    for (const side of [-1, 1]) {
      stroke(on, [x, y, width], [x + side * span * 0.55, y - lift, width * 0.8], color, 0.85);
      stroke(on, [x + side * span * 0.55, y - lift, width * 0.8], [x + side * span, y - lift * 0.55, 0.4], color, 0.85);
    }
  }
}

export function drawBoat({ on, dice, palette, horizon, sun }: Scene) {
  const away = dice.between(0.12, 0.3);
  const y = horizon + (on.height - horizon) * away;
  const x = clamp(sun.x + on.width * dice.pick([-1, 1]) * dice.between(0.1, 0.24), on.width * 0.12, on.width * 0.88);
  const size = on.height * (0.07 + 0.2 * away);
  const hull = mix(palette.near, palette.far, 0.12);
  const sail = mix(palette.light, palette.sky.at(0.9), 0.35);
  const shade = mix(sail, palette.far, 0.4);
  polygon(on, [[x - size * 0.42, y - size * 0.1], [x + size * 0.46, y - size * 0.12], [x + size * 0.32, y], [
    x - size * 0.3,
    y,
  ]], hull);
  polygon(on, [[x + size * 0.02, y - size * 1.05], [x + size * 0.03, y - size * 0.16], [
    x - size * 0.4,
    y - size * 0.16,
  ]], shade);
  polygon(
    on,
    [[x + size * 0.06, y - size], [x + size * 0.44, y - size * 0.17], [x + size * 0.07, y - size * 0.17]],
    sail,
  );
  stroke(on, [x + size * 0.04, y - size * 1.08, size * 0.008], [x + size * 0.04, y - size * 0.1, size * 0.012], hull);
  for (let line = 1; line < 26; line++) {
    const t = line / 26;
    const sway = Math.sin(line * 2.3 + x) * size * 0.07 * t;
    const half = size * 0.3 * (1 - t) * (0.55 + 0.45 * Math.abs(Math.sin(line * 1.7)));
    stroke(
      on,
      [x - half + sway, y + t * size * 0.8, 0.8],
      [x + half + sway, y + t * size * 0.8, 0.8],
      mix(hull, sail, t * 0.5),
      0.34 * (1 - t),
    );
  }
}

export function drawLighthouse({ on, dice, palette, horizon, sun }: Scene) {
  const right = sun.x < on.width / 2;
  const x = on.width * (right ? dice.between(0.74, 0.84) : dice.between(0.16, 0.26));
  const size = on.height * 0.3;
  const foot = horizon + size * 0.16;
  const rock = mix(palette.near, palette.far, 0.08);
  const noise = gradientNoise(dice.whole(0, 2 ** 31));
  const out = right ? 1 : -1;
  const cliff: [number, number][] = [];
  for (let step = 0; step <= 60; step++) {
    const t = step / 60;
    const px = x - out * size * 0.55 + out * t * (size * 0.55 + (right ? on.width - x : x) + 4);
    const rise = smoothstep(0, 0.3, t) * size * 0.2 + fractal(noise, t * 7, 1, 4) * size * 0.07;
    cliff.push([px, foot + size * 0.17 - rise]);
  }
  polygon(on, [...cliff, [right ? on.width + 4 : -4, foot + size * 0.17]], rock);
  const wall = mix([0.97, 0.95, 0.92], palette.sky.at(0.75), palette.night ? 0.6 : 0.25);
  const band = palette.accents[0];
  const shade = mix(wall, palette.near, 0.35);
  const [wide, narrow, top] = [size * 0.1, size * 0.062, foot - size * 0.86];
  const at = (t: number) => [wide + (narrow - wide) * t, foot + (top - foot) * t] as const;
  for (let part = 0; part < 5; part++) {
    const [w0, y0] = at(part / 5);
    const [w1, y1] = at((part + 1) / 5);
    const color = part % 2 ? band : wall;
    polygon(on, [[x - w0, y0], [x + w0, y0], [x + w1, y1], [x - w1, y1]], color);
    const dark = part % 2 ? mix(band, palette.near, 0.35) : shade;
    const edge = (w: number) => right ? [x + w * 0.25, x + w] : [x - w, x - w * 0.25];
    polygon(on, [[edge(w0)[0], y0], [edge(w0)[1], y0], [edge(w1)[1], y1], [edge(w1)[0], y1]], dark, 0.75);
  }
  polygon(on, [[x - narrow * 1.5, top], [x + narrow * 1.5, top], [x + narrow * 1.5, top - size * 0.02], [
    x - narrow * 1.5,
    top - size * 0.02,
  ]], rock);
  const lamp = top - size * 0.07;
  polygon(on, [[x - narrow * 0.8, top - size * 0.02], [x + narrow * 0.8, top - size * 0.02], [
    x + narrow * 0.8,
    lamp - size * 0.04,
  ], [x - narrow * 0.8, lamp - size * 0.04]], mix(palette.light, [1, 0.95, 0.7], 0.5));
  polygon(
    on,
    [[x - narrow * 1.1, lamp - size * 0.04], [x + narrow * 1.1, lamp - size * 0.04], [x, lamp - size * 0.12]],
    rock,
  );
  glow(on, x, lamp, size * 0.5, palette.light, palette.night ? 0.75 : 0.55);
  glow(on, x, lamp, size * 0.12, [1, 0.97, 0.85], 0.9);
}

/** One old tree on the near hill: branches by halving, a crown of many small discs lit from the sun's side. */
export function drawLoneTree({ on, dice, palette, sun }: Scene, ground: Float32Array) {
  const size = on.height * dice.between(0.3, 0.4);
  const x = on.width * (sun.x < on.width / 2 ? dice.between(0.62, 0.74) : dice.between(0.26, 0.38));
  const foot = ground[Math.round(x)] + size * 0.03;
  const bark = mix(palette.near, palette.far, 0.06);
  const tips: [number, number][] = [];
  const grow = (bx: number, by: number, angle: number, length: number, width: number, depth: number) => {
    const [ex, ey] = [bx + Math.cos(angle) * length, by + Math.sin(angle) * length];
    stroke(on, [bx, by, width], [ex, ey, width * 0.72], bark);
    if (depth <= 3) tips.push([ex, ey]);
    if (depth === 0) return;
    const forks = depth > 4 ? 2 : dice.whole(2, 3);
    for (let fork = 0; fork < forks; fork++) {
      const spread = (fork - (forks - 1) / 2) * dice.between(0.6, 0.95) + dice.between(-0.18, 0.18);
      grow(ex, ey, angle + spread, length * dice.between(0.68, 0.82), width * 0.68, depth - 1);
    }
  };
  grow(x, foot, -Math.PI / 2 + dice.between(-0.08, 0.08), size * 0.24, size * 0.032, 5);
  const [leaf, bright] = [mix(palette.accents[0], palette.near, 0.3), mix(palette.accents[0], palette.light, 0.45)];
  const toSun = Math.sign(sun.x - x) || 1;
  const leaves: [number, number, number][] = [];
  for (const [tx, ty] of tips) {
    for (let n = 0; n < 13; n++) {
      leaves.push([
        tx + dice.between(-1, 1) * size * 0.08,
        ty + dice.between(-1, 1) * size * 0.07,
        dice.between(0.006, 0.017) * size,
      ]);
    }
  }
  const middle = foot - size * 0.62;
  leaves.sort((a, b) => toSun * (a[0] - b[0]) - (a[1] - b[1]) * 0.8);
  for (const [lx, ly, radius] of leaves) {
    const lit = clamp(0.5 + (toSun * (lx - x)) / size * 0.9 - (ly - middle) / size * 1.1 + dice.between(-0.22, 0.22));
    disc(on, lx, ly, radius, mix(leaf, bright, lit), 0.92);
  }
}

/** Grass at the lower edge, with flowers in the picture's accents. */
export function drawGrass({ on, dice, palette }: Scene) {
  for (let blade = 0; blade < on.width / 3; blade++) {
    const bx = dice.between(0, on.width);
    const by = on.height + 4;
    const length = on.height * dice.between(0.02, 0.07);
    const color = mix(palette.near, palette.far, dice.next() * 0.35);
    stroke(on, [bx, by, 1.6], [bx + dice.between(-0.4, 0.4) * length, by - length, 0.4], color, 0.9);
    if (dice.chance(0.12)) {
      disc(on, bx + dice.between(-5, 5), by - length, dice.between(1.6, 4), dice.pick(palette.accents), 0.95);
    }
  }
}

/** Three rows of towers, windows lit in the nearest two. */
export function drawSkyline({ on, dice, palette, horizon }: Scene, shore: number) {
  for (let row = 0; row < 3; row++) {
    const t = row / 2;
    const color = mix(mix(palette.far, palette.sky.at(1), 0.5), palette.near, 0.25 + 0.7 * t);
    const tall = (shore - horizon * 0.2) * (0.95 - 0.22 * t);
    let x = -on.width * 0.02;
    while (x < on.width) {
      const wide = on.width * dice.between(0.028, 0.07) * (0.75 + 0.4 * t);
      const hill = 0.5 + 0.5 * Math.cos(((x + wide / 2) / on.width - 0.5) * 2.6);
      const top = shore - tall * hill * dice.between(0.3, 0.95) * (row === 2 ? 0.62 : 1);
      tower({ on, dice, palette, x, wide, top, shore, color, lit: t });
      x += wide * dice.between(0.86, 1.16);
    }
    const haze = mix(palette.sky.at(1), palette.accents[0], 0.3);
    for (let y = Math.floor(shore - tall * 0.5); y < shore; y++) {
      const alpha = smoothstep(shore - tall * 0.5, shore, y) * 0.34 * (1 - t);
      for (let px = 0; px < on.width; px++) blend(on, (y * on.width + px) * 3, haze, alpha);
    }
  }
}

function tower(
  { on, dice, palette, x, wide, top, shore, color, lit }: Pick<Scene, "on" | "dice" | "palette"> & {
    x: number;
    wide: number;
    top: number;
    shore: number;
    color: Color;
    lit: number;
  },
) {
  const right = x + wide;
  polygon(on, [[x, shore], [x, top], [right, top], [right, shore]], color);
  polygon(
    on,
    [[right - wide * 0.28, shore], [right - wide * 0.28, top], [right, top], [right, shore]],
    mix(color, palette.near, 0.4),
    0.6,
  );
  const crown = dice.next();
  if (crown < 0.25) {
    polygon(on, [[x + wide * 0.2, top], [x + wide / 2, top - wide * 0.6], [right - wide * 0.2, top]], color);
  } else if (crown < 0.5) {
    polygon(on, [[x + wide * 0.2, top], [x + wide * 0.2, top - wide * 0.35], [right - wide * 0.2, top - wide * 0.35], [
      right - wide * 0.2,
      top,
    ]], color);
  }
  if (crown < 0.6 && lit > 0) {
    const tip = top - wide * dice.between(0.7, 1.5);
    stroke(on, [x + wide / 2, top, 1.3], [x + wide / 2, tip, 0.6], color);
    glow(on, x + wide / 2, tip, wide * 0.3, palette.accents[0], 0.9);
  }
  if (lit === 0) return;
  const cell = Math.max(5, on.height * 0.0085);
  const warm = mix(palette.light, [1, 0.86, 0.55], 0.45);
  for (let wy = top + cell; wy < shore - cell; wy += cell * 1.55) {
    for (let wx = x + cell * 0.7; wx < right - cell; wx += cell * 1.3) {
      if (dice.chance(0.6)) continue;
      const bright = dice.between(0.25, 0.95) * (0.5 + 0.5 * lit);
      const tint = dice.chance(0.16) ? dice.pick(palette.accents) : warm;
      polygon(
        on,
        [[wx, wy], [wx + cell * 0.62, wy], [wx + cell * 0.62, wy + cell * 0.8], [wx, wy + cell * 0.8]],
        tint,
        bright,
      );
    }
  }
  if (dice.chance(0.3) && palette.night) {
    const [sx, sy] = [x + wide * 0.18, top + (shore - top) * dice.between(0.12, 0.4)];
    const sign = dice.pick(palette.accents.slice(0, 4));
    polygon(on, [[sx, sy], [sx + wide * 0.14, sy], [sx + wide * 0.14, sy + wide * 0.95], [sx, sy + wide * 0.95]], sign);
    glow(on, sx + wide * 0.07, sy + wide * 0.5, wide * 1.3, sign, 0.55);
  }
}
