import { UNKNOWN_SIZE, type VideoProbe, type VideoSize } from "./video-size.ts";

/** Duration and tracks stand before the pictures, in the first kilobytes. */
const KEPT_BYTES = 64 * 1024;

const SEGMENT = 0x18538067;
const INFO = 0x1549a966;
const TIMESTAMP_SCALE = 0x2ad7b1;
const DURATION = 0x4489;
const TRACKS = 0x1654ae6b;
const TRACK = 0xae;
const VIDEO = 0xe0;
const PIXEL_WIDTH = 0xb0;
const PIXEL_HEIGHT = 0xba;

/** Reads the head of a WebM file, which is EBML: elements of an id, a length and a content, one within the other. */
export function createWebmProbe(): VideoProbe {
  const kept = new Uint8Array(KEPT_BYTES);
  let filled = 0;
  return {
    take(chunk) {
      const taken = chunk.subarray(0, KEPT_BYTES - filled);
      kept.set(taken, filled);
      filled += taken.length;
    },
    size: () => readHead(kept.subarray(0, filled)),
  };
}

function readHead(bytes: Uint8Array): VideoSize {
  try {
    let size = UNKNOWN_SIZE;
    const segment = [...elementsIn(bytes)].find(({ id }) => id === SEGMENT);
    for (const { id, content } of segment ? elementsIn(segment.content) : []) {
      if (id === INFO) size = { ...size, durationMs: readDuration(content) };
      if (id === TRACKS && size.width === null) size = { ...size, ...readPixels(content) };
    }
    return size;
  } catch (error) {
    // Cut short in the middle of an element.
    if (error instanceof RangeError) return UNKNOWN_SIZE;
    throw error;
  }
}

function readDuration(info: Uint8Array): number | null {
  let scale = 1_000_000; // nanoseconds
  let duration = 0;
  for (const { id, content } of elementsIn(info)) {
    if (id === TIMESTAMP_SCALE) scale = unsigned(content);
    if (id === DURATION) {
      duration = content.length === 4 ? viewOf(content).getFloat32(0) : viewOf(content).getFloat64(0);
    }
  }
  const ms = Math.round(duration * scale / 1_000_000);
  return ms > 0 && ms < 86_400_000 ? ms : null;
}

function readPixels(tracks: Uint8Array): Pick<VideoSize, "width" | "height"> {
  for (const track of elementsIn(tracks)) {
    if (track.id !== TRACK) continue;
    const video = [...elementsIn(track.content)].find(({ id }) => id === VIDEO);
    if (!video) continue;
    const pixels = new Map([...elementsIn(video.content)].map(({ id, content }) => [id, unsigned(content)]));
    const [width, height] = [pixels.get(PIXEL_WIDTH), pixels.get(PIXEL_HEIGHT)];
    if (width && height) return { width, height };
  }
  return { width: null, height: null };
}

interface Element {
  id: number;
  content: Uint8Array;
}

function* elementsIn(bytes: Uint8Array): Generator<Element, void> {
  for (let at = 0; at < bytes.length;) {
    const sizeAt = at + lengthOfNumber(bytes[at]);
    // A number without its mark is none: from here on nothing can be told.
    if (bytes[at] === 0 || !bytes[sizeAt]) return;
    const sizeLength = lengthOfNumber(bytes[sizeAt]);
    const contentAt = sizeAt + sizeLength;
    const id = unsigned(bytes.subarray(at, sizeAt));
    const marked = unsigned(bytes.subarray(sizeAt, contentAt));
    const size = marked - 2 ** (7 * sizeLength);
    // All ones: the length was not known when the file was begun, and the element goes on to the end.
    const end = size === 2 ** (7 * sizeLength) - 1 ? bytes.length : contentAt + size;
    yield { id, content: bytes.subarray(contentAt, end) };
    at = end;
  }
}

/** The position of the first one bit in its first byte says how many bytes a number has. */
function lengthOfNumber(first: number): number {
  return Math.clz32(first) - 23;
}

function unsigned(bytes: Uint8Array): number {
  return bytes.reduce((number, byte) => number * 256 + byte, 0);
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
