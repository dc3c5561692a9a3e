import { fill, formatCredits, formatMoney, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import { Button } from "../ui/Button.tsx";
import { Credits } from "../ui/Credits.tsx";
import { Money } from "../ui/Money.tsx";
import type { Pack } from "../../domain/billing/list-packs.ts";
import type { OfferedModel } from "../../domain/catalogue/read-offer.ts";

/** The packs side by side; a visitor without an account is sent through sign-up to the shelf. */
export function Packs({ packs, models, locale, signedIn }: {
  packs: Pack[];
  models: OfferedModel[];
  locale: Locale;
  signedIn: boolean;
}) {
  const t = messages(locale).marketing.packs;
  const lowest = Math.min(...packs.map(perCredit));
  const examples = onePerPrice(models);
  const shelf = localePath(locale, "/app/billing#packs");
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
          <p class="mt-1 text-muted">
            {fill(perCredit(pack) === lowest ? t.lowest : t.perCredit, { price: formatMoney(perCredit(pack), locale) })}
          </p>
          <ul class="mt-4 mb-6 border-t border-line pt-4">
            {examples.map((model, index) => (
              <li key={model.slug}>
                {index > 0 && <span class="mr-1 text-muted">{t.or}</span>}
                {fill(t.buys, {
                  pictures: plural(messages(locale).units.pictures, Math.floor(pack.credits / model.credits), locale),
                  model: model.name,
                })}
              </li>
            ))}
          </ul>
          <Button variant="secondary" href={href} class="mt-auto w-full">
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

/** The first picture model at each price, so that "1 credit" and "2 credits" both mean something. */
function onePerPrice(models: OfferedModel[]): OfferedModel[] {
  const pictures = models.filter(({ runnable, kind }) => runnable && kind === "image");
  return pictures.filter((model, index) => pictures.findIndex(({ credits }) => credits === model.credits) === index);
}
