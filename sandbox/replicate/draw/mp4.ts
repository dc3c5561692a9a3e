/** An MP4 file (ISO/IEC 14496-12 and -15) of one H.264 track, its index in front so that it plays while it loads. */
import type { H264Film } from "./h264.ts";

export interface Mp4Options {
  film: H264Film;
  width: number;
  height: number;
  framesPerSecond: number;
}

type Part = number[] | Uint8Array;

/** Units of time in a second; divisible by the usual frame rates. */
const TIMESCALE = 12_000;

export function encodeMp4({ film, width, height, framesPerSecond }: Mp4Options): Uint8Array<ArrayBuffer> {
  const frames = film.units.length;
  const perFrame = TIMESCALE / framesPerSecond;
  const duration = frames * perFrame;
  const samples = film.units.map((unit) => join([u32(unit.length), unit]));

  const config = box("avcC", [
    [1, ...film.sps.subarray(1, 4), 0xff, 0xe1],
    u16(film.sps.length),
    film.sps,
    [1],
    u16(film.pps.length),
    film.pps,
  ]);
  const entry = box("avc1", [
    zeros(6),
    u16(1),
    zeros(16),
    u16(width),
    u16(height),
    u32(0x480000),
    u32(0x480000),
    zeros(4),
    u16(1),
    zeros(32),
    u16(24),
    u16(0xffff),
    config,
  ]);
  const tables = (offset: number) =>
    box("stbl", [
      full("stsd", [u32(1), entry]),
      full("stts", [u32(1), u32(frames), u32(perFrame)]),
      full("stss", [u32(1), u32(1)]),
      full("stsc", [u32(1), u32(1), u32(frames), u32(1)]),
      full("stsz", [u32(0), u32(frames), ...samples.map(({ length }) => u32(length))]),
      full("stco", [u32(1), u32(offset)]),
    ]);
  const media = (offset: number) =>
    box("mdia", [
      full("mdhd", [u32(0), u32(0), u32(TIMESCALE), u32(duration), u16(0x55c4), u16(0)]),
      full("hdlr", [u32(0), text("vide"), zeros(12), text("video\0")]),
      box("minf", [
        full("vmhd", [zeros(8)], 1),
        box("dinf", [full("dref", [u32(1), full("url ", [], 1)])]),
        tables(offset),
      ]),
    ]);
  const movie = (offset: number) =>
    box("moov", [
      full("mvhd", [
        u32(0),
        u32(0),
        u32(TIMESCALE),
        u32(duration),
        u32(0x10000),
        u16(0x100),
        zeros(10),
        UNMOVED,
        zeros(24),
        u32(2),
      ]),
      box("trak", [
        full("tkhd", [
          u32(0),
          u32(0),
          u32(1),
          u32(0),
          u32(duration),
          zeros(16),
          UNMOVED,
          u32(width * 0x10000),
          u32(height * 0x10000),
        ], 3),
        media(offset),
      ]),
    ]);

  const type = box("ftyp", [text("isom"), u32(0x200), text("isomiso2avc1mp41")]);
  // The index is as long with any offset in it.
  const offset = type.length + movie(0).length + 8;
  return join([type, movie(offset), box("mdat", samples)]);
}

const zeros = (count: number): Part => new Uint8Array(count);
const text = (ascii: string): Part => new TextEncoder().encode(ascii);
const u16 = (value: number): Part => [value >>> 8, value & 255];
const u32 = (value: number): Part => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];

/** The matrix that leaves pictures where they are. */
const UNMOVED = join([0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000].map(u32));

function box(type: string, parts: Part[]): Uint8Array<ArrayBuffer> {
  const length = parts.reduce((sum, part) => sum + part.length, 8);
  return join([u32(length), text(type), ...parts]);
}

/** A box with a version, 0 here, and flags. */
function full(type: string, parts: Part[], flags = 0): Uint8Array<ArrayBuffer> {
  return box(type, [u32(flags), ...parts]);
}

function join(parts: Part[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
