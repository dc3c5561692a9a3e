/** Both ends belong to it, counted from 0. */
export interface ByteRange {
  first: number;
  last: number;
}

/**
 * What a `Range` header asks for of `size` bytes (RFC 9110, 14.2): a part, or null for all of it. A header that makes no
 * sense, and one that asks for several parts, is as good as none; a part that begins beyond the end is "unsatisfiable".
 */
export function readRange(header: string | null, size: number): ByteRange | null | "unsatisfiable" {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/i.exec(header?.trim() ?? "") ?? [];
  if (from === undefined || (from === "" && to === "")) return null;
  // Without a beginning, it is the last so many bytes.
  if (from === "") {
    const first = Math.max(0, size - Number(to));
    return first < size ? { first, last: size - 1 } : "unsatisfiable";
  }
  const first = Number(from);
  const last = to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (to !== "" && Number(to) < first) return null;
  return first < size ? { first, last } : "unsatisfiable";
}
