import type { PlanOffer } from "../../domain/billing/list-plans.ts";
import { fill, type Locale, messages, plural } from "../../locales/mod.ts";

/** What "without limit" means, with its figures from the plan that says it. */
export function FairUse({ offers, class: place = "", locale }: {
  offers: PlanOffer[];
  class?: string;
  locale: Locale;
}) {
  const { fairUse: t, includes } = messages(locale).plans;
  const limits = offers.find(({ includes }) => includes.generations === null)?.includes;
  if (!limits || limits.concurrency === null || limits.rate === null) return null;
  return (
    <aside aria-labelledby="fair-use" class={`ledger-margin py-1 pl-6 sm:pl-8 ${place}`}>
      <h2 id="fair-use" class="font-semibold">{t.title}</h2>
      <p class="mt-1 max-w-prose text-muted">
        {fill(t.text, {
          jobs: plural(t.job, limits.concurrency, locale),
          rate: plural(includes.rate, limits.rate, locale),
        })}
      </p>
    </aside>
  );
}
