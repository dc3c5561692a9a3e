import { formatNumber, formatSigned } from "../../locales/format.ts";
import type { Locale } from "../../locales/locale.ts";
import { formatCredits } from "../../locales/units.ts";

/** `signed` for a change (+10, −1); `bare` leaves out the word where a column already says it. */
export function Credits({ amount, locale, signed, bare, class: place = "" }: {
  amount: number;
  locale: Locale;
  signed?: boolean;
  bare?: boolean;
  class?: string;
}) {
  const text = signed
    ? bare ? formatSigned(amount, locale) : formatCredits(amount, locale, { signed: true })
    : bare
    ? formatNumber(amount, locale)
    : formatCredits(amount, locale);
  return <span class={`tabular-nums whitespace-nowrap ${place}`}>{text}</span>;
}
