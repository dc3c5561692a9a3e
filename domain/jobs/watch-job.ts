import type { Database } from "../../platform/database.ts";
import type { Live } from "../../platform/live.ts";
import type { Session } from "../../platform/request.ts";
import { AppError } from "../errors.ts";
import { hasEnded, type JobWithStory } from "./types.ts";
import { gatherNews, lookPatiently } from "./watch-news.ts";
import { jobReads } from "./watch-reads.ts";

export interface WatchedJob {
  /** As it is now. */
  job: JobWithStory;
  /** The job after every change, up to and including its end. */
  changes: AsyncGenerator<JobWithStory, void>;
}

/** Follows a job until it has ended or the signal comes. @throws {AppError} not_found, for jobs of others too */
export async function watchJob(
  { db, live }: { db: Database; live: Live },
  session: Session,
  { id, signal }: { id: string; signal: AbortSignal },
): Promise<WatchedJob> {
  const look = () => jobReads(db).job(session, id);
  // Before the first look, so that no change falls between look and subscription.
  const nextNews = gatherNews(live, id, signal);
  const job = await look();
  if (!job) throw new AppError("not_found");

  async function* changes(): AsyncGenerator<JobWithStory, void> {
    let seen = job!;
    while (!hasEnded(seen.status) && await nextNews()) {
      const now = await lookPatiently(look, signal);
      if (!now) return;
      if (isNews(now, seen)) yield now;
      seen = now;
    }
  }
  return { job, changes: changes() };
}

function isNews(now: JobWithStory, seen: JobWithStory): boolean {
  return now.updated_at !== seen.updated_at || now.status !== seen.status ||
    now.timeline.length !== seen.timeline.length;
}
