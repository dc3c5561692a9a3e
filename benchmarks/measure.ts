/** What a benchmark is, and the little statistics it needs. */

export interface Measurement {
  metric: string;
  value: number;
  unit: string;
  /** What it is compared with, in the same unit; null when it stands alone. */
  peer: number | null;
  /** value ÷ peer, the median over the rounds. */
  ratio: number | null;
  /** (largest − smallest) ÷ median over the rounds, of the ratio where there is one, else of the value. */
  spread: number;
  target: Target | null;
}

export interface Target {
  of: "value" | "ratio";
  is: "at most" | "at least";
  limit: number;
}

export interface Bench {
  name: string;
  title: string;
  /** How it is measured, in sentences for the report. */
  method: string;
  run(log: (line: string) => void): Promise<Measurement[]>;
}

export const ROUNDS = 5;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The smallest value that at least `share` of all do not exceed. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
}

export function spread(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / median(values);
}

/** Ours and the peer's, round by round in turns, so that a busy moment of the machine meets both. */
export async function interleaved(
  rounds: number,
  ours: () => Promise<number>,
  peers: () => Promise<number>,
): Promise<Pick<Measurement, "value" | "peer" | "ratio" | "spread">> {
  const pairs: [number, number][] = [];
  for (let round = 0; round < rounds; round++) {
    // Whoever goes first finds the machine cooler: take turns at that too.
    const mine = round % 2 ? null : await ours();
    const theirs = await peers();
    pairs.push([mine ?? await ours(), theirs]);
  }
  const ratios = pairs.map(([mine, theirs]) => mine / theirs);
  return {
    value: median(pairs.map(([mine]) => mine)),
    peer: median(pairs.map(([, theirs]) => theirs)),
    ratio: median(ratios),
    spread: spread(ratios),
  };
}
