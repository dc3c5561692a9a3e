export interface ImageHeader {
  contentType: "image/png" | "image/jpeg" | "image/webp";
  extension: "png" | "jpg" | "webp";
  /** Pixels. */
  width: number;
  height: number;
}

/**
 * Type and size of an image, read from its first bytes, or null when it is none of ours. The provider's
 * Content-Type is not asked: what we serve to a browser under our name is what the bytes say.
 */
export function readImageHeader(bytes: Uint8Array): ImageHeader | null {
  const header = readPng(bytes) ?? readJpeg(bytes) ?? readWebp(bytes);
  return header && header.width > 0 && header.height > 0 ? header : null;
}

const PNG = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

// Signature (8), length of the first chunk (4), "IHDR" (4), width (4), height (4).
function readPng(bytes: Uint8Array): ImageHeader | null {
  if (bytes.length < 24 || !PNG.every((byte, i) => bytes[i] === byte) || ascii(bytes, 12, 4) !== "IHDR") return null;
  const view = viewOf(bytes);
  return { contentType: "image/png", extension: "png", width: view.getUint32(16), height: view.getUint32(20) };
}

// Segments of a marker and a length each, up to the first start-of-frame, which holds the size.
function readJpeg(bytes: Uint8Array): ImageHeader | null {
  if (bytes.length < 4 || bytes[0] !== 0xff || bytes[1] !== 0xd8 || bytes[2] !== 0xff) return null;
  const view = viewOf(bytes);
  let at = 2;
  while (at + 9 < bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1];
    if (marker === 0xff) {
      at += 1; // fill byte
    } else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd9)) {
      // These have no length, and none of them belongs here: a decoder steps over them otherwise than we would, to another size.
      return null;
    } else if (isStartOfFrame(marker)) {
      return {
        contentType: "image/jpeg",
        extension: "jpg",
        width: view.getUint16(at + 7),
        height: view.getUint16(at + 5),
      };
    } else {
      at += 2 + view.getUint16(at + 2);
    }
  }
  return null;
}

// C0–CF, except the three that are tables: C4 (Huffman), C8 (reserved), CC (arithmetic coding).
function isStartOfFrame(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

// RIFF container; the first chunk says which of the three bit streams follows.
function readWebp(bytes: Uint8Array): ImageHeader | null {
  if (bytes.length < 30 || ascii(bytes, 0, 4) !== "RIFF" || ascii(bytes, 8, 4) !== "WEBP") return null;
  const view = viewOf(bytes);
  const found = (width: number, height: number): ImageHeader => ({
    contentType: "image/webp",
    extension: "webp",
    width,
    height,
  });
  switch (ascii(bytes, 12, 4)) {
    case "VP8 ":
      return found(view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff);
    case "VP8L": {
      const bits = view.getUint32(21, true);
      return found((bits & 0x3fff) + 1, ((bits >>> 14) & 0x3fff) + 1);
    }
    case "VP8X":
      return found(uint24(view, 24) + 1, uint24(view, 27) + 1);
    default:
      return null;
  }
}

function ascii(bytes: Uint8Array, at: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + length));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | (view.getUint8(at + 2) << 16);
}
