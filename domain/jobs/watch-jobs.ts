import type { Database } from "../../platform/database.ts";
import type { Live } from "../../platform/live.ts";
import type { Session } from "../../platform/request.ts";
import type { Job } from "./types.ts";
import { gatherNews, lookPatiently } from "./watch-news.ts";
import { jobReads } from "./watch-reads.ts";

export interface WatchJobs {
  /** From when on changes are told; those that came before the watch too. */
  since: Date;
  /** Ends the watch. */
  signal: AbortSignal;
}

/**
 * A job's `updated_at` is set before its transaction commits, so one that was seen later may be the older one. Telling a
 * job again is harmless and missing one is not: who asks what changed since a time is told from this much earlier on.
 * Far longer than a transaction may take. Milliseconds.
 */
const OVERLAP_MS = 30_000;

/**
 * Follows all jobs of a person: each one after its change, whole. `resync` stands for more changes than can be told one by
 * one; whoever gets it reads the list.
 */
export async function* watchJobs(
  { db, live }: { db: Database; live: Live },
  session: Session,
  { since, signal }: WatchJobs,
): AsyncGenerator<Job | "resync", void> {
  const reads = jobReads(db);
  const nextNews = gatherNews(live, session.userId, signal);
  // Whoever asks for more than there is gets all of it: times before 1970, which Postgres and JavaScript write differently, too.
  let upTo = Math.max(OVERLAP_MS, since.getTime());
  // What was told within the overlap, by id: when it changed.
  const told = new Map<string, string>();

  for (let news: Awaited<ReturnType<typeof nextNews>> = { jobs: [], gap: true }; news; news = await nextNews()) {
    const { gap, jobs } = news;
    const begun = Date.now();
    const look = () => gap ? reads.since(session, new Date(upTo - OVERLAP_MS)) : reads.jobs(session, jobs);
    const changed = await lookPatiently(look, signal);
    if (changed === undefined) return;
    if (changed === null) {
      upTo = begun;
      yield "resync";
      continue;
    }
    for (const job of changed) {
      if (told.get(job.id) === job.updated_at) continue;
      told.set(job.id, job.updated_at);
      upTo = Math.max(upTo, Date.parse(job.updated_at));
      yield job;
    }
    for (const [id, at] of told) if (Date.parse(at) < upTo - OVERLAP_MS) told.delete(id);
  }
}
