import { fill, formatCredits, formatMoney, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import type { Pack } from "../../domain/billing/list-packs.ts";
import { Button } from "../ui/Button.tsx";

/** The packs, each a form that opens Stripe's page. */
export function PackCards({ packs, pricePerPicture, idempotencyKey, disabled, locale }: {
  packs: Pack[];
  /** Of the cheapest picture, in credits. */
  pricePerPicture: number;
  /** One for the page: pressing twice opens one payment. */
  idempotencyKey: string;
  disabled: boolean;
  locale: Locale;
}) {
  const { app: { billing: t }, units } = messages(locale);
  const dearest = Math.max(...packs.map(perCredit));
  return (
    <ul class="grid gap-4 md:grid-cols-3">
      {packs.map((pack) => {
        const saved = Math.round((1 - perCredit(pack) / dearest) * 100);
        return (
          <li key={pack.id} class="flex">
            <form
              method="post"
              action={localePath(locale, "/app/billing?send")}
              class="flex flex-1 flex-col rounded-lg border border-line-strong bg-raised p-5 shadow-card"
            >
              <input type="hidden" name="pack" value={pack.id} />
              <input type="hidden" name="idempotency_key" value={idempotencyKey} />
              <h3 class="font-display text-heading font-semibold">{formatCredits(pack.credits, locale)}</h3>
              <p class="mt-3 font-display text-title font-bold">{formatMoney(pack.price_cents, locale)}</p>
              <p class="mt-1 text-muted">
                {fill(t.each, { price: formatMoney(perCredit(pack), locale) })}
                {saved > 0 && <span class="ml-2 font-semibold text-success">{fill(t.save, { percent: saved })}</span>}
              </p>
              <p class="mt-4 flex-1 border-t border-line pt-4">
                {fill(t.makes, {
                  pictures: plural(units.pictures, Math.floor(pack.credits / pricePerPicture), locale),
                })}
              </p>
              <Button type="submit" class="mt-5 w-full" disabled={disabled}>
                {fill(t.buy, { price: formatMoney(pack.price_cents, locale) })}
              </Button>
            </form>
          </li>
        );
      })}
    </ul>
  );
}

function perCredit(pack: Pack): number {
  return pack.price_cents / pack.credits;
}
