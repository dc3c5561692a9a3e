import type { PlanOffer } from "../../domain/billing/list-plans.ts";
import type { PlanStep } from "../../domain/billing/plan-step.ts";
import type { BillingInterval } from "../../domain/billing/plans.ts";
import { fill, formatTime, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import { Button, type ButtonVariant } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";

/** The button under a plan: a link where something is looked at first, a form where Stripe's page opens. */
export function StepAction({ step, offer: { plan, trialDays }, interval, idempotencyKey, locale }: {
  step: PlanStep;
  offer: PlanOffer;
  interval: BillingInterval;
  idempotencyKey: string;
  locale: Locale;
}) {
  const { plans: t, app: { plan: words } } = messages(locale);
  const to = (path: string) => localePath(locale, path);
  const name = t.names[plan];
  // The plan most people want has the button one sees first.
  const variant: ButtonVariant = plan === "pro" ? "primary" : "secondary";
  switch (step.kind) {
    case "sign_up": {
      const next = plan === "free" ? "/app" : `/app/billing/plan${interval === "year" ? "?interval=year" : ""}`;
      return (
        <Button variant={variant} class="w-full" href={`${to("/sign-up")}?next=${encodeURIComponent(to(next))}`}>
          {plan === "free"
            ? t.actions.free
            : trialDays > 0
            ? plural(t.trial.start, trialDays, locale, { plan: name })
            : fill(t.actions.signUp, { plan: name })}
        </Button>
      );
    }
    case "subscribe":
      return (
        <form method="post" action={to("/app/billing/plan?send")}>
          <input type="hidden" name="plan" value={plan} />
          <input type="hidden" name="interval" value={interval} />
          <input type="hidden" name="idempotency_key" value={idempotencyKey} />
          <Button type="submit" variant={variant} class="w-full">
            {step.trialDays > 0
              ? plural(t.trial.start, step.trialDays, locale, { plan: name })
              : fill(t.actions.subscribe, { plan: name })}
          </Button>
        </form>
      );
    case "change":
      return (
        <Button
          variant={step.direction === "downgrade" ? "secondary" : "primary"}
          class="w-full"
          href={to(`/app/billing/plan/change?${new URLSearchParams({ plan, interval })}`)}
        >
          {fill(t.actions[step.direction], { plan: name })}
        </Button>
      );
    case "cancel":
      return <Button variant="ghost" class="w-full" href={to("/app/billing/plan/cancel")}>{t.actions.cancel}</Button>;
    case "resume":
      return <ResumeForm name={name} class="w-full" locale={locale} />;
    case "ends":
      return (
        <p class="flex min-h-11 items-center text-muted">
          {fill(words.choose.ends, { date: formatTime(step.at, locale, { dateOnly: true }) })}
        </p>
      );
    case "current":
      return (
        <p class="flex min-h-11 items-center gap-2 font-semibold text-success">
          <Icon name="check" />
          {t.actions.current}
        </p>
      );
    case "none":
      return <p class="min-h-11 text-sm text-muted">{t.blocked[step.reason]}</p>;
  }
}

/** Takes a cancellation back. `name` is the plan's. */
export function ResumeForm({ name, locale, variant, size, class: place }: {
  name: string;
  locale: Locale;
  variant?: ButtonVariant;
  size?: "sm" | "md";
  class?: string;
}) {
  return (
    <form method="post" action={localePath(locale, "/app/billing/plan/resume")}>
      <Button type="submit" variant={variant} size={size} class={place}>
        {fill(messages(locale).app.plan.sheet.resume, { plan: name })}
      </Button>
    </form>
  );
}
