/** A moment in words, as the console and its API take it. */
import { addMonths } from "../calendar.ts";

const seconds: Record<string, number> = { minute: 60, hour: 3_600, day: 86_400, week: 604_800 };
const months: Record<string, number> = { month: 1, year: 12 };

/**
 * "1 month", "7 days", "90" or 90 for seconds, all counted from now, or a date as ISO 8601; UTC where it names no zone.
 * Milliseconds since 1970, or null for what is none of these.
 */
export function momentFrom(advance: string | number, nowMs: number): number | null {
  const text = String(advance).trim();
  if (/^\d{1,10}$/.test(text)) return nowMs + Number(text) * 1_000;
  const [, count, unit] = /^(\d{1,6}) (minute|hour|day|week|month|year)s?$/.exec(text) ?? [];
  if (unit && unit in seconds) return nowMs + Number(count) * seconds[unit] * 1_000;
  if (unit) return addMonths(Math.floor(nowMs / 1_000), Number(count) * months[unit]) * 1_000;
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return null;
  const zoned = /T\d{2}:\d{2}(:\d{2}(\.\d+)?)?$/.test(text) ? `${text}Z` : text;
  const ms = Date.parse(zoned);
  return Number.isNaN(ms) ? null : ms;
}
