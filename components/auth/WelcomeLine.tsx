import { formatCredits, formatSigned, type Locale, messages } from "../../locales/mod.ts";

/** Granted by the database when the account is made. */
const WELCOME_CREDITS = 10;

/** The first line of the account that is about to be opened. */
export function WelcomeLine({ locale }: { locale: Locale }) {
  return (
    <p class="ledger-margin mb-6 flex items-baseline justify-between gap-4 bg-stripe py-2.5 pr-3 pl-4">
      <span>{messages(locale).marketing.ledger.welcome}</span>
      <span class="figures font-bold text-success" aria-hidden="true">{formatSigned(WELCOME_CREDITS, locale)}</span>
      <span class="sr-only">{formatCredits(WELCOME_CREDITS, locale, { signed: true })}</span>
    </p>
  );
}
