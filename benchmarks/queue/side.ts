import type postgres from "postgres";
import type { TestDatabase } from "../../tests/support/database.ts";

/**
 * How a side works. `one`: one job after another. `eight`: eight at once. `default`: as many at once as when nothing is set (pg-boss: one).
 * `batched`: as many as it can. `listening`: as when nothing is set, and woken by each job that is queued.
 */
export type Mode = "one" | "eight" | "default" | "batched" | "listening";

/** A queue over Postgres that is measured. */
export interface Side {
  name: string;
  /** Its tables and settings, once, before anything else. */
  prepare(db: TestDatabase): Promise<void>;
  /** Queues many jobs in one transaction or a few, on nobody's clock. */
  queue(db: TestDatabase, count: number): Promise<void>;
  /** To queue that many, one by one. */
  openQueue(db: TestDatabase, count: number): Promise<Queue>;
  /** Whether a job is queued or being worked on. */
  isBusy(sql: postgres.Sql): Promise<boolean>;
  /** Works in this process until it is stopped, and says when the job with a prompt begins. */
  work(url: string, mode: Mode, started: (prompt: string) => void): Promise<{ stop(): Promise<void> }>;
}

export interface Queue {
  /** Queues one job with this prompt in the transaction that is open on the connection. */
  enqueue(sql: postgres.ReservedSql, prompt: string): Promise<void>;
  close(): Promise<void>;
}
