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

/** KREDO_BENCH_SHORT=1: small and quick, to try a bench while it is written. Such figures are shown and never kept. */
export const SHORT = Deno.env.get("KREDO_BENCH_SHORT") === "1";

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
  const range = Math.max(...values) - Math.min(...values);
  return range === 0 ? 0 : range / Math.abs(median(values));
}

/** The acts round by round in turns, so that a busy moment of the machine meets all. Figures by act, then by round. */
export async function inTurns(rounds: number, acts: readonly (() => Promise<number>)[]): Promise<number[][]> {
  const figures = acts.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < acts.length; turn++) {
      // Whoever goes first finds the machine cooler: take turns at that too.
      const act = (round + turn) % acts.length;
      figures[act].push(await acts[act]());
    }
  }
  return figures;
}

type Figures = Pick<Measurement, "value" | "peer" | "ratio" | "spread">;

export function compared(ours: readonly number[], peers: readonly number[]): Figures {
  const ratios = ours.map((mine, round) => mine / peers[round]);
  return { value: median(ours), peer: median(peers), ratio: median(ratios), spread: spread(ratios) };
}

export function alone(values: readonly number[]): Figures {
  return { value: median(values), peer: null, ratio: null, spread: spread(values) };
}

export async function interleaved(
  rounds: number,
  ours: () => Promise<number>,
  peers: () => Promise<number>,
): Promise<Figures> {
  const [mine, theirs] = await inTurns(rounds, [ours, peers]);
  return compared(mine, theirs);
}
