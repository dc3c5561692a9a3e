/** Lots without a database: which are spent first, and where returned credits go. Times are milliseconds since 1970. */

export interface Lot {
  number: number;
  /** The counter-account of the entry that brought it. */
  source: string;
  priority: number;
  amount: number;
  remaining: number;
  ref: string;
  /** Of the entry that brings it, while that is still to come. */
  kind: string;
  effectiveAt: number;
  expiresAt: number | null;
  /** Null while it is scheduled: not in the balance yet. */
  entrySeq: number | null;
}

/** Credits taken from a lot, or on their way back to it. */
export interface Draw {
  lot: Lot;
  amount: number;
}

export const hasExpired = (lot: Lot, now: number) => lot.expiresAt !== null && lot.expiresAt <= now;

/** Counted in the balance, with something left. */
export const isOpen = (lot: Lot) => lot.entrySeq !== null && lot.remaining > 0;

/** Scheduled, and its time has come. */
export const isDue = (lot: Lot, now: number) => lot.entrySeq === null && lot.effectiveAt <= now;

/** The highest priority, then the earliest expiry (never is the latest), then the oldest. */
export function inSpendingOrder(lots: readonly Lot[]): Lot[] {
  const end = (lot: Lot) => lot.expiresAt ?? Infinity;
  return [...lots].sort((a, b) =>
    b.priority - a.priority || (end(a) === end(b) ? 0 : end(a) - end(b)) || a.number - b.number
  );
}

/** Takes up to `amount` from the lots in the order given. */
export function drawFrom(lots: readonly Lot[], amount: number): Draw[] {
  const draws: Draw[] = [];
  for (const lot of lots) {
    const taken = Math.min(lot.remaining, amount);
    if (taken === 0) continue;
    lot.remaining -= taken;
    amount -= taken;
    draws.push({ lot, amount: taken });
  }
  return draws;
}

/** The part of what was drawn that comes back when `amount` is not needed: what was drawn last comes first. */
export function returning(draws: readonly Draw[], amount: number): Draw[] {
  const back: Draw[] = [];
  for (const { lot, amount: drawn } of [...draws].reverse()) {
    const part = Math.min(drawn, amount);
    if (part === 0) break;
    amount -= part;
    back.push({ lot, amount: part });
  }
  return back;
}

export const left = (lots: readonly Lot[]) => lots.reduce((total, { remaining }) => total + remaining, 0);

export const sum = (draws: readonly { amount: number }[]) => draws.reduce((total, { amount }) => total + amount, 0);
