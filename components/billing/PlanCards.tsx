import type { PlanOffer } from "../../domain/billing/list-plans.ts";
import type { PlanStep } from "../../domain/billing/plan-step.ts";
import type { BillingInterval } from "../../domain/billing/plans.ts";
import { fill, formatMoney, type Locale, messages } from "../../locales/mod.ts";
import { Badge } from "../ui/Badge.tsx";
import { Icon } from "../ui/Icon.tsx";
import { includedWords, trialWords, yearlySaving } from "./plan-words.ts";
import { StepAction } from "./StepAction.tsx";

export interface PlanCardsProps {
  plans: { offer: PlanOffer; step: PlanStep }[];
  interval: BillingInterval;
  /** One for the page: pressing twice opens one order. */
  idempotencyKey: string;
  locale: Locale;
}

/** The plans side by side, each with what it costs, the next step and what it includes, in rows that line up. */
export function PlanCards({ plans, interval, idempotencyKey, locale }: PlanCardsProps) {
  return (
    <ul class="grid gap-4 md:grid-cols-3 md:grid-rows-[repeat(5,auto)] lg:gap-6">
      {plans.map(({ offer, step }) => (
        <PlanCard
          key={offer.plan}
          offer={offer}
          step={step}
          interval={interval}
          idempotencyKey={idempotencyKey}
          locale={locale}
        />
      ))}
    </ul>
  );
}

function PlanCard({ offer, step, interval, idempotencyKey, locale }: Omit<PlanCardsProps, "plans"> & {
  offer: PlanOffer;
  step: PlanStep;
}) {
  const t = messages(locale).plans;
  const { plan, prices } = offer;
  const cents = plan === "free" ? 0 : prices[interval];
  // Not on sale in this way.
  if (cents === undefined) return null;
  const mine = step.kind === "current" || step.kind === "resume";
  const trial = step.kind === "sign_up" ? offer.trialDays > 0 : step.kind === "subscribe" && step.trialDays > 0;
  const saving = interval === "year" ? yearlySaving(prices) : null;
  const { now, later } = includedWords(offer, locale);
  return (
    <li
      class={`flex flex-col rounded-lg border bg-raised p-5 shadow-card sm:p-6 md:row-span-5 md:grid md:grid-rows-subgrid md:gap-y-0 ${
        mine ? "border-accent inset-ring-1 inset-ring-accent" : "border-line-strong"
      }`}
    >
      <div>
        <div class="flex min-h-8 flex-wrap items-center justify-between gap-2">
          <h2 class="font-display text-heading font-semibold">{t.names[plan]}</h2>
          {step.kind === "resume" && <Badge tone="warning">{messages(locale).app.plan.sheet.badges.canceling}</Badge>}
        </div>
        <p class="mt-1 text-muted">{t.lines[plan]}</p>
      </div>
      <div class="mt-4">
        <p class="flex flex-wrap items-baseline gap-x-2">
          <span class="font-display text-display font-extrabold">{formatMoney(cents, locale)}</span>
          {cents > 0 && <span class="text-muted">{t.per[interval]}</span>}
        </p>
        {saving && (
          <p class="mt-1 text-sm">
            <span class="font-semibold text-success">
              {fill(t.saving, { amount: formatMoney(saving.cents, locale) })}
            </span>
          </p>
        )}
      </div>
      <div class="mt-5">
        <StepAction step={step} offer={offer} interval={interval} idempotencyKey={idempotencyKey} locale={locale} />
        {trial && <p class="mt-2.5 text-sm text-muted">{trialWords(offer, cents, interval, locale)}</p>}
      </div>
      <ul class="mt-5 flex flex-col gap-2 border-t border-line pt-4">
        {now.map(({ text, detail }) => (
          <li key={text} class="flex items-start gap-2.5">
            <Icon name="check" size={18} class="mt-1 text-success" />
            <span>
              <span class="font-semibold">{text}</span>
              {detail && <span class="block text-sm text-muted">{detail}</span>}
            </span>
          </li>
        ))}
      </ul>
      <p class="mt-4 text-sm text-muted">
        {t.includes.later}: {later.join(", ")}.
      </p>
    </li>
  );
}
