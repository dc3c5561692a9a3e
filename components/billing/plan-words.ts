import type { PlanOffer } from "../../domain/billing/list-plans.ts";
import type { Entitlement } from "../../domain/billing/entitlements/entitlement.ts";
import type { BillingInterval } from "../../domain/billing/plans.ts";
import { fill, formatMoney, type Locale, messages, plural } from "../../locales/mod.ts";

/** What plans count already and nobody can use yet. The pages say so; opening one is taking it out of here. */
export const NOT_OPEN_YET: ReadonlySet<Entitlement> = new Set(["datasets", "trainings", "predictions"]);

/** "$29 a month". */
export function priceWords(cents: number, interval: BillingInterval, locale: Locale): string {
  return fill(messages(locale).plans.prices[interval], { price: formatMoney(cents, locale) });
}

/** What a year costs less than twelve months, in USD cents and in whole percent; null where that is nothing. */
export function yearlySaving({ month, year }: PlanOffer["prices"]): { cents: number; percent: number } | null {
  if (!month || !year || year >= month * 12) return null;
  return { cents: month * 12 - year, percent: Math.round((1 - year / (month * 12)) * 100) };
}

/** The largest saving among the plans, for the switch; null where a year saves nothing. */
export function bestSaving(offers: PlanOffer[]): number | null {
  const percents = offers.flatMap(({ prices }) => yearlySaving(prices)?.percent ?? []);
  return percents.length > 0 ? Math.max(...percents) : null;
}

export interface Included {
  text: string;
  /** In smaller letters after it. */
  detail?: string;
}

/** What a plan includes, first what can be used today. */
export function includedWords({ plan, includes }: PlanOffer, locale: Locale): { now: Included[]; later: string[] } {
  const t = messages(locale).plans.includes;
  const { generations, concurrency, rate, datasets, trainings, predictions } = includes;
  const allowance: Included = generations === null ? { text: t.unlimited, detail: t.fairUse } : {
    text: plural(t.credits, generations, locale),
    detail: plan === "free" ? t.welcome : plural(t.pictures, generations, locale),
  };
  const limits = [
    concurrency === null ? [] : [{ text: plural(t.concurrency, concurrency, locale) }],
    rate === null ? [] : [{ text: plural(t.rate, rate, locale) }],
  ].flat();
  return {
    now: [allowance, ...limits],
    later: [
      datasets === null ? t.datasetsUnlimited : plural(t.datasets, datasets, locale),
      trainings === null ? t.trainingsUnlimited : plural(t.trainings, trainings, locale),
      predictions === null ? t.predictionsUnlimited : plural(t.predictions, predictions, locale),
    ],
  };
}

/** What a trial is, under its button. `cents` is the price after it. */
export function trialWords(
  { trialGenerations }: PlanOffer,
  cents: number,
  interval: BillingInterval,
  locale: Locale,
): string {
  const { plans: { trial: t }, units } = messages(locale);
  const values = { price: priceWords(cents, interval, locale) };
  return trialGenerations === null
    ? fill(t.textUnlimited, values)
    : fill(t.text, { ...values, credits: plural(units.credits, trialGenerations, locale) });
}
