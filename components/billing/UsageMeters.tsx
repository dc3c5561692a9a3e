import type { Usage } from "../../domain/billing/read-usage.ts";
import { type Locale, messages } from "../../locales/mod.ts";
import { Card } from "../ui/Card.tsx";
import { Bar } from "./Bar.tsx";
import { usageWords } from "./usage-words.ts";

const TEXT = { danger: "text-danger", warning: "text-warning" };

/** What the plan includes and what of it is used. The numbers say what the bars show. */
export function UsageMeters({ usage, locale }: { usage: Usage[]; locale: Locale }) {
  return (
    <Card title={messages(locale).app.plan.usage.title}>
      <ul class="flex flex-col gap-4">
        {usage.map((one) => {
          const { name, count, tone, state, note } = usageWords(one, locale);
          return (
            <li key={one.entitlement}>
              <p class="mb-1 flex flex-wrap items-baseline justify-between gap-x-4">
                <span class="font-semibold">{name}</span>
                <span class="tabular-nums">{count}</span>
              </p>
              {one.limit !== null && <Bar used={one.used} limit={one.limit} tone={tone} />}
              {(state || note) && (
                <p class="mt-1 flex flex-wrap gap-x-2 text-sm text-muted">
                  {state && <b class={TEXT[tone as keyof typeof TEXT]}>{state}.</b>}
                  {note && <span>{note}</span>}
                </p>
              )}
            </li>
          );
        })}
      </ul>
    </Card>
  );
}
