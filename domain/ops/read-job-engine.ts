import type { Sql } from "../../platform/database.ts";

/** How the engine stands. Times are ISO 8601. */
export interface JobEngine {
  line: { in_line: number; waits_for_time: number; waits_for_turn: number; oldest_at: string | null };
  running: number;
  /** Of those that run: nobody has looked after them for half a minute past their time. */
  overdue: number;
  workers: { name: string; seen_at: string; started_at: string; concurrency: number; running: number }[];
  /** Models of which the provider lets us begin only so many, or nothing for a while. */
  limits: { model: string; creates_per_minute: number | null; paused_until: string | null }[];
  /** Of all models together; 0: without a limit. */
  creates_per_minute: number;
  /** Attempts begun in the last hour, and what has come of them so far. */
  last_hour: { started: number; succeeded: number; failed: number; canceled: number; last_minute: number };
}

/** A model's last days. Money in µUSD. */
export interface ModelMargin {
  model: string;
  name: string;
  attempts: number;
  succeeded: number;
  failed: number;
  canceled: number;
  /** Charged. */
  credits: number;
  /** Of those, what we paid ourselves. */
  house_credits: number;
  cost_micros: number;
  /** What the other credits cost who buys the dearest pack. */
  revenue_micros: number;
}

export const MARGIN_DAYS = 30;

/** @throws {AppError} not_found for whoever is no operator */
export async function readJobEngine(sql: Sql): Promise<{ engine: JobEngine; margins: ModelMargin[] }> {
  const [{ engine }] = await sql<{ engine: JobEngine }[]>`select public.operator_engine() as engine`;
  const margins = await sql<ModelMargin[]>`select * from public.operator_model_margins(${MARGIN_DAYS})`;
  return { engine, margins: [...margins] };
}
