/** Views with a horizon: sky, light, ridge behind ridge, water, and something small to give the scale. */
import type { Canvas } from "./canvas.ts";
import { disc, glow } from "./canvas.ts";
import { clamp, type Color, mix, smoothstep } from "./color.ts";
import { starfield } from "./atmosphere.ts";
import type { Brief } from "./mod.ts";
import { field, fractal, gradientNoise } from "./noise.ts";
import { mention } from "./palettes.ts";
import { drawBirds, drawBoat, drawConifers, drawGrass, drawLighthouse, drawLoneTree, drawSkyline } from "./scenery.ts";
import { drawRidge, type Relief, ridgeline } from "./terrain.ts";
import { drawMist, drawWater } from "./water.ts";

export interface Scene extends Brief {
  /** Where the sky ends. */
  horizon: number;
  sun: { x: number; y: number; radius: number };
}

const PLACES: readonly { name: string; words: string; draw: (scene: Scene) => void }[] = [
  {
    name: "city",
    words:
      "city skyline street tokyo york london warsaw building tower architecture cyberpunk downtown traffic miasto ulica warszaw krakow",
    draw: city,
  },
  {
    name: "sea",
    words:
      "sea ocean beach coast island lighthouse boat sail ship harbo wave bay lagoon morze morsk plaż latarni wyspa statek whale fish",
    draw: sea,
  },
  { name: "lake", words: "lake river reflection fjord pond water jezioro rzeka woda", draw: lake },
  {
    name: "desert",
    words: "desert dune sahara mars canyon sand camel egypt pustyni wydm piasek kanion",
    draw: desert,
  },
  {
    name: "forest",
    words: "forest wood jungle pine tree fox deer bear wolf las lasu leśn drzew cabin chata",
    draw: forest,
  },
  {
    name: "mountains",
    words: "mountain alps peak summit snow glacier winter cliff ice góry gór szczyt tatry śnieg dragon castle",
    draw: mountains,
  },
  {
    name: "meadow",
    words:
      "meadow field flower garden village hill countryside farm blossom cherry łąka pole kwiat ogród wieś horse cottage",
    draw: meadow,
  },
];

export function drawLandscape(brief: Brief) {
  const { on, dice, palette, prompt } = brief;
  const { width, height } = on;
  const places = PLACES
    .map((place) => ({ ...place, at: mention(prompt, place.words) }))
    .sort((a, b) => a.at - b.at);
  const place = places[0].at < Infinity
    ? places[0]
    : dice.pick(places.filter(({ name }) => name !== "city" || palette.night));
  const horizon = height * dice.between(0.56, 0.66);
  const size = Math.min(width, height);
  const radius = size * (palette.night ? dice.between(0.03, 0.05) : dice.between(0.035, 0.07));
  const sun = {
    x: width * dice.pick([dice.between(0.2, 0.42), dice.between(0.58, 0.8)]),
    y: palette.night ? height * dice.between(0.14, 0.3) : horizon - size * dice.between(0.06, 0.22),
    radius,
  };
  const scene: Scene = { ...brief, horizon, sun };
  drawSky(scene);
  place.draw(scene);
}

function drawSky({ on, palette, dice, prompt, horizon, sun }: Scene) {
  const { width, height, pixels } = on;
  const { table, last } = palette.sky;
  const size = Math.max(width, height);
  for (let y = 0, i = 0; y < height; y++) {
    const k = 3 * ((clamp(y / horizon) ** 1.15 * last) | 0);
    for (let x = 0; x < width; x++, i += 3) {
      pixels[i] = table[k];
      pixels[i + 1] = table[k + 1];
      pixels[i + 2] = table[k + 2];
    }
  }
  if (palette.night) starfield({ on, palette, dice, prompt }, (horizon / height) * 0.9);
  const strength = palette.night ? 0.35 : 0.62;
  glow(on, sun.x, sun.y, size * 0.62, palette.light, strength * 0.55);
  glow(on, sun.x, sun.y, sun.radius * 4.2, palette.light, strength);
  disc(on, sun.x, sun.y, sun.radius, mix(palette.light, [1, 1, 1], 0.35));
  if (palette.night) moonFace(on, sun, palette.sky.at(0.7), dice.whole(0, 2 ** 31));
  drawClouds({ on, palette, dice, prompt, horizon, sun });
}

function moonFace(on: Canvas, { x: cx, y: cy, radius }: Scene["sun"], grey: Color, seed: number) {
  const noise = gradientNoise(seed);
  disc(on, cx, cy, radius, (x, y) => {
    const seas = smoothstep(-0.1, 0.5, fractal(noise, (x - cx) / radius, (y - cy) / radius, 4));
    const [r, g, b] = [0.97, 0.97, 0.94];
    return [r + (grey[0] - r) * seas * 0.35, g + (grey[1] - g) * seas * 0.35, b + (grey[2] - b) * seas * 0.35];
  });
}

/** Long banks of cloud, lit from the sun's side and thinner towards the zenith. */
function drawClouds({ on, palette, dice, horizon, sun }: Scene) {
  const { width, pixels } = on;
  const noise = gradientNoise(dice.whole(0, 2 ** 31));
  const cover = dice.between(-0.02, 0.2);
  const zoom = dice.between(1.2, 1.9) / width;
  const flat = dice.between(2.6, 4.2);
  const density = (x: number, y: number) => {
    const [u, v] = [x * zoom, (y * zoom * flat * horizon) / (horizon * 0.55 + y * 0.45)];
    const warp = fractal(noise, u * 1.7 + 9, v * 1.7, 2);
    return fractal(noise, u + warp * 0.35, v + warp * 0.3, 5);
  };
  const clouds = field(width, Math.ceil(horizon), 4, density);
  const lit = mix(palette.light, palette.sky.at(1), palette.night ? 0.85 : 0.3);
  const dark = mix(palette.sky.at(0.35), palette.far, 0.35);
  for (let y = 0; y < horizon; y++) {
    const high = smoothstep(0, horizon * 0.3, y) * (1 - 0.65 * smoothstep(horizon * 0.75, horizon, y));
    for (let x = 0; x < width; x++) {
      const here = clouds.at(x, y) + cover;
      if (here <= 0.04) continue;

      const dx = sun.x - x;
      const dy = sun.y - y;
      const away = Math.sqrt(dx * dx + dy * dy);
      const step = 26 / (away + 30);
      const open = smoothstep(sun.radius, sun.radius * 4, away);
      const alpha = smoothstep(0.04, 0.42, here) * high * (0.15 + 0.65 * open);
      const facing = clamp((here - (clouds.at(x + dx * step, y + dy * step) + cover)) * 2.6 + 0.5);
      const i = (y * width + x) * 3;
      for (let c = 0; c < 3; c++) {
        const color = dark[c] + (lit[c] - dark[c]) * facing;
        pixels[i + c] += (color - pixels[i + c]) * alpha;
      }
    }
  }
}

/** Ridges from the horizon to the viewer, ever darker and taller; calls back between them. */
function ranges(
  scene: Scene,
  options: { layers: number; relief: Relief; from: number; to: number; tall: number; snow?: boolean },
  after?: (layer: number, ridge: Float32Array, color: Color) => void,
) {
  const { on, palette, dice, sun } = scene;
  const { layers, relief, from, to, tall, snow } = options;
  const nearness = (layer: number) => layers === 1 ? 1 : layer / (layers - 1);
  const ridges = Array.from({ length: layers }, (_, layer) => {
    const t = nearness(layer);
    return ridgeline(on.width, dice.whole(0, 2 ** 31), {
      relief,
      base: from + (to - from) * t ** 1.25,
      tall: tall * (1 - 0.55 * t),
      scale: (1.5 + 1.2 * t) / Math.max(on.width, on.height),
    });
  });
  for (let layer = 0; layer < layers; layer++) {
    const t = nearness(layer);
    const ridge = ridges[layer];
    const color = mix(mix(palette.far, palette.sky.at(1), 0.45), palette.near, t ** 0.85);
    const haze = mix(palette.sky.at(1), palette.far, (relief === "hills" ? 0.4 : 0.25) + 0.5 * t);
    drawRidge(on, ridge, ridges[layer + 1] ?? null, {
      color,
      haze,
      light: palette.light,
      fromLeft: sun.x < on.width / 2,
      mist: 0.75 * (1 - t) + 0.05,
      depth: on.height * 0.26,
      relief,
      snow: snow ? mix([1, 1, 1], palette.sky.at(0.8), 0.25) : null,
      seed: dice.whole(0, 2 ** 31),
      shine: 0.42 * (1 - t) + 0.12,
    });
    after?.(layer, ridge, color);
  }
}

function mountains(scene: Scene) {
  const { on, dice, horizon, palette, prompt } = scene;
  const snow =
    mention(prompt, "snow winter alps glacier ice peak arctic summit zima zimow śnieg tatry szczyt") < Infinity ||
    dice.chance(0.4);
  const layers = dice.whole(4, 5);
  ranges(
    scene,
    { layers, relief: "peaks", from: horizon * 0.98, to: on.height * 0.92, tall: on.height * 0.34, snow },
    (layer, ridge, color) => {
      if (layer >= layers - 2) {
        drawConifers(
          scene,
          ridge,
          mix(color, palette.near, 0.5),
          on.height * (layer === layers - 1 ? 0.09 : 0.035),
        );
      }
    },
  );
  drawBirds(scene);
}

function forest(scene: Scene) {
  const { on, horizon, palette, dice } = scene;
  const layers = 5;
  ranges(
    scene,
    { layers, relief: "hills", from: horizon * 0.86, to: on.height * 0.97, tall: on.height * 0.16 },
    (layer, ridge, color) => {
      drawConifers(scene, ridge, color, on.height * (0.035 + 0.2 * (layer / (layers - 1)) ** 1.7));
      if (layer < layers - 1) drawMist(scene, on.height * (0.55 + 0.09 * layer), 0.3 - layer * 0.05);
    },
  );
  glow(on, scene.sun.x, scene.sun.y, on.width * 0.5, palette.light, 0.16);
  if (dice.chance(0.7)) drawBirds(scene);
}

function desert(scene: Scene) {
  const { on, horizon } = scene;
  ranges(scene, { layers: 4, relief: "dunes", from: horizon, to: on.height * 0.86, tall: on.height * 0.2 });
}

function meadow(scene: Scene) {
  const { on, horizon } = scene;
  let ground = new Float32Array();
  ranges(
    scene,
    {
      layers: 4,
      relief: "hills",
      from: horizon * 0.95,
      to: on.height * 0.88,
      tall: on.height * 0.17,
    },
    (_, ridge) => ground = ridge as Float32Array<ArrayBuffer>,
  );
  drawLoneTree(scene, ground);
  drawGrass(scene);
  drawBirds(scene);
}

function sea(scene: Scene) {
  const { on, horizon, dice, prompt } = scene;
  if (dice.chance(0.75)) {
    ranges(scene, { layers: 2, relief: "hills", from: horizon - 2, to: horizon, tall: on.height * 0.07 });
  }
  drawWater(scene, horizon, 1);
  const lighthouse = mention(prompt, "lighthouse latarni") < Infinity;
  const boat = mention(prompt, "boat sail ship statek") < Infinity;
  if (lighthouse || (!boat && dice.chance(0.35))) drawLighthouse(scene);
  if (boat || (!lighthouse && dice.chance(0.55))) drawBoat(scene);
  drawBirds(scene);
}

function lake(scene: Scene) {
  const { on, horizon, palette } = scene;
  const shore = on.height * 0.68;
  ranges(
    scene,
    { layers: 4, relief: "peaks", from: horizon * 0.92, to: shore, tall: on.height * 0.3, snow: true },
    (layer, ridge, color) => {
      if (layer === 3) drawConifers(scene, ridge, mix(color, palette.near, 0.6), on.height * 0.06);
    },
  );
  drawWater(scene, shore, 0.6);
  drawBirds(scene);
}

function city(scene: Scene) {
  const { on, dice } = scene;
  const shore = on.height * dice.between(0.74, 0.8);
  drawSkyline(scene, shore);
  drawWater(scene, shore, 0.9);
}
