/** The time by which long-lived processes decide. Handed in, so that a simulation can let it pass. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds since some moment; goes on evenly whatever is done to the machine's time. */
  elapsed(): number;
  /** Once, after so many milliseconds. @returns what calls it off */
  timer(act: () => void, ms: number): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  elapsed: () => performance.now(),
  timer(act, ms) {
    const timer = setTimeout(act, ms);
    return () => clearTimeout(timer);
  },
};
