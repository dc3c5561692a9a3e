import type { DeadLetterFilter } from "../../domain/ops/dead-letter-filter.ts";
import type { LetterState } from "../../domain/ops/dead-letter.ts";
import type { Discarded, Requeued } from "../../domain/ops/handle-dead-letters.ts";
import { type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import type { Tone } from "../ui/Badge.tsx";

export type DeadLetterQuery = Partial<Record<keyof DeadLetterFilter, string>>;
export type Handled = Requeued | Discarded;

export const LETTER_TONES: Record<LetterState, Tone> = { open: "danger", requeued: "success", discarded: "neutral" };

export const OUTCOME_TONES: Record<Handled["outcome"], Tone> = {
  requeued: "success",
  discarded: "success",
  stopped: "success",
  already: "info",
  refused: "warning",
};

/** The list, narrowed down. */
export function deadLettersPath(query: DeadLetterQuery & { cursor?: string }, locale: Locale): string {
  const set = Object.entries(query).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return localePath(locale, `/admin/dead-letters${set.length > 0 ? `?${new URLSearchParams(set)}` : ""}`);
}

/** "3 days ago": how long a letter has waited. */
export function ageWords(since: string, now: Date, locale: Locale): string {
  const t = messages(locale).admin.deadLetters.ago;
  const minutes = Math.floor((now.getTime() - Date.parse(since)) / 60_000);
  if (minutes < 1) return t.now;
  if (minutes < 120) return plural(t.minutes, minutes, locale);
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? plural(t.hours, hours, locale) : plural(t.days, Math.floor(hours / 24), locale);
}

/** The beginning of an id, enough to tell two of a page apart. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}
