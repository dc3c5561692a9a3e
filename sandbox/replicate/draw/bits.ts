/** Writes numbers bit by bit, most significant first, as H.264 lays them out. */
export interface BitWriter {
  bits(value: number, count: number): void;
  /** Exp-Golomb, unsigned. */
  ue(value: number): void;
  /** Exp-Golomb, signed: 0, 1, -1, 2, -2 … */
  se(value: number): void;
  /** Fills the byte under way with zeros. */
  align(): void;
  /** Whole bytes; only when aligned. */
  bytes(data: Uint8Array): void;
  /** Ends a payload: a one, then zeros up to the byte. */
  finish(): Uint8Array;
}

export function bitWriter(capacity = 1024): BitWriter {
  let out = new Uint8Array(capacity);
  let length = 0;
  let byte = 0;
  let filled = 0;

  function push(value: number) {
    reserve(1);
    out[length++] = value;
  }

  function reserve(more: number) {
    if (length + more <= out.length) return;
    const larger = new Uint8Array(Math.max(out.length * 2, length + more));
    larger.set(out);
    out = larger;
  }

  const writer: BitWriter = {
    bits(value, count) {
      for (let bit = count - 1; bit >= 0; bit--) {
        byte = (byte << 1) | ((value >>> bit) & 1);
        if (++filled === 8) {
          push(byte);
          byte = 0;
          filled = 0;
        }
      }
    },
    ue(value) {
      const width = 32 - Math.clz32(value + 1);
      writer.bits(0, width - 1);
      writer.bits(value + 1, width);
    },
    se: (value) => writer.ue(value > 0 ? 2 * value - 1 : -2 * value),
    align() {
      if (filled > 0) writer.bits(0, 8 - filled);
    },
    bytes(data) {
      reserve(data.length);
      out.set(data, length);
      length += data.length;
    },
    finish() {
      writer.bits(1, 1);
      writer.align();
      return out.slice(0, length);
    },
  };
  return writer;
}
