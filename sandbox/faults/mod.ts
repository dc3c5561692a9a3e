/**
 * Fault switches: what should go wrong with the webhooks of a source. They live in memory only, so a restart
 * always begins with everything in order.
 */
import { type Random, seededRandom } from "./random.ts";

export type Source = "stripe" | "replicate";
export const sources: readonly Source[] = ["stripe", "replicate"];

export interface Switches {
  /** Every delivery is made this many extra times. */
  duplicate: number;
  /** Every delivery waits this long first, in milliseconds. */
  delay_ms: number;
  /** The next n deliveries never arrive; they are retried like any that failed. Counts down. */
  drop: number;
  /** Deliveries are gathered for a moment and let go in another order. */
  reorder: boolean;
  /** The next n deliveries carry a signature that does not verify. Counts down. */
  wrong_signature: number;
}

/** What is to happen to one delivery. */
export interface Plan {
  /** How many times it is posted, 1 or more. */
  copies: number;
  delayMs: number;
  drop: boolean;
  badSignature: boolean;
  reorder: boolean;
}

export interface Faults {
  readonly seed: string;
  readonly random: Random;
  /** The fate of the source's next delivery. Uses up what counts down, so ask once per delivery. */
  plan(source: Source): Plan;
  get(): Record<Source, Switches>;
  /** Changes the given switches of one source, leaves its others. */
  set(source: Source, change: Partial<Switches>): Switches;
  reset(): void;
}

const allOff: Switches = {
  duplicate: 0,
  delay_ms: 0,
  drop: 0,
  reorder: false,
  wrong_signature: 0,
};

export function createFaults(seed: string): Faults {
  const random = seededRandom(seed);
  const switches: Record<Source, Switches> = {
    stripe: { ...allOff },
    replicate: { ...allOff },
  };

  return {
    seed,
    random,
    plan(source) {
      const on = switches[source];
      const drop = on.drop > 0;
      if (drop) on.drop--;
      // A delivery nobody receives cannot show its signature: keep that fault for one that arrives.
      const badSignature = !drop && on.wrong_signature > 0;
      if (badSignature) on.wrong_signature--;
      return {
        copies: 1 + on.duplicate,
        delayMs: on.delay_ms,
        drop,
        badSignature,
        reorder: on.reorder,
      };
    },
    get: () => structuredClone(switches),
    set(source, change) {
      Object.assign(switches[source], change);
      return { ...switches[source] };
    },
    reset() {
      for (const source of sources) Object.assign(switches[source], allOff);
    },
  };
}
