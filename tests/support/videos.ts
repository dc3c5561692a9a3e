/** The smallest byte strings that carry a video's type, size and length, as the formats lay them out. */

export interface VideoShape {
  width: number;
  height: number;
  durationMs: number;
  /** Bytes of "pictures". */
  payload?: number;
}

/** `index` says on which side of the pictures the index stands; `long` takes the 64-bit forms. */
export function mp4(
  { width, height, durationMs, payload = 1_000 }: VideoShape,
  { index = "before", brand = "isom", long = false }: { index?: "before" | "after"; brand?: string; long?: boolean } =
    {},
): Uint8Array<ArrayBuffer> {
  const mvhd = long
    ? [1, 0, 0, 0, ...zeros(16), ...uint32(1000), ...uint32(0), ...uint32(durationMs)]
    : [0, 0, 0, 0, ...zeros(8), ...uint32(1000), ...uint32(durationMs)];
  const tkhd = [...zeros(long ? 88 : 76), ...uint32(width << 16), ...uint32(height << 16)];
  // A track of sound comes first: it shows nothing and has no size.
  const sound = box("trak", box("tkhd", zeros(84)));
  const moov = box("moov", [...box("mvhd", [...mvhd, ...zeros(80)]), ...sound, ...box("trak", box("tkhd", tkhd))]);
  const pictures = zeros(payload);
  const mdat = long
    ? [...uint32(1), ...text("mdat"), ...uint32(0), ...uint32(payload + 16), ...pictures]
    : box("mdat", pictures);
  const ftyp = box("ftyp", [...text(brand), ...uint32(512), ...text("isomavc1")]);
  return new Uint8Array(index === "before" ? [...ftyp, ...moov, ...mdat] : [...ftyp, ...mdat, ...moov]);
}

export function webm(
  { width, height, durationMs, payload = 1_000 }: VideoShape,
  { docType = "webm", isLive = false }: { docType?: string; isLive?: boolean } = {},
): Uint8Array<ArrayBuffer> {
  const duration = new Uint8Array(8);
  new DataView(duration.buffer).setFloat64(0, durationMs);
  const info = element([0x15, 0x49, 0xa9, 0x66], [
    ...element([0x2a, 0xd7, 0xb1], [0x0f, 0x42, 0x40]),
    ...element([0x44, 0x89], [...duration]),
  ]);
  const pixels = [...element([0xb0], uint32(width)), ...element([0xba], uint32(height))];
  const tracks = element([0x16, 0x54, 0xae, 0x6b], [
    ...element([0xae], element([0x83], [2])),
    ...element([0xae], [...element([0x83], [1]), ...element([0xe0], pixels)]),
  ]);
  const content = [...info, ...tracks, ...element([0x1f, 0x43, 0xb6, 0x75], zeros(payload))];
  const head = element([0x1a, 0x45, 0xdf, 0xa3], element([0x42, 0x82], text(docType)));
  const segment = isLive
    ? [0x18, 0x53, 0x80, 0x67, 0x01, ...Array(7).fill(0xff), ...content]
    : element([0x18, 0x53, 0x80, 0x67], content);
  return new Uint8Array([...head, ...segment]);
}

function box(type: string, content: number[]): number[] {
  return [...uint32(content.length + 8), ...text(type), ...content];
}

function element(id: number[], content: number[]): number[] {
  return content.length < 127
    ? [...id, 0x80 | content.length, ...content]
    : [...id, 0x10 | (content.length >>> 24), ...uint32(content.length).slice(1), ...content];
}

const zeros = (count: number): number[] => Array(count).fill(0);
const text = (value: string) => [...value].map((letter) => letter.charCodeAt(0));
const uint32 = (value: number) => [value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff];
