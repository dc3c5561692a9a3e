import { formatNumber } from "./format.ts";
import type { Locale } from "./locale.ts";

/** The forms of one phrase by CLDR category: English needs one and other, Polish one, few, many, other. */
export type Plural = Partial<Record<Intl.LDMLPluralRule, string>> & { other: string };

const RULES: Record<Locale, Intl.PluralRules> = { en: new Intl.PluralRules("en"), pl: new Intl.PluralRules("pl") };

/** `fill("Hello {name}", { name })`. A name that is missing stays visible, so that a test or a reader sees it. */
export function fill(template: string, values: Record<string, string | number>): string {
  return template.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** `plural(t.units.credits, 5, "pl")` → "5 kredytów". `{n}` is the count, written as the locale writes numbers. */
export function plural(forms: Plural, n: number, locale: Locale, values: Record<string, string | number> = {}): string {
  const form = forms[RULES[locale].select(Math.abs(n))] ?? forms.other;
  return fill(form, { n: formatNumber(n, locale), ...values });
}
