import type { Usage } from "../../domain/billing/entitlements/read-usage.ts";
import { type Locale, messages } from "../../locales/mod.ts";
import { Card } from "../ui/Card.tsx";
import { Bar } from "./Bar.tsx";
import { NOT_OPEN_YET } from "./plan-words.ts";
import { usageWords } from "./usage-words.ts";

const TEXT = { danger: "text-danger", warning: "text-warning" };

/** What the plan includes and what of it is used, pictures first. The numbers say what the bars show. */
export function UsageMeters({ usage, locale }: { usage: Usage[]; locale: Locale }) {
  const t = messages(locale).app.plan.usage;
  const open = usage.filter(({ entitlement }) => !NOT_OPEN_YET.has(entitlement));
  const later = usage.filter(({ entitlement }) => NOT_OPEN_YET.has(entitlement));
  return (
    <Card title={t.title}>
      <ul class="grid gap-x-8 gap-y-5 sm:grid-cols-2">
        {open.map((one) => <Meter key={one.entitlement} usage={one} locale={locale} />)}
      </ul>
      {later.length > 0 && (
        <>
          <h3 class="mt-5 border-t border-line pt-4 text-sm text-muted">{t.later}</h3>
          <ul class="mt-2 grid gap-x-8 gap-y-4 sm:grid-cols-3">
            {later.map((one) => <Meter key={one.entitlement} usage={one} narrow locale={locale} />)}
          </ul>
        </>
      )}
    </Card>
  );
}

/** The main one is large; the others are small, with the count under the name where they are narrow. */
function Meter({ usage, narrow, locale }: { usage: Usage; narrow?: boolean; locale: Locale }) {
  const { name, count, tone, state, note } = usageWords(usage, locale);
  const main = usage.entitlement === "generations";
  return (
    <li class={main ? "sm:col-span-2" : "text-sm"}>
      <p class={`mb-1 flex flex-wrap items-baseline justify-between gap-x-3 ${narrow ? "sm:block" : ""}`}>
        <span class="block font-semibold">{name}</span>
        <span class={`tabular-nums ${main ? "text-lg font-bold" : ""}`}>{count}</span>
      </p>
      {usage.limit !== null && usage.limit > 0 && <Bar used={usage.used} limit={usage.limit} tone={tone} />}
      {(state || note) && (
        <p class="mt-1 flex flex-wrap gap-x-2 text-sm text-muted">
          {state && <b class={TEXT[tone as keyof typeof TEXT]}>{state}.</b>}
          {note && <span>{note}</span>}
        </p>
      )}
    </li>
  );
}
