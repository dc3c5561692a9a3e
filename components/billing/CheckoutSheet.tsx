import type { ComponentChildren } from "preact";
import type { Checkout, CheckoutStatus } from "../../domain/billing/read-checkout.ts";
import { fill, formatCredits, formatMoney, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import { Button } from "../ui/Button.tsx";
import { Icon, type IconName } from "../ui/Icon.tsx";
import { Progress } from "../ui/Progress.tsx";

/** How a purchase stands, and the next step. `available` is the balance now. */
export function CheckoutSheet({ checkout, status, available, locale }: {
  checkout: Checkout;
  status: CheckoutStatus;
  available: number;
  locale: Locale;
}) {
  const t = messages(locale).app.checkout;
  const credits = formatCredits(checkout.credits, locale);
  const to = (path: string) => localePath(locale, path);
  switch (status) {
    case "creating":
    case "open":
      return (
        <Sheet icon="clock" tone="text-info" title={t.waiting.title}>
          <Progress label={t.progress} class="mb-5" />
          <p>{fill(t.waiting.text, { credits })}</p>
          <p class="mt-3 text-muted">{t.waiting.note}</p>
          {checkout.url && (
            <p class="mt-3 text-sm text-muted">
              {t.waiting.unpaid} <a href={checkout.url} class="prose-link">{t.waiting.back}</a>
            </p>
          )}
        </Sheet>
      );
    case "processing":
      return (
        <Sheet icon="clock" tone="text-info" title={t.processing.title}>
          <p>{fill(t.processing.text, { credits })}</p>
          <p class="mt-3 text-muted">{t.processing.note}</p>
          <Actions>
            <Button variant="secondary" href={to("/app/billing")}>{t.canceled.again}</Button>
          </Actions>
        </Sheet>
      );
    case "paid":
      return (
        <Sheet icon="check" tone="text-success" title={plural(t.paid.title, checkout.credits, locale)}>
          <p>
            {fill(t.paid.text, {
              price: formatMoney(checkout.price_cents, locale),
              credits: formatCredits(available, locale),
            })}
          </p>
          <Actions>
            <Button href={to("/app/create")}>
              <Icon name="wand" />
              {t.paid.create}
            </Button>
            <Button variant="ghost" href={to("/app/credits")}>{t.paid.entries}</Button>
          </Actions>
        </Sheet>
      );
    case "failed":
      return (
        <Sheet icon="error" tone="text-danger" title={t.failed.title}>
          <p>{t.failed.text}</p>
          <Actions>
            <Button href={to("/app/billing")}>{t.failed.again}</Button>
          </Actions>
        </Sheet>
      );
    case "expired":
      return (
        <Sheet icon="close" tone="text-muted" title={t.expired.title}>
          <p>{t.expired.text}</p>
          <Actions>
            <Button href={to("/app/billing")}>{t.expired.again}</Button>
          </Actions>
        </Sheet>
      );
  }
}

export function Sheet(
  { icon, tone, title, children }: { icon: IconName; tone: string; title: string; children: ComponentChildren },
) {
  return (
    <section class="ledger-margin max-w-prose rounded-r-lg border-y border-r border-line bg-raised py-6 pr-6 pl-8 shadow-card sm:py-8 sm:pl-11">
      <h1 class="mb-4 flex items-start gap-3 font-display text-title font-bold">
        <Icon name={icon} size={32} class={`mt-1.5 ${tone}`} />
        {title}
      </h1>
      {children}
    </section>
  );
}

export function Actions({ children }: { children: ComponentChildren }) {
  return <div class="mt-6 flex flex-col gap-3 sm:flex-row sm:flex-wrap">{children}</div>;
}
