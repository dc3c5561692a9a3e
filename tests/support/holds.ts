/** Something that is kept waiting at a point of its way until the test says how it goes on. */
export interface Hold {
  /** How many have come to this point. */
  reached(): number;
  /** Whoever comes from now on passes; those that wait go on waiting. */
  open(): void;
  /** Those that wait go on, and whoever comes passes. */
  release(): void;
  /** Those that wait never get there; whoever comes passes. */
  drop(): void;
}

/** Before it has its effect, or after that while whoever asked does not know. */
export type When = "before" | "after";

export interface HeldPoint extends Hold {
  /** False once it is open. */
  closed(): boolean;
  /** Resolves when it may go on, with false when it never gets there. */
  wait(): Promise<boolean>;
}

export function newHold(): HeldPoint {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let isClosed = true;
  let reached = 0;
  const end = (goesOn: boolean) => {
    isClosed = false;
    resolve(goesOn);
  };
  return {
    closed: () => isClosed,
    reached: () => reached,
    async wait() {
      reached++;
      return await promise;
    },
    open: () => void (isClosed = false),
    release: () => end(true),
    drop: () => end(false),
  };
}
