import { en } from "./en.ts";
import type { Locale } from "./locale.ts";
import { pl } from "./pl.ts";

// Islands import from the files below by name: this one carries every string of the product, and an
// island gets its few as props.
export { formatAmount, formatMoney, formatNumber, formatSigned, formatTime } from "./format.ts";
export { type Locale, localePath, LOCALES } from "./locale.ts";
export { fill, type Plural, plural } from "./text.ts";
export { formatCredits } from "./units.ts";

/** English defines the tree; Polish must have the same one to compile. */
export type Messages = typeof en;

const TREES: Record<Locale, Messages> = { en, pl };

export function messages(locale: Locale): Messages {
  return TREES[locale];
}
