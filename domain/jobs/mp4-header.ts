import { UNKNOWN_SIZE, type VideoProbe, type VideoSize } from "./video-size.ts";

/** Larger than the index of any clip we sell; it is the only part that is kept in memory. */
const MAX_INDEX = 4 * 1024 * 1024;

/**
 * An MP4 is a row of boxes, each with its length and four letters. The index, `moov`, stands before the pictures or after
 * them; everything else is stepped over.
 */
export function createMp4Probe(): VideoProbe {
  let header = new Uint8Array();
  let index: { bytes: Uint8Array; filled: number } | null = null;
  let toSkip = 0;
  let isOver = false;
  let size = UNKNOWN_SIZE;

  /** Takes part of a box's header; the whole of it says what comes next. */
  function readHeader(chunk: Uint8Array): Uint8Array {
    const wanted = header.length >= 8 && viewOf(header).getUint32(0) === 1 ? 16 : 8;
    const taken = chunk.subarray(0, wanted - header.length);
    header = concat(header, taken);
    if (header.length < wanted) return chunk.subarray(taken.length);

    const view = viewOf(header);
    const short = view.getUint32(0);
    // A length of 1 says that the real one, of 64 bits, follows; one of 0 that the box ends with the file.
    if (short === 1 && header.length === 8) return chunk.subarray(taken.length);
    const length = (short === 1 ? Number(view.getBigUint64(8)) : short) - header.length;
    const type = text(header, 4);
    header = new Uint8Array();
    if (length < 0 || !Number.isSafeInteger(length)) isOver = true;
    else if (type === "moov" && length <= MAX_INDEX) index = { bytes: new Uint8Array(length), filled: 0 };
    else toSkip = length;
    return chunk.subarray(taken.length);
  }

  function readIndex(chunk: Uint8Array, into: NonNullable<typeof index>): Uint8Array {
    const taken = chunk.subarray(0, into.bytes.length - into.filled);
    into.bytes.set(taken, into.filled);
    into.filled += taken.length;
    if (into.filled === into.bytes.length) {
      size = readMoov(into.bytes);
      index = null;
      isOver = true;
    }
    return chunk.subarray(taken.length);
  }

  return {
    take(chunk) {
      while (chunk.length > 0 && !isOver) {
        if (index) {
          chunk = readIndex(chunk, index);
        } else if (toSkip > 0) {
          const skipped = Math.min(toSkip, chunk.length);
          toSkip -= skipped;
          chunk = chunk.subarray(skipped);
        } else {
          chunk = readHeader(chunk);
        }
      }
    },
    size: () => size,
  };
}

/** `mvhd` has the duration, the `tkhd` of the first track that shows something has width and height. */
function readMoov(moov: Uint8Array): VideoSize {
  try {
    let size = UNKNOWN_SIZE;
    for (const [type, box] of boxesIn(moov)) {
      if (type === "mvhd") size = { ...size, durationMs: readDuration(viewOf(box)) };
      if (type === "trak" && size.width === null) {
        const tkhd = [...boxesIn(box)].find(([inner]) => inner === "tkhd")?.[1];
        // Fixed point, 16.16, the last eight bytes in both versions of the box.
        const [width, height] = tkhd ? [8, 4].map((fromEnd) => viewOf(tkhd).getUint16(tkhd.length - fromEnd)) : [0, 0];
        if (width > 0 && height > 0) size = { ...size, width, height };
      }
    }
    return size;
  } catch (error) {
    // Cut short or lying about its lengths: stored as it is, without a size.
    if (error instanceof RangeError) return UNKNOWN_SIZE;
    throw error;
  }
}

function readDuration(mvhd: DataView): number | null {
  const isLong = mvhd.getUint8(0) === 1;
  const timescale = mvhd.getUint32(isLong ? 20 : 12);
  const units = isLong ? Number(mvhd.getBigUint64(24)) : mvhd.getUint32(16);
  const ms = Math.round(units / timescale * 1000);
  // All ones mean unknown, and no clip lasts a day.
  return ms > 0 && ms < 86_400_000 ? ms : null;
}

function* boxesIn(bytes: Uint8Array): Generator<[type: string, content: Uint8Array], void> {
  const view = viewOf(bytes);
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = view.getUint32(at);
    if (length < 8) return;
    yield [text(bytes, at + 4), bytes.subarray(at + 8, at + length)];
    at += length;
  }
}

function text(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
