import { type Color, hex, luminance, type Ramp, ramp, turnHue } from "./color.ts";
import { type Dice, dice, hash32 } from "./random.ts";

/** The colours of one picture. */
export interface Palette {
  /** From zenith to horizon. */
  sky: Ramp;
  /** The ground far away and close by. */
  far: Color;
  near: Color;
  /** Sun, moon, lamps. */
  light: Color;
  accents: readonly Color[];
  /** From the darkest to the lightest of them all. */
  tones: Ramp;
  night: boolean;
}

interface Swatch {
  /** Beginnings of words, English and Polish; those under four letters must match whole. */
  words: string;
  sky: string;
  land: string;
  light: string;
  accents: string;
  night?: boolean;
  /** An hour, season or weather: it colours a place named in the same prompt, whichever word comes first. */
  mood?: boolean;
}

const SWATCHES: readonly Swatch[] = [
  {
    words: "sunset dusk evening golden-hour zachód zachod wieczór romantic",
    sky: "#2a1a4a #7b2d63 #e8615a #ffc27a",
    land: "#8a3b5e #1c0f24",
    light: "#fff0c4",
    accents: "#ff6b5e #ffb35c #7b2d63 #35205c #ffe3b3",
    mood: true,
  },
  {
    words: "neon cyberpunk synthwave retro vaporwave arcade club neony futur",
    sky: "#0b0524 #2a0a5e #8a1fa8 #ff4fa0",
    land: "#4a1585 #07031a",
    light: "#ffd0f5",
    accents: "#ff2e93 #22e6ff #8b2cff #ffe14a #5b1fd6",
    mood: true,
    night: true,
  },
  {
    words: "space galaxy nebula cosmos cosmic planet universe stars kosmos galaktyka gwiazd astronaut",
    sky: "#06030f #170c36 #4a1f73 #c0588f",
    land: "#2c1550 #05020c",
    light: "#ffe9d6",
    accents: "#b14aed #ff7ab6 #4d6bff #ffd6a5 #38207a",
    mood: true,
    night: true,
  },
  {
    words: "aurora northern iceland norway zorza polarna",
    sky: "#040a1c #0a1d3a #0f4a5a #2a9d7a",
    land: "#123a4a #03080f",
    light: "#d9fff0",
    accents: "#3df0a0 #1fa2c9 #7a5cff #14406b #d9ffe8",
    mood: true,
    night: true,
  },
  {
    words: "night midnight moon moonlit noc nocn księżyc dream sen",
    sky: "#050b1e #0d1f40 #27466e #7f9dbb",
    land: "#1f3a5a #040910",
    light: "#f4f6ff",
    accents: "#6f8fc9 #f2d98c #3b4f86 #c9d6f2 #1d2f55",
    mood: true,
    night: true,
  },
  {
    words: "fire flame lava volcan ember dragon ogień ogien lawa wulkan smok",
    sky: "#140503 #5a0f0a #d33f12 #ffb03a",
    land: "#7a1b0c #0a0302",
    light: "#fff0b8",
    accents: "#ff4d1a #ffb02e #8c1c13 #4a0f0a #ffe7ba",
    mood: true,
    night: true,
  },
  {
    words: "gold golden luxur amber honey brass coin złot zlot bursztyn miód whisky perfume jewel",
    sky: "#2b1a0a #6b4416 #c48d33 #ffe3a1",
    land: "#7d5520 #150c04",
    light: "#fff6d6",
    accents: "#d4a13a #8a5a18 #f6d98b #4a2e10 #fff3d1",
    mood: true,
  },
  {
    words: "forest jungle wood tree moss leaf leaves green fox deer bear las lasu leśn drzew ziel",
    sky: "#8fb7a8 #b9d3b4 #dfe6bf #f6f1d0",
    land: "#7fa08a #0c231a",
    light: "#fffbe0",
    accents: "#1f5c3f #5d9c59 #c6d57e #e8a33d #f3efd9",
  },
  {
    words:
      "ocean sea beach wave water lake river island lagoon underwater whale fish boat sail harbo lighthouse blue ocean morze morsk jezioro woda plaż fala latarni",
    sky: "#0f5e93 #3d97bf #8fcbd6 #f1f2dc",
    land: "#5b9db0 #06283b",
    light: "#fffdf0",
    accents: "#0b4f6c #1ba3b8 #7fd8d0 #ff9f6b #f6e7c8",
  },
  {
    words: "desert dune sahara mars canyon sand camel egypt pustyni wydm piasek kanion",
    sky: "#3f6f9e #92a9b5 #eac9a0 #ffe9c9",
    land: "#d39a63 #6b2f1f",
    light: "#fff7e3",
    accents: "#c8553d #e9a15b #f2d0a4 #588b8b #6a3a2c",
  },
  {
    words: "winter snow ice frost arctic glacier penguin zima zimow śnieg snieg lód mróz",
    sky: "#5d86b5 #9dbbd6 #d3e2ec #f8f4ee",
    land: "#a9c0d3 #1b2f47",
    light: "#ffffff",
    accents: "#2f5d8a #86b3d1 #dfeaf2 #f2a65a #4b6f96",
    mood: true,
  },
  {
    words: "autumn fall october harvest pumpkin jesień jesien jesienn dyni",
    sky: "#7d94a8 #c7b79a #f0c987 #ffe7b8",
    land: "#b06a3b #2f140b",
    light: "#fff2d0",
    accents: "#b5431f #e0812b #f2b84b #5c3a21 #7a8b5a",
    mood: true,
  },
  {
    words: "spring blossom cherry sakura rose pink flower garden floral peony wiosn kwiat różow ogród japan kyoto",
    sky: "#8fb4d6 #c4cfe3 #f3cfd8 #fff0ea",
    land: "#b892a8 #3b2b3f",
    light: "#fffaf0",
    accents: "#f08aa8 #f7c1cd #a8c686 #6b5b95 #fff3ef",
    mood: true,
  },
  {
    words: "storm rain grey gray gloom thunder burz deszcz szar",
    sky: "#1d2730 #3f4e5b #7c8c98 #d3d8d6",
    land: "#566673 #0d1318",
    light: "#eef4f6",
    accents: "#4a6274 #8fa5b3 #d9a441 #37474f #e3e9ec",
    mood: true,
  },
  {
    words: "lavender violet purple provence magic fantasy lawend fiolet magi wizard castle zamek",
    sky: "#4a4a8f #8a7fc0 #cdb4db #ffe5ec",
    land: "#8d7fb0 #231f45",
    light: "#fff7e8",
    accents: "#6c5ce7 #a29bfe #ff9ec7 #ffd6a5 #3b3170",
  },
  {
    words: "dawn sunrise morning świt swit poranek wschód peach pastel soft baby",
    sky: "#6d7fb3 #b6a5c9 #f2b9b4 #ffe6c4",
    land: "#8e86a8 #2c2f49",
    light: "#fff6df",
    accents: "#f28c8c #f7c59f #8a86c9 #4c4a7d #fde8d7",
    mood: true,
  },
  {
    words: "meadow summer village field lemon citrus fresh łąka laka lato wieś pole minimal clean mint product",
    sky: "#4fa3c9 #8ccad3 #cfe8d2 #fdf6d8",
    land: "#8dbb84 #1d3f2c",
    light: "#fffce6",
    accents: "#ffb938 #ef6f53 #3aa38f #24526b #fdf3d6",
  },
  {
    words: "noir monochrome black-and-white mono black ink czarno atrament film",
    sky: "#1a1a1c #4c4c50 #9c9ca0 #efefef",
    land: "#77777b #0c0c0e",
    light: "#ffffff",
    accents: "#2a2a2e #8a8a90 #d8d8dc #c44536 #f5f5f2",
    mood: true,
  },
];

/** Nights and oddities are for those who ask; an unprompted picture takes one of these. */
const USUAL = [0, 6, 7, 8, 9, 11, 12, 14, 15, 16];

/** Where in the prompt the first of these word beginnings stands, or Infinity. */
export function mention(prompt: string, words: string): number {
  const spoken = prompt.toLowerCase().match(/[\p{L}\p{N}-]+/gu) ?? [];
  const wanted = words.split(" ");
  const place = spoken.findIndex((word) =>
    wanted.some((stem) => stem.length < 4 ? word === stem : word.startsWith(stem))
  );
  return place < 0 ? Infinity : place;
}

/**
 * The first mood the prompt names rules, else its first place; a second name lends accents. Without any the prompt's hash
 * chooses. The picture's dice turn all hues a little, so that repeats of a prompt differ.
 */
export function paletteFor(prompt: string, d: Dice): Palette {
  const named = SWATCHES
    .map((swatch) => ({ swatch, place: mention(prompt, swatch.words) }))
    .filter(({ place }) => place < Infinity)
    .sort((a, b) => Number(b.swatch.mood ?? false) - Number(a.swatch.mood ?? false) || a.place - b.place);
  const main = named[0]?.swatch ?? SWATCHES[dice(hash32(prompt.toLowerCase())).pick(USUAL)];
  const turn = d.between(-0.12, 0.12);
  const read = (codes: string) => codes.split(" ").map((code) => turnHue(hex(code), turn));
  const sky = read(main.sky);
  const [far, near] = read(main.land);
  const [light] = read(main.light);
  const accents = read(main.accents);
  if (named.length > 1) accents.splice(2, 1, ...read(named[1].swatch.accents).slice(0, 2));
  const tones = [near, ...sky, light].sort((a, b) => luminance(a) - luminance(b));
  return { sky: ramp(sky), far, near, light, accents, tones: ramp(tones), night: main.night ?? false };
}
