/**
 * Fault switches: what should go wrong with the webhooks of a source and with the calls of its API. They live in
 * memory only, so a restart always begins with everything in order.
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
  /** The next n calls of its API are answered with 500, and nothing is done. Counts down. */
  api_errors: number;
  /** The next n calls of its API are done, but the answer is a 500: its sender cannot know. Counts down. */
  api_lost: number;
  /** Every call of its API waits this long first, in milliseconds. */
  api_delay_ms: number;
}

/** What is to happen to one call of the API. */
export interface CallPlan {
  delayMs: number;
  error: boolean;
  lost: boolean;
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
  /** The fate of the source's next API call; also to be asked once. */
  planCall(source: Source): CallPlan;
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
  api_errors: 0,
  api_lost: 0,
  api_delay_ms: 0,
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
    planCall(source) {
      const on = switches[source];
      const error = on.api_errors > 0;
      if (error) on.api_errors--;
      const lost = !error && on.api_lost > 0;
      if (lost) on.api_lost--;
      return { delayMs: on.api_delay_ms, error, lost };
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
