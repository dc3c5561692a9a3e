/** Which of the two languages a hosted page speaks: Stripe's pages know many, the sandbox those of Kredo. */
export type Language = "en" | "pl";

/** The session's language; the browser's where the session leaves it open. */
export function languageFor(locale: string | null | undefined, request: Request): Language {
  const asked = !locale || locale === "auto" ? request.headers.get("accept-language") ?? "" : locale;
  return /^pl\b/i.test(asked) ? "pl" : "en";
}

export const dateIn = (language: Language, seconds: number): string =>
  new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(seconds * 1000);

interface Recurring {
  interval: string;
  interval_count: number;
}

const units: Record<Language, Record<string, [one: string, few: string, many: string]>> = {
  en: {
    day: ["day", "days", "days"],
    week: ["week", "weeks", "weeks"],
    month: ["month", "months", "months"],
    year: ["year", "years", "years"],
  },
  pl: {
    day: ["dzień", "dni", "dni"],
    week: ["tydzień", "tygodnie", "tygodni"],
    month: ["miesiąc", "miesiące", "miesięcy"],
    year: ["rok", "lata", "lat"],
  },
};

/** "14 days", "1 month". */
export function counted(language: Language, count: number, unit: string): string {
  const [one, few, many] = units[language][unit] ?? [unit, unit, unit];
  const rule = new Intl.PluralRules(language).select(count);
  return `${count} ${rule === "one" ? one : rule === "few" ? few : many}`;
}

/** "per month", "every 3 months"; "miesięcznie" has no rule, so "na miesiąc", "co 3 miesiące". */
export function per(language: Language, { interval, interval_count }: Recurring): string {
  if (interval_count > 1) return `${language === "pl" ? "co" : "every"} ${counted(language, interval_count, interval)}`;
  return `${language === "pl" ? "na" : "per"} ${counted(language, 1, interval).replace(/^1 /, "")}`;
}
