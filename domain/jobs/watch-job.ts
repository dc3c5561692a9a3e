import type { Database } from "../../platform/database.ts";
import type { Live } from "../../platform/live.ts";
import type { Session } from "../../platform/request.ts";
import { AppError } from "../errors.ts";
import { readJob } from "./read-job.ts";
import { hasEnded, type Job } from "./types.ts";

export interface WatchJob {
  id: string;
  /** Ends the watch. */
  signal: AbortSignal;
  /** Between looks while notifications are down. Milliseconds. */
  pollMs?: number;
  /** Between signs of life, and between looks in case a notification was missed. Milliseconds. */
  beatMs?: number;
}

export interface WatchedJob {
  /** As it is now. */
  job: Job;
  /** The job after every change, up to and including its end. `null` is a sign of life: nothing changed. */
  changes: AsyncGenerator<Job | null, void>;
}

/** Follows a job. @throws {AppError} not_found, for jobs of others too */
export async function watchJob(
  { db, live }: { db: Database; live: Live },
  session: Session,
  { id, signal, pollMs = 2_000, beatMs = 15_000 }: WatchJob,
): Promise<WatchedJob> {
  let changed = false;
  let wake = () => {};
  // Before the first look, so that no change falls between look and subscription.
  const unsubscribe = live.subscribe(id, () => {
    changed = true;
    wake();
  });
  signal.addEventListener("abort", unsubscribe);
  const look = () => db.asUser(session.claims, (sql) => readJob(sql, id));

  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      if (changed || signal.aborted) return resolve();
      const timer = setTimeout(done, ms);
      function done() {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      }
      wake = done;
      signal.addEventListener("abort", done);
    });

  async function* changes(first: Job): AsyncGenerator<Job | null, void> {
    try {
      let seen = first;
      let lastSign = Date.now();
      while (!hasEnded(seen.status) && !signal.aborted) {
        await sleep(live.connected ? beatMs : pollMs);
        if (signal.aborted) return;
        changed = false;
        const job = await look().catch((error) => {
          // Postgres restarts: the watch goes on, and polls until notifications are back.
          if (error instanceof AppError && error.code === "unavailable") return seen;
          throw error;
        });
        if (!job) return;
        const isNews = job.updated_at !== seen.updated_at || job.status !== seen.status;
        if (isNews || Date.now() - lastSign >= beatMs) {
          yield isNews ? job : null;
          lastSign = Date.now();
        }
        seen = job;
      }
    } finally {
      unsubscribe();
    }
  }

  const job = await look().catch((error) => {
    unsubscribe();
    throw error;
  });
  if (job) return { job, changes: changes(job) };
  unsubscribe();
  throw new AppError("not_found");
}
