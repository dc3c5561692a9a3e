import type { JobEvent, JobWithStory } from "../../domain/jobs/types.ts";
import { fill, formatCredits, formatTime, type Locale, messages, plural } from "../../locales/mod.ts";
import { payerOf, picturesAsked } from "./view.ts";

/** One line of a job's story, in words. */
export interface StoryLine {
  /** Null: what it waits for now. */
  at: string | null;
  who: string;
  text: string;
  tone: "plain" | "good" | "bad" | "stopped" | "waiting";
}

/** What happened to a job, oldest first, and what it waits for. */
export function storyLines(job: JobWithStory, locale: Locale): StoryLine[] {
  const { who } = messages(locale).app.job.story;
  const lines: StoryLine[] = job.timeline.map((event) => ({
    at: event.at,
    who: who[event.actor],
    text: wordsOf(event, job, locale),
    tone: toneOf(event),
  }));
  const waiting = waitingWords(job, locale);
  return waiting === null ? lines : [...lines, { at: null, who: who.system, text: waiting, tone: "waiting" }];
}

function toneOf({ event }: JobEvent): StoryLine["tone"] {
  if (event === "succeeded") return "good";
  if (event === "canceled") return "stopped";
  return event === "failed" || event === "retrying" ? "bad" : "plain";
}

/** Null where the last line has said it already: a job that is tried again says when. */
function waitingWords({ waits, timeline }: JobWithStory, locale: Locale): string | null {
  const t = messages(locale).app.job.story;
  if (!waits) return null;
  if (waits.for !== "time") return t[waits.for];
  if (timeline.at(-1)?.event === "retrying" || waits.until === null) return null;
  return fill(t.time, { time: formatTime(waits.until, locale) });
}

function wordsOf(line: JobEvent, job: JobWithStory, locale: Locale): string {
  const t = messages(locale).app.job.story;
  const max = job.max_attempts;
  switch (line.event) {
    case "queued":
      if (payerOf(job) === "house") return t.queuedHouse;
      return job.covered_by_plan ? t.queuedCovered : fill(t.queued, { credits: held(job, locale) });
    case "started":
      return (line.attempt ?? 1) > 1 ? fill(t.startedAgain, { attempt: line.attempt!, max }) : t.started;
    case "retrying":
      return retryingWords(line, max, locale);
    case "succeeded":
      return succeededWords(job, locale);
    case "failed":
      return failedWords(line, job, locale);
    case "canceled":
      return payerOf(job) !== "balance" ? t.canceledCovered : fill(t.canceled, { credits: held(job, locale) });
    case "late":
      if (line.result !== "succeeded") return t.lateStopped;
      return job.status === "canceled" && line.attempt === job.attempts ? t.lateCanceled : t.lateGivenUp;
    case "accepted":
    case "requeued":
    case "discarded":
      return t[line.event];
  }
}

function retryingWords({ at, reason, retry_at, attempt }: JobEvent, max: number, locale: Locale): string {
  const t = messages(locale).app.job.story;
  const wait = retry_at === null ? 0 : (Date.parse(retry_at) - Date.parse(at)) / 1000;
  const seconds = plural(t.seconds, Math.max(1, Math.round(wait)), locale);
  if (reason === "provider_limited") return fill(t.limited, { seconds });
  return fill(t.retrying, { reason: clause(reason, locale), seconds, attempt: (attempt ?? 0) + 1, max });
}

function succeededWords(job: JobWithStory, locale: Locale): string {
  const t = messages(locale).app.job.story;
  if (payerOf(job) !== "balance") return payerOf(job) === "plan" ? t.succeededCovered : t.succeededHouse;
  const credits = formatCredits(job.credits, locale);
  const back = job.credits_reserved - job.credits;
  if (back === 0) return fill(t.succeeded, { credits });
  const [made, asked] = [job.outputs.length, picturesAsked(job)];
  return fill(t.succeededPartly, { made, asked, credits, returned: formatCredits(back, locale) });
}

function failedWords({ reason: code, attempt }: JobEvent, job: JobWithStory, locale: Locale): string {
  const t = messages(locale).app.job.story;
  const reason = clause(code, locale);
  const covered = payerOf(job) !== "balance";
  const credits = held(job, locale);
  if (attempt === null || code === "discarded") {
    return fill(covered ? t.stoppedCovered : t.stopped, { reason, credits });
  }
  return plural(covered ? t.failedCovered : t.failed, attempt, locale, { reason, credits });
}

function clause(code: JobEvent["reason"], locale: Locale): string {
  return messages(locale).app.job.failed[code ?? "internal"].clause;
}

function held(job: JobWithStory, locale: Locale): string {
  return formatCredits(job.credits_reserved, locale);
}
