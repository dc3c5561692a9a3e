import type { Sql } from "../../platform/database.ts";

/** Something that must be true of the books, and how the checking of it stands. */
export interface Invariant {
  name: string;
  /** In English, from the database. */
  description: string;
  last_run_at: Date | null;
  /** Rows that the last slice looked at, and milliseconds it took. */
  last_checked: number;
  last_ms: number;
  /** Whole passes so far. */
  passes: number;
  pass_started_at: Date | null;
  pass_finished_at: Date | null;
  /** From 0 to 1, how far the present pass has come; null between passes. */
  progress: number | null;
  /** Rows that the present pass, or the last whole one, looked at. */
  pass_checked: number;
  /** When the next slice is due; long past: nobody runs them. */
  next_run_at: Date | null;
  open_breaches: number;
  /** The check itself could not be made. */
  check_failed: boolean;
}

export interface Breach {
  id: number;
  invariant: string;
  /** Where the walker stood: an account, an entry, a reservation, a day. */
  place: string;
  user_id: string | null;
  email: string | null;
  seq: number | null;
  detail: BreachDetail;
  first_seen_at: Date;
  last_seen_at: Date;
  resolved_at: Date | null;
  /** The reason why it was ended although it stays: entries are never rewritten. */
  accepted: string | null;
}

export interface BreachDetail extends Record<string, unknown> {
  /** Which rules are broken. */
  wrong?: string[];
}

/** One account of the books and its sum in credits, as double entry has it: all of them add up to zero. */
export interface Side {
  account: string;
  amount: number;
}

/** What customers gained (or lost) on one day from one counter-account. */
export interface DayTotal {
  /** UTC, `2026-11-21`. */
  day: string;
  counter_account: string;
  kind: string;
  entries: number;
  amount: number;
}

export interface Books {
  invariants: Invariant[];
  /** At most a hundred. */
  open: Breach[];
  /** The ten resolved last. */
  resolved: Breach[];
  sides: Side[];
  days: DayTotal[];
}

/**
 * What the overview of the ledger shows.
 * @param days how many of the last, today included
 * @throws {AppError} not_found for whoever is no operator
 */
export async function readBooks(sql: Sql, days: number): Promise<Books> {
  const [invariants, open, resolved, sides, totals] = await Promise.all([
    sql<(Omit<Invariant, "progress"> & { progress: string | null })[]>`select * from public.operator_invariants()`,
    sql<Breach[]>`select * from public.operator_breaches(false, 100)`,
    sql<Breach[]>`select * from public.operator_breaches(true, 10)`,
    sql<Side[]>`select * from public.operator_trial_balance()`,
    sql<DayTotal[]>`
      select to_char(day, 'YYYY-MM-DD') as day, counter_account, kind, entries, amount
      from public.operator_totals_by_day(${days})`,
  ]);
  return {
    // numeric arrives as text.
    invariants: invariants.map((each) => ({
      ...each,
      progress: each.progress === null ? null : Number(each.progress),
    })),
    open,
    resolved,
    sides,
    days: totals,
  };
}
