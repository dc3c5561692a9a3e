import { formatCredits, formatSigned, type Locale, messages } from "../../locales/mod.ts";

/** The first line of the account that is about to be opened. */
export function WelcomeLine({ credits, locale }: { credits: number; locale: Locale }) {
  return (
    <p class="ledger-margin mb-6 flex items-baseline justify-between gap-4 bg-stripe py-2.5 pr-3 pl-4">
      <span>{messages(locale).marketing.ledger.welcome}</span>
      <span class="figures font-bold text-success" aria-hidden="true">{formatSigned(credits, locale)}</span>
      <span class="sr-only">{formatCredits(credits, locale, { signed: true })}</span>
    </p>
  );
}
