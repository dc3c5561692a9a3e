import type { Usage } from "../../domain/billing/entitlements/read-usage.ts";
import { fill, formatNumber, formatTime, type Locale, messages } from "../../locales/mod.ts";
import type { Tone } from "../ui/Badge.tsx";
import { NOT_OPEN_YET } from "./plan-words.ts";

/** Of a limit, in percent, from which on it is worth a colour. The database warns by mail at the same two. */
const NEARLY = 80;
const FULL = 100;

export interface UsageWords {
  name: string;
  /** "12 of 500". */
  count: string;
  tone: Tone;
  /** What the colour means, for those who do not see it; null while there is room. */
  state: string | null;
  /** When it begins anew; nothing of what nobody can use yet. */
  note: string | null;
}

export function usageWords({ entitlement, used, limit, resetsAt }: Usage, locale: Locale): UsageWords {
  const t = messages(locale).app.plan.usage;
  const unlimited = limit === null;
  if (entitlement === "generations" && limit === 0) {
    return {
      name: t.names.generations,
      count: formatNumber(used, locale),
      tone: "warning",
      state: null,
      note: t.unpaid,
    };
  }
  const percent = unlimited ? 0 : limit === 0 ? FULL : used / limit * 100;
  const tone = percent >= FULL ? "danger" : percent >= NEARLY ? "warning" : "success";
  const count = { used: formatNumber(used, locale), limit: formatNumber(limit ?? 0, locale) };
  const date = resetsAt && formatTime(resetsAt, locale, { dateOnly: true });
  // The minute of the rate is over before its date would be read.
  const resets = date && entitlement !== "rate" ? fill(t.resets, { date }) : null;
  return {
    name: unlimited && entitlement === "generations" ? t.unlimitedGenerations : t.names[entitlement],
    count: fill(unlimited ? t.unlimited : t.of, count),
    tone,
    state: tone === "danger" ? t.full : tone === "warning" ? t.nearly : null,
    note: NOT_OPEN_YET.has(entitlement) && used === 0
      ? null
      : date && tone === "danger" && entitlement === "generations"
      ? fill(t.fullGenerations, { date })
      : resets,
  };
}
