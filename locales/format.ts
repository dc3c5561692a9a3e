import type { Locale } from "./locale.ts";

// Prices are in US dollars, which American English writes "$9" and British English "US$9"; dates are
// written day first, which cannot be misread across the ocean because the month is a word.
const NUMBERS: Record<Locale, string> = { en: "en-US", pl: "pl-PL" };
const DATES: Record<Locale, string> = { en: "en-GB", pl: "pl-PL" };

const number = perLocale((locale) => new Intl.NumberFormat(NUMBERS[locale], { maximumFractionDigits: 2 }));
const money = perLocale((locale) =>
  new Intl.NumberFormat(NUMBERS[locale], {
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: 2,
    // Cents are whole, but a price per credit may not be: $139 ÷ 200 is 69.5 cents.
    maximumFractionDigits: 3,
    trailingZeroDisplay: "stripIfInteger",
  })
);

export function formatNumber(value: number, locale: Locale): string {
  return number[locale].format(value).replace("-", "−");
}

/** A change of a balance: `+10`, `−1`, `0`, with a true minus sign. */
export function formatSigned(value: number, locale: Locale): string {
  return value > 0 ? `+${formatNumber(value, locale)}` : formatNumber(value, locale);
}

/** `139_00` → "$139" or "139 $". */
export function formatMoney(cents: number, locale: Locale): string {
  return money[locale].format(cents / 100).replace("-", "−");
}

const amounts = new Map<string, Intl.NumberFormat>();

/** An amount on an invoice, with all its digits: `2900, "usd"` → "$29.00" or "29,00 $"; `bare` leaves the currency out. */
export function formatAmount(cents: number, currency: string, locale: Locale, { bare = false } = {}): string {
  const key = `${locale} ${currency} ${bare}`;
  const code = { style: "currency", currency, currencyDisplay: "narrowSymbol" } as const;
  const digits = new Intl.NumberFormat("en", code).resolvedOptions().maximumFractionDigits ?? 2;
  const format = amounts.get(key) ?? new Intl.NumberFormat(
    NUMBERS[locale],
    bare ? { minimumFractionDigits: digits, maximumFractionDigits: digits } : code,
  );
  amounts.set(key, format);
  return format.format(cents / 10 ** digits).replace("-", "−");
}

/** "21 Nov 2026, 04:05 UTC"; without the clock for `dateOnly`. `timeZone` is an IANA name, UTC by default. */
export function formatTime(
  at: Date | string,
  locale: Locale,
  { timeZone = "UTC", dateOnly = false }: { timeZone?: string; dateOnly?: boolean } = {},
): string {
  return dateFormat(locale, timeZone, dateOnly).format(new Date(at));
}

/** Kept, because making one takes longer than formatting a page of dates. There are only so many time zones. */
const dateFormats = new Map<string, Intl.DateTimeFormat>();

function dateFormat(locale: Locale, timeZone: string, dateOnly: boolean): Intl.DateTimeFormat {
  const key = `${locale} ${timeZone} ${dateOnly}`;
  const known = dateFormats.get(key);
  if (known) return known;
  const clock = dateOnly
    ? {}
    : { hour: "2-digit", minute: "2-digit", timeZoneName: timeZone === "UTC" ? "short" : undefined } as const;
  const day = { day: "numeric", month: "short", year: "numeric" } as const;
  const made = new Intl.DateTimeFormat(DATES[locale], { ...day, timeZone, ...clock });
  dateFormats.set(key, made);
  return made;
}

function perLocale<T>(make: (locale: Locale) => T): Record<Locale, T> {
  return { en: make("en"), pl: make("pl") };
}
