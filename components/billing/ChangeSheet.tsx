import type { PlanChangePreview } from "../../domain/billing/preview-plan-change.ts";
import type { BillingInterval, PaidPlan } from "../../domain/billing/plans.ts";
import type { PlanState } from "../../domain/billing/read-plan.ts";
import { fill, formatAmount, formatTime, type Locale, messages } from "../../locales/mod.ts";
import { Icon } from "../ui/Icon.tsx";
import { priceWords } from "./plan-words.ts";

export interface ChangeTarget {
  plan: PaidPlan;
  interval: BillingInterval;
  /** Of the new plan, in USD cents. */
  cents: number;
}

/** What a change comes to: from what to what, the lines of its invoice, and what is paid now. */
export function ChangeSheet({ subscription, target, preview, locale }: {
  subscription: NonNullable<PlanState["subscription"]>;
  target: ChangeTarget;
  preview: PlanChangePreview;
  locale: Locale;
}) {
  const { app: { plan: { change: t } } } = messages(locale);
  const amount = (cents: number) => formatAmount(cents, "usd", locale);
  const { lines, totalCents, dueNowCents, creditCents } = preview;
  const adjusted = totalCents - lines.reduce((sum, { amountCents }) => sum + amountCents, 0);
  return (
    <section aria-labelledby="sum" class="rounded-lg border border-line bg-raised shadow-card">
      <div class="grid border-b border-line sm:grid-cols-[1fr_auto_1fr] sm:items-center">
        <Side name={t.from} {...subscription} cents={subscription.priceCents} locale={locale} />
        <Icon name="arrow-right" class="mx-4 text-muted max-sm:hidden" />
        <Side name={t.to} {...target} class="max-sm:border-t max-sm:border-line" locale={locale} />
      </div>
      <h2 id="sum" class="px-4 pt-4 font-display text-heading font-semibold sm:px-6">{t.sum}</h2>
      <table class="mt-2 w-full border-collapse text-left">
        <caption class="sr-only">{t.sumCaption}</caption>
        <thead class="sr-only">
          <tr>
            <th scope="col">{t.what}</th>
            <th scope="col">{t.amount}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map(({ description, amountCents }, index) => (
            <tr key={index} class="border-b border-line">
              <td class="w-full px-4 py-3 sm:px-6">
                {lineWords(amountCents, subscription, target, locale)}
                <span class="block text-sm text-muted">{fill(t.line, { text: description })}</span>
              </td>
              <td class="figures px-4 py-3 text-right align-top whitespace-nowrap sm:px-6">{amount(amountCents)}</td>
            </tr>
          ))}
          {adjusted !== 0 && <Sum name={t.adjusted} value={amount(adjusted)} />}
          {totalCents !== dueNowCents && <Sum name={t.total} value={amount(totalCents)} />}
          {creditCents > 0 && <Sum name={t.credit} value={amount(creditCents)} />}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" class="px-4 py-4 sm:px-6">{t.due}</th>
            <td class="px-4 py-4 text-right sm:px-6">
              <span class="total-rule inline-block font-display text-title font-bold" data-due>
                {amount(dueNowCents)}
              </span>
            </td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

function Side({ name, plan, interval, cents, class: place = "", locale }: ChangeTarget & {
  name: string;
  class?: string;
  locale: Locale;
}) {
  return (
    <p class={`px-4 py-4 sm:px-6 ${place}`}>
      <span class="block text-sm text-muted">{name}</span>
      <span class="block font-display text-heading font-semibold">{messages(locale).plans.names[plan]}</span>
      <span class="text-muted">{priceWords(cents, interval, locale)}</span>
    </p>
  );
}

function Sum({ name, value }: { name: string; value: string }) {
  return (
    <tr class="border-b border-line">
      <th scope="row" class="px-4 py-3 font-normal sm:px-6">{name}</th>
      <td class="figures px-4 py-3 text-right whitespace-nowrap sm:px-6">{value}</td>
    </tr>
  );
}

/** Stripe words its lines in English alone; what gives money back is the old plan's, what takes some the new one's. */
function lineWords(
  cents: number,
  subscription: NonNullable<PlanState["subscription"]>,
  target: ChangeTarget,
  locale: Locale,
): string {
  const { app: { plan: { change: t } }, plans: { names } } = messages(locale);
  if (cents < 0) return fill(t.unused, { plan: names[subscription.plan] });
  const plan = names[target.plan];
  const anew = subscription.status === "trialing" || subscription.interval !== target.interval;
  return anew
    ? fill(t.whole, { plan, price: priceWords(target.cents, target.interval, locale) })
    : fill(t.rest, { plan, date: formatTime(subscription.currentPeriodEnd, locale, { dateOnly: true }) });
}
