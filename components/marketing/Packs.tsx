import { fill, formatCredits, formatMoney, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import { Button } from "../ui/Button.tsx";
import { Credits } from "../ui/Credits.tsx";
import { Money } from "../ui/Money.tsx";
import type { OfferedModel, Pack } from "../../domain/catalogue/read-offer.ts";

/** The packs side by side; a visitor without an account is sent through sign-up to the shelf. */
export function Packs({ packs, models, locale, signedIn }: {
  packs: Pack[];
  models: OfferedModel[];
  locale: Locale;
  signedIn: boolean;
}) {
  const t = messages(locale).marketing.packs;
  const lowest = Math.min(...packs.map(perCredit));
  const cheapest = Math.min(
    ...models.filter(({ runnable, kind }) => runnable && kind === "image").map(({ credits }) => credits),
  );
  const shelf = localePath(locale, "/app/billing");
  const href = signedIn ? shelf : `${localePath(locale, "/sign-up")}?next=${encodeURIComponent(shelf)}`;
  return (
    <ul class="grid gap-4 md:grid-cols-3 md:gap-6">
      {packs.map((pack) => (
        <li key={pack.id} class="flex flex-col rounded-lg border border-line-strong bg-raised p-5 shadow-card sm:p-6">
          <h3 class="font-display text-heading font-semibold">
            <Credits amount={pack.credits} locale={locale} />
          </h3>
          <p class="mt-3 font-display text-title font-bold tabular-nums">
            <Money cents={pack.price_cents} locale={locale} />
          </p>
          <p class="mt-1 text-muted">{fill(t.perCredit, { price: formatMoney(perCredit(pack), locale) })}</p>
          <p class="mt-4 border-t border-line pt-4">
            {fill(t.buys, {
              pictures: plural(messages(locale).units.pictures, Math.floor(pack.credits / cheapest), locale),
            })}
          </p>
          <p class="min-h-6 text-sm font-semibold text-accent-text">
            {perCredit(pack) === lowest && packs.length > 1 ? t.lowest : ""}
          </p>
          <Button variant="secondary" href={href} class="mt-5 w-full">
            {fill(t.buy, { credits: formatCredits(pack.credits, locale) })}
          </Button>
        </li>
      ))}
    </ul>
  );
}

function perCredit(pack: Pack): number {
  return pack.price_cents / pack.credits;
}
