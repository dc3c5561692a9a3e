import type { ComponentChildren } from "preact";
import type { PlanOffer } from "../../domain/billing/list-plans.ts";
import type { PlanState } from "../../domain/billing/read-plan.ts";
import { fill, formatMoney, formatTime, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import { Badge, type Tone } from "../ui/Badge.tsx";
import { Button } from "../ui/Button.tsx";
import { Notice } from "../ui/Notice.tsx";
import { PortalForm } from "./PortalForm.tsx";
import { priceWords } from "./plan-words.ts";
import { daysUntil, type Standing, standingOf } from "./standing.ts";
import { ResumeForm } from "./StepAction.tsx";

const TONES: Partial<Record<Standing, Tone>> = {
  trialing: "info",
  trial_canceled: "warning",
  active: "success",
  canceling: "warning",
  past_due: "danger",
  stopped: "danger",
  incomplete: "warning",
};

/** What somebody is on and how it stands, in one look, with the next step first. */
export function PlanSheet({ state, offers, locale }: { state: PlanState; offers: PlanOffer[]; locale: Locale }) {
  const { plans: { names }, app: { plan: { sheet: t } } } = messages(locale);
  const standing = standingOf(state);
  const badge = t.badges[standing as keyof typeof t.badges];
  const { subscription } = state;
  return (
    <section
      aria-labelledby="your-plan"
      class="ledger-margin flex flex-col rounded-r-lg border-y border-r border-line bg-raised py-5 pr-5 pl-7 shadow-card sm:py-6 sm:pl-9"
    >
      <div class="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
        <h2 id="your-plan" class="font-display text-heading font-semibold">{t.title}</h2>
        {badge && <Badge tone={TONES[standing]}>{badge}</Badge>}
      </div>
      <p class="mt-2 flex flex-wrap items-baseline gap-x-3">
        <span class="font-display text-display font-extrabold">{names[state.plan]}</span>
        {state.plan !== "free" && subscription && (
          <span class="text-muted">{priceWords(subscription.priceCents, subscription.interval, locale)}</span>
        )}
      </p>
      <Story state={state} standing={standing} offers={offers} locale={locale} />
      <div class="mt-5 flex flex-col gap-2 sm:flex-row sm:flex-wrap">
        <Steps state={state} standing={standing} locale={locale} />
      </div>
      {/* Whoever never was at Stripe has nothing there to look at. */}
      {subscription && (
        <div class="pt-5 lg:mt-auto">
          <div class="border-t border-line pt-4">
            <PortalForm variant="secondary" size="sm" locale={locale}>{t.portal}</PortalForm>
            <p class="mt-2 text-sm text-muted">{t.portalText}</p>
          </div>
        </div>
      )}
    </section>
  );
}

interface Part {
  state: PlanState;
  standing: Standing;
  locale: Locale;
}

function Story({ state, standing, offers, locale }: Part & { offers: PlanOffer[] }) {
  const { plans: { names }, app: { plan: { sheet: t } } } = messages(locale);
  const { subscription } = state;
  const date = (at: Date) => formatTime(at, locale, { dateOnly: true });
  if (!subscription) return <Free state={state} offers={offers} locale={locale} />;
  const plan = names[subscription.plan];
  const end = date(subscription.cancelAt ?? subscription.currentPeriodEnd);
  switch (standing) {
    case "free":
      return null;
    case "ended":
    case "unfinished":
      return (
        <>
          <Free state={state} offers={offers} locale={locale} />
          <Line muted>{fill(t[standing], { plan })}</Line>
        </>
      );
    case "trialing":
      return (
        <Line>
          {plural(t.trialing, daysUntil(subscription.currentPeriodEnd, state.now), locale, {
            date: end,
            price: priceWords(subscription.priceCents, subscription.interval, locale),
          })}
        </Line>
      );
    case "trial_canceled":
      return <Line>{fill(t.trialCanceled, { date: end })}</Line>;
    case "active":
      return (
        <Line>
          {fill(t.active, { date: end, price: formatMoney(subscription.priceCents, locale) })}
        </Line>
      );
    case "canceling":
      return <Line>{fill(t.canceling, { date: end })}</Line>;
    case "past_due":
      return (
        <Notice tone="danger" title={t.pastDue.title} class="mt-4">
          {fill(t.pastDue.text, { plan, date: date(subscription.graceEndsAt ?? subscription.currentPeriodEnd) })}
        </Notice>
      );
    case "stopped":
      return (
        <>
          <Free state={state} offers={offers} locale={locale} />
          <Notice tone="danger" title={fill(t.stopped.title, { plan })} class="mt-4">{t.stopped.text}</Notice>
        </>
      );
    case "incomplete":
      return (
        <>
          <Free state={state} offers={offers} locale={locale} />
          <Notice tone="warning" title={fill(t.incomplete.title, { plan })} class="mt-4">{t.incomplete.text}</Notice>
        </>
      );
  }
}

function Free({ state, offers, locale }: { state: PlanState; offers: PlanOffer[]; locale: Locale }) {
  const { app: { plan: { sheet: t } }, units } = messages(locale);
  const allowance = offers.find(({ plan }) => plan === "free")?.includes.generations;
  return (
    <>
      <Line>{t.free}</Line>
      {allowance && (
        <Line muted>
          {fill(t.next, {
            credits: plural(units.credits, allowance, locale),
            date: formatTime(state.endsAt, locale, { dateOnly: true }),
          })}
        </Line>
      )}
    </>
  );
}

function Line({ muted, children }: { muted?: boolean; children: ComponentChildren }) {
  return <p class={muted ? "mt-1 text-muted" : "mt-4"}>{children}</p>;
}

function Steps({ state: { subscription }, standing, locale }: Part) {
  const { plans: { names }, app: { plan: { sheet: t } } } = messages(locale);
  const to = (path: string) => localePath(locale, path);
  const invoice = subscription?.openInvoiceUrl;
  const choose = (variant: "primary" | "secondary", name = t.choose) => (
    <Button variant={variant} href={to("/app/billing/plan")}>{name}</Button>
  );
  const cancel = <Button variant="ghost" href={to("/app/billing/plan/cancel")}>{t.cancel}</Button>;
  switch (standing) {
    case "trialing":
    case "active":
      return (
        <>
          {choose("secondary", t.change)}
          {cancel}
        </>
      );
    case "trial_canceled":
    case "canceling":
      return (
        <>
          {subscription && <ResumeForm name={names[subscription.plan]} class="max-sm:w-full" locale={locale} />}
          {choose("secondary", t.change)}
        </>
      );
    case "past_due":
      return (
        <>
          {invoice && <Button href={invoice}>{t.pay}</Button>}
          <PortalForm variant={invoice ? "secondary" : "primary"} class="max-sm:w-full" locale={locale}>
            {t.card}
          </PortalForm>
          {!subscription?.cancelAt && cancel}
        </>
      );
    case "incomplete":
      return (
        <>
          {invoice && <Button href={invoice}>{t.finish}</Button>}
          {choose(invoice ? "secondary" : "primary")}
        </>
      );
    case "free":
    case "ended":
    case "unfinished":
    case "stopped":
      return choose("primary");
  }
}
