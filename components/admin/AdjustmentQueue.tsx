import type { Adjustment } from "../../domain/ops/adjustment.ts";
import { type Locale, localePath, messages } from "../../locales/mod.ts";
import { AdjustmentFacts } from "./AdjustmentFacts.tsx";
import { DecisionForm } from "./DecisionForm.tsx";

/** What waits for a second operator, the oldest first, each with its decision beside it. */
export function AdjustmentQueue({ adjustments, operator, locale }: {
  adjustments: Adjustment[];
  operator: string;
  locale: Locale;
}) {
  const t = messages(locale).admin.adjustments;
  return (
    <ul class="divide-y divide-line-strong">
      {adjustments.map((adjustment) => (
        <li key={adjustment.id} class="flex flex-col gap-5 px-4 py-5 sm:px-6">
          <AdjustmentFacts adjustment={adjustment} brief locale={locale} />
          <div class="flex flex-col gap-3">
            <DecisionForm adjustment={adjustment} operator={operator} locale={locale} />
            <a
              href={localePath(locale, `/admin/ledger/adjustments/${adjustment.id}`)}
              class="prose-link inline-flex min-h-9 items-center self-start text-sm"
            >
              {t.effect.title}
            </a>
          </div>
        </li>
      ))}
    </ul>
  );
}
