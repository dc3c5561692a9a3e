import type { Live } from "../../platform/live.ts";
import { AppError } from "../errors.ts";

/** What a subject's notifications come to between two looks. */
export interface News {
  jobs: string[];
  /** Some may have been missed. */
  gap: boolean;
}

/** Ids that are kept for a stream whose reader is slow. Beyond it, it looks for itself. */
const MOST_JOBS = 100;

const PAUSE_MS = 2_000;

/**
 * News of a subject, gathered from now on.
 * @returns what waits for the next news, however many notifications that is; `null` once the signal has come
 */
export function gatherNews(live: Live, subject: string, signal: AbortSignal): () => Promise<News | null> {
  const jobs = new Set<string>();
  let gap = false;
  let wake = () => {};
  const unsubscribe = live.subscribe(subject, (changed) => {
    for (const job of changed ?? []) jobs.add(job);
    if (changed === null || jobs.size > MOST_JOBS) {
      jobs.clear();
      gap = true;
    }
    wake();
  });
  const leave = () => {
    unsubscribe();
    wake();
  };
  if (signal.aborted) leave();
  else signal.addEventListener("abort", leave, { once: true });

  return async function next() {
    if (jobs.size === 0 && !gap && !signal.aborted) await new Promise<void>((resolve) => wake = resolve);
    if (signal.aborted) return null;
    const news = { jobs: [...jobs], gap };
    jobs.clear();
    gap = false;
    return news;
  };
}

/** Looks until the database answers; `undefined` once the signal has come. Postgres restarts, and watches go on. */
export async function lookPatiently<T>(look: () => Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  while (!signal.aborted) {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof AppError && error.code === "unavailable")) throw error;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, PAUSE_MS);
        function done() {
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          resolve();
        }
        signal.addEventListener("abort", done);
      });
    }
  }
}
