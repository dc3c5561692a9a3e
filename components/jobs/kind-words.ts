import type { Job } from "../../domain/jobs/types.ts";
import { type Locale, messages, plural } from "../../locales/mod.ts";

/** What a job's page says in the words of what the job makes. */
export interface KindWords {
  runningText: string;
  noScript: string;
  /** The way to the next one. */
  another: string;
  /** For whoever listens rather than looks. */
  announcement: string;
}

export function kindWords(job: Job, locale: Locale): KindWords {
  const { job: t, kinds } = messages(locale).app;
  if (job.kind === "video" || job.kind === "text") {
    const { runningText, noScript, another, ...announce } = kinds[job.kind];
    return {
      runningText,
      noScript,
      another,
      announcement: job.status === "canceled" ? t.announce.canceled : announce[job.status],
    };
  }
  return {
    runningText: t.live.runningText,
    noScript: t.live.noScript,
    another: t.another,
    announcement: job.status === "succeeded"
      ? plural(t.announce.succeeded, job.outputs.length, locale)
      : t.announce[job.status],
  };
}
