/**
 * The sandbox's randomness: a stream of numbers fixed by its seed (xorshift over a 32-bit FNV-1a hash of it),
 * so that a run which went wrong is run again by giving its seed again.
 */
export interface Random {
  /** The next number in [0, 1). */
  next(): number;
  /** The next whole number in [0, below). */
  below(below: number): number;
  /** A new array in a shuffled order; never the given order when there are two different places to swap. */
  shuffle<T>(items: readonly T[]): T[];
}

export function seededRandom(seed: string): Random {
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(seed)) {
    state = Math.imul(state ^ byte, 0x01000193);
  }
  state = (state >>> 0) || 1;

  function next(): number {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 0x1_0000_0000;
  }
  const below = (limit: number) => Math.floor(next() * limit);

  return {
    next,
    below,
    shuffle(items) {
      const shuffled = [...items];
      for (let at = shuffled.length - 1; at > 0; at--) {
        const other = below(at + 1);
        [shuffled[at], shuffled[other]] = [shuffled[other], shuffled[at]];
      }
      const moved = shuffled.some((item, at) => item !== items[at]);
      return moved ? shuffled : shuffled.reverse();
    },
  };
}
