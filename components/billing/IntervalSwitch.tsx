import type { BillingInterval } from "../../domain/billing/plans.ts";
import { fill, type Locale, localePath, messages } from "../../locales/mod.ts";

const INTERVALS: BillingInterval[] = ["month", "year"];

/** What a query string asks for; a month unless it says otherwise. */
export function intervalIn(query: URLSearchParams): BillingInterval {
  return query.get("interval") === "year" ? "year" : "month";
}

/** Monthly or yearly, as two links: the same page with other prices. */
export function IntervalSwitch({ path, current, savesPercent, locale }: {
  /** Without the locale's prefix. */
  path: string;
  current: BillingInterval;
  /** By a year; null where it saves nothing. */
  savesPercent: number | null;
  locale: Locale;
}) {
  const t = messages(locale).plans.switch;
  return (
    <nav aria-label={t.label}>
      <ul class="flex rounded-md border border-line-strong bg-raised p-1 sm:inline-flex">
        {INTERVALS.map((interval) => (
          <li key={interval} class="flex-1">
            <a
              href={localePath(locale, interval === "month" ? path : `${path}?interval=year`)}
              aria-current={interval === current ? "true" : undefined}
              class="flex min-h-11 items-center justify-center gap-2 rounded-sm px-4 font-semibold whitespace-nowrap hover:bg-sunken aria-[current=true]:bg-accent-soft aria-[current=true]:shadow-[inset_0_0_0_1px_var(--color-accent)]"
            >
              {t[interval]}
              {interval === "year" && savesPercent !== null && (
                <span class="text-sm text-success">{fill(t.saves, { percent: savesPercent })}</span>
              )}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
