/** Made things rather than seen ones: glass spheres, paper arches, cut-out shapes, isometric blocks. */
import { type Canvas, disc, glow, polygon, shadow, shape } from "./canvas.ts";
import { clamp, type Color, mix, smoothstep } from "./color.ts";
import { drawBlocks } from "./blocks.ts";
import type { Brief } from "./mod.ts";
import { fractal, gradientNoise } from "./noise.ts";
import { mention, type Palette } from "./palettes.ts";
import { inks, paper, wash } from "./paper.ts";

const SUBJECTS: readonly { words: string; draw: (brief: Brief) => void }[] = [
  {
    words: "sphere bubble glass planet orb ball balloon space galaxy marble product perfume kula bańka szkło",
    draw: spheres,
  },
  {
    words: "city building architecture block cube isometric stairs tower room house miasto dom blok robot",
    draw: drawBlocks,
  },
  {
    words: "poster bauhaus geometric logo pattern jazz music flat portrait face plakat abstract minimal",
    draw: cutouts,
  },
  { words: "sunset rainbow arch mountain paper desert sea ocean wave hill góry zachód morze tęcza", draw: arches },
];

export function drawAbstract(brief: Brief) {
  const named = SUBJECTS
    .map((subject) => ({ ...subject, place: mention(brief.prompt, subject.words) }))
    .sort((a, b) => a.place - b.place)[0];
  const draw = named.place < Infinity ? named.draw : brief.dice.pick([spheres, arches, cutouts, drawBlocks]);
  draw(brief);
}

/** Polished spheres on a seamless backdrop, each with its shadow, reflection and rim light. */
function spheres({ on, palette, dice }: Brief) {
  const { width, height } = on;
  const size = Math.min(width, height);
  const ground = paper(palette);
  const wall = mix(ground, palette.accents[1], 0.3);
  const floor = height * dice.between(0.6, 0.68);
  const [lx, ly] = [dice.pick([0.24, 0.76]), 0.12];
  wash(on, (u, v) => {
    const spot = Math.exp(-(((u - lx) * 1.3) ** 2 + ((v - ly) * 1.1) ** 2) * 1.6);
    const base = mix(wall, ground, smoothstep(floor / height - 0.16, floor / height + 0.2, v));
    return mix(mix(base, palette.near, 0.16 * (1 - spot)), [1, 1, 1], spot * (palette.night ? 0.12 : 0.5));
  });
  const colors = inks(palette, ground);
  const balls: { x: number; y: number; r: number; color: Color }[] = [];
  const total = dice.whole(6, 9);
  for (let tries = 0; balls.length < total && tries < 400; tries++) {
    const r = size *
      (balls.length === 0 ? dice.between(0.19, 0.24) : dice.between(0.035, 0.12) * (tries < 60 ? 1.15 : 0.8));
    const x = balls.length === 0 ? width * dice.between(0.4, 0.6) : dice.between(r, width - r);
    const depth = balls.length === 0 ? 0.45 : dice.between(0.1, 1);
    const y = floor + depth * (height - floor) * 0.62 - r * 0.9;
    if (balls.some((other) => Math.hypot(other.x - x, other.y - y) < (other.r + r) * 1.02)) continue;
    balls.push({ x, y, r, color: colors[balls.length % colors.length] });
  }
  balls.sort((a, b) => a.y + a.r - b.y - b.r);
  const away = lx < 0.5 ? 1 : -1;
  for (const { x, y, r, color } of balls) {
    shadow(on, x + away * r * 0.75, y + r * 0.94, r * 1.9, r * 0.42, mix(palette.near, color, 0.2), 0.5);
    shadow(on, x + away * r * 0.15, y + r * 0.97, r * 0.9, r * 0.16, palette.near, 0.75);
    sphere(on, x, y, r, color, { palette, ground, lx: lx < 0.5 ? -0.5 : 0.5 });
  }
}

function sphere(
  on: Canvas,
  cx: number,
  cy: number,
  r: number,
  color: Color,
  { palette, ground, lx }: { palette: Palette; ground: Color; lx: number },
) {
  const [dx, dy, dz] = [lx, -0.62, 0.6];
  disc(on, cx, cy, r, (x, y) => {
    const [nx, ny] = [(x - cx) / r, (y - cy) / r];
    const nz = Math.sqrt(Math.max(0, 1 - nx * nx - ny * ny));
    const lit = nx * dx + ny * dy + nz * dz;
    const shade = mix(mix(color, palette.near, 0.72), color, smoothstep(-0.45, 0.75, lit));
    const bounce = smoothstep(0.35, 1, ny) * (1 - nz) * 0.75;
    const rim = (1 - nz) ** 3 * 0.5;
    const shine = Math.max(0, lit) ** 42 * 0.85 + smoothstep(0.93, 0.985, lit) * 0.25;
    const sheen = smoothstep(0.55, 1, lit) * 0.22;
    const [a, b, c] = [0, 1, 2].map((k) => {
      let value = shade[k];
      value += (ground[k] - value) * bounce;
      value += (palette.light[k] - value) * clamp(rim * smoothstep(-0.6, 0.4, lit) + sheen);
      return value + (1 - value) * clamp(shine);
    });
    return [a, b, c];
  });
}

/** Nested paper arches round a low sun, each sheet with a soft shadow on the one behind. */
function arches({ on, palette, dice }: Brief) {
  const { width, height, pixels } = on;
  const size = Math.max(width, height);
  const noise = gradientNoise(dice.whole(0, 2 ** 31));
  const [cx, cy] = [width * dice.between(0.4, 0.6), height * dice.between(0.5, 0.58)];
  const rings = dice.whole(7, 9);
  const tones = Array.from({ length: rings + 1 }, (_, ring) => palette.tones.at(1 - (ring / rings) * 0.93));
  const wobble = dice.between(0.05, 0.11);
  const lobes = dice.between(1.1, 1.9);
  const radius = (ring: number, angle: number) =>
    size * 0.082 * (ring + 0.9) ** 1.1 *
    (ring === 0 ? 1 : 1 +
      wobble * Math.min(1, ring / 2) * 2 * noise(Math.cos(angle) * lobes + ring * 0.35, Math.sin(angle) * lobes + 4));
  const table = Array.from(
    { length: rings },
    (_, ring) => Float32Array.from({ length: 721 }, (_, step) => radius(ring, (step / 720) * Math.PI * 2 - Math.PI)),
  );
  const lift = size * 0.013;
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      const [dx, dy] = [x - cx, y - cy];
      const r = Math.sqrt(dx * dx + dy * dy);
      const place = (Math.atan2(dy, dx) / Math.PI + 1) * 360;
      const slot = place | 0;
      const part = place - slot;
      let ring = 0;
      let edge = 0;
      while (ring < rings) {
        edge = table[ring][slot] + part * (table[ring][Math.min(720, slot + 1)] - table[ring][slot]);
        if (r < edge) break;
        ring++;
      }
      const color = tones[ring];
      const outer = ring < rings ? edge - r : Infinity;
      const inner = ring > 0
        ? r - (table[ring - 1][slot] + part * (table[ring - 1][Math.min(720, slot + 1)] - table[ring - 1][slot]))
        : Infinity;
      const dark = ring < rings ? 0.34 * Math.exp(-outer / (lift * 2.4)) : 0;
      const rim = 0.22 * Math.exp(-inner / (lift * 0.22));
      const fall = 1 - 0.1 * (dy / size);
      const soft = ring > 0 && inner < 1 ? inner : 1;
      for (let c = 0; c < 3; c++) {
        let value = color[c] * fall * (1 - dark);
        value += (1 - value) * rim;
        const behind = ring > 0 ? tones[ring - 1][c] * (1 - 0.34) : 0;
        pixels[i + c] = behind + (value - behind) * soft;
      }
    }
  }
  glow(on, cx, cy, size * 0.42, palette.light, 0.3);
}

/** A poster of circles, half circles, quarters and bars on paper, printed a little off register. */
function cutouts({ on, palette, dice }: Brief) {
  const { width, height } = on;
  const ground = paper(palette);
  const colors = inks(palette, ground);
  const noise = gradientNoise(dice.whole(0, 2 ** 31));
  wash(on, (u, v) => mix(ground, palette.near, 0.035 + 0.03 * fractal(noise, u * 9, v * 9, 3)));
  const across = width >= height * 1.3 ? 6 : width * 1.3 <= height ? 3 : 4;
  const cell = width / (across + 0.8);
  const down = Math.max(1, Math.floor(height / cell - 0.5));
  const [left, top] = [(width - across * cell) / 2, (height - down * cell) / 2];
  let previous = -1;
  for (let row = 0; row < down; row++) {
    for (let column = 0; column < across; column++) {
      let one = dice.whole(0, colors.length - 1);
      if (one === previous) one = (one + 1) % colors.length;
      previous = one;
      const two = colors[(one + dice.whole(1, colors.length - 1)) % colors.length];
      tile(on, {
        x: left + column * cell,
        y: top + row * cell,
        cell,
        one: colors[one],
        two,
        kind: dice.whole(0, 7),
        turn: dice.whole(0, 3),
      });
    }
  }
  const r = cell * dice.between(0.85, 1.15);
  const [bx, by] = [left + cell * dice.whole(1, across - 1), top + cell * dice.whole(1, Math.max(1, down - 1))];
  disc(on, bx, by, r, colors[0], 0.9);
  disc(on, bx, by, r * 0.62, ground);
  disc(on, bx, by, r * 0.36, colors[1 % colors.length]);
}

function tile(
  on: Canvas,
  { x, y, cell, one, two, kind, turn }: {
    x: number;
    y: number;
    cell: number;
    one: Color;
    two: Color;
    kind: number;
    turn: number;
  },
) {
  const box = { left: x, top: y, right: x + cell, bottom: y + cell };
  const [mx, my] = [x + cell / 2, y + cell / 2];
  const square = (px: number, py: number) => Math.max(Math.abs(px - mx), Math.abs(py - my)) - cell / 2;
  const distance = (dx: number, dy: number) => Math.sqrt(dx * dx + dy * dy);
  const corner = [[x, y], [x + cell, y], [x + cell, y + cell], [x, y + cell]][turn];
  const fromCorner = (px: number, py: number) => distance(px - corner[0], py - corner[1]);
  const half = [my, mx, my, mx][turn];
  const side = turn < 2 ? 1 : -1;
  const cut = (px: number, py: number) => side * ((turn % 2 ? px : py) - half);
  const inside = (shape: (px: number, py: number) => number) => (px: number, py: number) =>
    Math.max(square(px, py), shape(px, py));
  if (kind !== 1) shape(on, box, square, one);
  switch (kind) {
    case 0:
    case 1:
      disc(on, mx, my, cell * 0.48, two);
      disc(on, mx, my, cell * 0.24, kind ? one : mix(two, one, 0.75));
      break;
    case 2:
      shape(on, box, inside((px, py) => fromCorner(px, py) - cell), two);
      break;
    case 3:
      for (const [radius, color] of [[1, two], [0.75, one], [0.5, two], [0.25, one]] as const) {
        shape(on, box, inside((px, py) => fromCorner(px, py) - cell * radius), color);
      }
      break;
    case 4:
      shape(on, box, inside((px, py) => Math.max(distance(px - mx, py - my) - cell / 2, cut(px, py))), two);
      break;
    case 5:
      for (let bar = 0; bar < 4; bar++) {
        const from = (bar * 2 + 0.5) / 8;
        shape(
          on,
          box,
          inside((px, py) => {
            const place = (turn % 2 ? px - x : py - y) / cell - from;
            return Math.max(-place, place - 0.125) * cell;
          }),
          two,
        );
      }
      break;
    case 6:
      polygon(
        on,
        [[x, y], [x + cell, y], [x, y + cell]].map(([px, py]) => turn % 2 ? [px, py] : [2 * mx - px, 2 * my - py]) as [
          number,
          number,
        ][],
        two,
      );
      break;
    default:
      for (let dot = 0; dot < 9; dot++) {
        disc(on, x + cell * ((dot % 3) + 0.5) / 3, y + cell * (Math.floor(dot / 3) + 0.5) / 3, cell * 0.1, two);
      }
  }
}
