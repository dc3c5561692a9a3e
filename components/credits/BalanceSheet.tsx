import { fill, formatCredits, formatNumber, type Locale, localePath, messages } from "../../locales/mod.ts";
import type { Plan } from "../../domain/billing/plans.ts";
import type { Balance } from "../../domain/credits/read-balance.ts";
import { Button } from "../ui/Button.tsx";

/** The figure that matters: what can be spent, over what is held and owed. */
export function BalanceSheet({ balance: { available, held, debt }, coveredBy, locale }: {
  balance: Balance;
  /** The plan that pays for pictures, so that the balance stays. */
  coveredBy: Plan | null;
  locale: Locale;
}) {
  const { app: { dashboard: { balance: t } }, plans: { names } } = messages(locale);
  return (
    <section class="ledger-margin rounded-r-lg border-y border-r border-line bg-raised py-5 pr-5 pl-7 shadow-card sm:py-6 sm:pl-9">
      <h2 class="font-display text-heading font-semibold">{t.title}</h2>
      <p class="mt-2 font-display text-display font-extrabold">
        <span class="total-rule inline-block min-w-[1.6em]" aria-hidden="true">{formatNumber(available, locale)}</span>
        <span class="sr-only">{formatCredits(available, locale)}</span>
      </p>
      <p class="mt-4 text-muted">{held > 0 ? fill(t.held, { credits: formatCredits(held, locale) }) : t.nothingHeld}</p>
      {coveredBy && <p class="text-muted">{fill(t.covered, { plan: names[coveredBy] })}</p>}
      {debt > 0 && <p class="font-semibold text-danger">{fill(t.owed, { credits: formatCredits(debt, locale) })}</p>}
      <div class="mt-5 flex flex-col gap-2 sm:flex-row sm:flex-wrap">
        <Button variant="secondary" href={localePath(locale, "/app/billing#packs")}>{t.buy}</Button>
        <Button variant="ghost" href={localePath(locale, "/app/credits")}>{t.entries}</Button>
      </div>
    </section>
  );
}
