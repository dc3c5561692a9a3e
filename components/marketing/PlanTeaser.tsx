import type { PlanOffer } from "../../domain/billing/list-plans.ts";
import { fill, formatMoney, type Locale, messages } from "../../locales/mod.ts";
import { includedWords } from "../billing/plan-words.ts";

/** The plans in three lines of a ledger; the price list has the rest. */
export function PlanTeaser({ plans, locale }: { plans: PlanOffer[]; locale: Locale }) {
  const { marketing: { plansTeaser: t }, plans: words } = messages(locale);
  return (
    <ul class="ledger-margin rounded-r-md border-y border-r border-line-strong bg-raised">
      {plans.map((offer) => {
        const { plan, prices } = offer;
        const [allowance] = includedWords(offer, locale).now;
        return (
          <li
            key={plan}
            class="grid gap-x-8 gap-y-1 border-b border-line px-5 py-4 last:border-b-0 sm:grid-cols-[8rem_minmax(0,1fr)_auto] sm:items-baseline sm:px-8"
          >
            <h3 class="font-display text-heading font-semibold">{words.names[plan]}</h3>
            <p>
              <span class="font-semibold">{allowance.text}</span>
              <span class="block text-muted">{words.lines[plan]}</span>
            </p>
            <p class="font-display text-heading font-bold">
              {fill(t.from, { price: formatMoney(prices.month ?? 0, locale) })}
            </p>
          </li>
        );
      })}
    </ul>
  );
}
