import type { Locale } from "./locale.ts";
import { type Plural, plural } from "./text.ts";

/** Countable things. Apart from the other strings so that an island can count without carrying them all. */
export const units: Record<Locale, Record<"credits" | "pictures" | "seconds", Plural>> = {
  en: {
    credits: { one: "{n} credit", other: "{n} credits" },
    pictures: { one: "{n} picture", other: "{n} pictures" },
    seconds: { one: "{n} second", other: "{n} seconds" },
  },
  pl: {
    credits: { one: "{n} kredyt", few: "{n} kredyty", many: "{n} kredytów", other: "{n} kredytu" },
    pictures: { one: "{n} obraz", few: "{n} obrazy", many: "{n} obrazów", other: "{n} obrazu" },
    seconds: { one: "{n} sekunda", few: "{n} sekundy", many: "{n} sekund", other: "{n} sekundy" },
  },
};

/** "1 credit", "5 kredytów"; `signed` for a change: "+10 credits", "−1 credit". */
export function formatCredits(amount: number, locale: Locale, { signed = false } = {}): string {
  const text = plural(units[locale].credits, amount, locale);
  return signed && amount > 0 ? `+${text}` : text;
}
