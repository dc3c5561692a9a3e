import { formatMoney } from "../../locales/format.ts";
import type { Locale } from "../../locales/locale.ts";

/** US dollars from cents. */
export function Money({ cents, locale, class: place = "" }: { cents: number; locale: Locale; class?: string }) {
  return <span class={`tabular-nums whitespace-nowrap ${place}`}>{formatMoney(cents, locale)}</span>;
}
