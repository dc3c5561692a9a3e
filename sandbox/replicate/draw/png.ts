import { crc32, deflateSync } from "node:zlib";

/** An 8-bit RGB PNG. Row filters are chosen per row by the smallest sum of differences, as the PNG specification advises. */
export function encodePng(rgb: Uint8Array, width: number, height: number): Uint8Array<ArrayBuffer> {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, 2, 0, 0, 0], 8);
  const data = deflateSync(filterRows(rgb, width * 3, height), { level: 3 });
  return concat([
    Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a),
    chunk("IHDR", header),
    chunk("IDAT", data),
    chunk("IEND", new Uint8Array()),
  ]);
}

const SUB = 1;
const UP = 2;

/** Sub or Up, whichever leaves less: Paeth gains little on drawings and costs the most time. */
function filterRows(rgb: Uint8Array, stride: number, height: number): Uint8Array {
  const out = new Uint8Array((stride + 1) * height);
  for (let y = 0; y < height; y++) {
    const row = y * stride;
    const target = y * (stride + 1);
    let left = 0;
    let above = 0;
    for (let i = 3; i < stride; i += 4) {
      left += Math.abs(((rgb[row + i] - rgb[row + i - 3]) << 24) >> 24);
      if (y > 0) above += Math.abs(((rgb[row + i] - rgb[row + i - stride]) << 24) >> 24);
    }
    const filter = y > 0 && above < left ? UP : SUB;
    out[target] = filter;
    for (let i = 0; i < stride; i++) {
      const predicted = filter === UP ? rgb[row + i - stride] : i < 3 ? 0 : rgb[row + i - 3];
      out[target + 1 + i] = rgb[row + i] - predicted;
    }
  }
  return out;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.length + 12);
  const view = new DataView(out.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) out[4 + i] = type.charCodeAt(i);
  out.set(data, 8);
  view.setUint32(data.length + 8, crc32(out.subarray(4, data.length + 8)));
  return out;
}

function concat(parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
