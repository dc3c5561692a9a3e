/**
 * H.264 (ITU-T H.264, Baseline profile) for one kind of film: a camera that moves over a still picture, a whole number of
 * pixels a frame.
 *
 * The first frame is stored unpacked (I_PCM). Every later one says "what was there, moved" for each macroblock, a few
 * bits, and stores unpacked only the row or column that came into view. So nothing is transformed or rounded, every frame
 * is exact, and two seconds weigh about 400 KB. A real encoder from npm was turned down: megabytes of WebAssembly.
 */
import { type BitWriter, bitWriter } from "./bits.ts";

/** Planes of 4:2:0 video, limited range; chroma has half the width and height. */
export interface Planes {
  width: number;
  height: number;
  y: Uint8Array;
  u: Uint8Array;
  v: Uint8Array;
}

export interface Pan {
  /** The still; larger than the frame by the whole way. */
  still: Planes;
  /** Pixels of the visible frame, even. */
  width: number;
  height: number;
  frames: number;
  /** Pixels a frame, even and not negative; one of them is 0. */
  dx: number;
  dy: number;
}

export interface H264Film {
  sps: Uint8Array;
  pps: Uint8Array;
  /** One access unit a frame: a NAL unit, without its length. */
  units: Uint8Array[];
}

/** Macroblocks are 16 pixels square, so that frames are coded a little larger than they are shown. */
export const coded = (pixels: number) => Math.ceil(pixels / 16) * 16;

const IDR = 5;
const SLICE = 1;
const SPS = 7;
const PPS = 8;

export function encodePan(pan: Pan): H264Film {
  const units = Array.from(
    { length: pan.frames },
    (_, frame) => frame === 0 ? firstFrame(pan) : movedFrame(pan, frame),
  );
  return { sps: sequence(pan), pps: picture(), units };
}

/** Sequence parameters: what a decoder must know before the first frame. */
function sequence({ width, height }: Pan): Uint8Array {
  const w = bitWriter();
  w.bits(66, 8); // Baseline
  w.bits(0b11000000, 8); // and Constrained Baseline
  w.bits(30, 8); // level 3
  w.ue(0); // id
  w.ue(0); // frame_num has 4 bits
  w.ue(2); // shown in the order of decoding
  w.ue(1); // one reference frame
  w.bits(0, 1); // no gaps
  w.ue(coded(width) / 16 - 1);
  w.ue(coded(height) / 16 - 1);
  w.bits(1, 1); // frames, not fields
  w.bits(1, 1); // direct_8x8_inference
  const [right, bottom] = [(coded(width) - width) / 2, (coded(height) - height) / 2];
  const cropped = right > 0 || bottom > 0;
  w.bits(cropped ? 1 : 0, 1);
  if (cropped) { for (const side of [0, right, 0, bottom]) w.ue(side); }
  w.bits(0, 1); // no further description
  return nal(SPS, w.finish());
}

/** Picture parameters. The deblocking filter is named, so that slices can turn it off: it would blur exact pixels. */
function picture(): Uint8Array {
  const w = bitWriter();
  w.ue(0); // id
  w.ue(0); // of sequence 0
  w.bits(0, 2); // CAVLC; no bottom field order
  w.ue(0); // one slice group
  w.ue(0); // one reference in list 0 …
  w.ue(0); // … and list 1
  w.bits(0, 3); // no weighting
  for (let n = 0; n < 3; n++) w.se(0); // quantisers, which PCM does not use
  w.bits(0b100, 3); // deblocking control present
  return nal(PPS, w.finish());
}

function firstFrame(pan: Pan): Uint8Array {
  const w = bitWriter(pan.width * pan.height * 2);
  w.ue(0); // first macroblock
  w.ue(7); // I slice, as all of the picture
  w.ue(0); // picture parameters 0
  w.bits(0, 4); // frame_num
  w.ue(0); // idr_pic_id
  w.bits(0, 2); // kept short-term
  w.se(0); // quantiser
  w.ue(1); // deblocking off
  for (let row = 0; row < coded(pan.height) / 16; row++) {
    for (let column = 0; column < coded(pan.width) / 16; column++) {
      w.ue(25); // I_PCM
      unpacked(w, pan, 0, column, row);
    }
  }
  return nal(IDR, w.finish());
}

function movedFrame(pan: Pan, frame: number): Uint8Array {
  const { dx, dy } = pan;
  const [columns, rows] = [coded(pan.width) / 16, coded(pan.height) / 16];
  const w = bitWriter(32 * 1024);
  w.ue(0); // first macroblock
  w.ue(5); // P slice, as all of the picture
  w.ue(0); // picture parameters 0
  w.bits(frame % 16, 4); // frame_num
  w.bits(0, 3); // references as they are; no memory commands
  w.se(0); // quantiser
  w.ue(1); // deblocking off
  const isNew = (column: number, row: number) => (dx > 0 && column === columns - 1) || (dy > 0 && row === rows - 1);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      w.ue(0); // nothing skipped
      if (isNew(column, row)) {
        w.ue(30); // I_PCM among P
        unpacked(w, pan, frame, column, row);
        continue;
      }
      w.ue(0); // one vector for 16 × 16
      const predicted = prediction(columns, column, row, isNew);
      w.se(predicted ? 0 : dx * 4); // quarter pixels
      w.se(predicted ? 0 : dy * 4);
      w.ue(0); // no residual
    }
  }
  return nal(SLICE, w.finish());
}

/**
 * Whether the decoder foretells our vector (it is the same everywhere) or none: the median of the neighbours left, above and
 * above right (or above left where that is missing), by §8.4.1.3.
 */
function prediction(columns: number, column: number, row: number, isNew: (column: number, row: number) => boolean) {
  const exists = (c: number, r: number) => c >= 0 && c < columns && r >= 0;
  const moved = (c: number, r: number) => exists(c, r) && !isNew(c, r);
  const left = moved(column - 1, row);
  if (row === 0) return left;
  const corner = exists(column + 1, row - 1) ? column + 1 : column - 1;
  const vectors = [left, moved(column, row - 1), moved(corner, row - 1)].filter(Boolean).length;
  // A single neighbour with a vector is followed as it is; among three, two agree or none do.
  return vectors > 0;
}

/** One macroblock's 384 samples, as they lie under the camera. */
function unpacked(w: BitWriter, { still, dx, dy }: Pan, frame: number, column: number, row: number) {
  const [x, y] = [frame * dx + column * 16, frame * dy + row * 16];
  w.align();
  for (let line = 0; line < 16; line++) {
    const at = (y + line) * still.width + x;
    w.bytes(still.y.subarray(at, at + 16));
  }
  for (const plane of [still.u, still.v]) {
    for (let line = 0; line < 8; line++) {
      const at = (y / 2 + line) * (still.width / 2) + x / 2;
      w.bytes(plane.subarray(at, at + 8));
    }
  }
}

/** A NAL unit: header, and a 3 put between wherever two zeros precede a byte below 4. */
function nal(type: number, payload: Uint8Array): Uint8Array {
  const out = new Uint8Array(1 + payload.length + Math.ceil(payload.length / 2));
  out[0] = (type === SLICE ? 0x40 : 0x60) | type;
  let length = 1;
  let zeros = 0;
  for (const byte of payload) {
    if (zeros === 2 && byte < 4) {
      out[length++] = 3;
      zeros = 0;
    }
    out[length++] = byte;
    zeros = byte === 0 ? zeros + 1 : 0;
  }
  return out.slice(0, length);
}
