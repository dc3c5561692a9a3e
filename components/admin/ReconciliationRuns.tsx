import type { ReconciliationRun } from "../../domain/ops/read-billing.ts";
import { fill, formatNumber, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import { Button } from "../ui/Button.tsx";
import { Card } from "../ui/Card.tsx";
import { Field } from "../ui/Field.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { Time } from "../ui/Time.tsx";
import { effectWords } from "./billing-words.ts";
import { wordFor } from "./words.ts";

/** Comparisons with Stripe's lists, what each repaired, and the form that begins one. */
export function ReconciliationRuns({ runs, days, error, locale }: {
  runs: ReconciliationRun[];
  /** As it was written. */
  days: string;
  error?: string;
  locale: Locale;
}) {
  const t = messages(locale).admin.billing.runs;
  return (
    <Card title={t.title} padded={false}>
      <div class="flex flex-col gap-4 px-4 py-4 sm:px-6">
        <p class="max-w-prose text-sm text-muted">{t.text}</p>
        <form method="post" action={localePath(locale, "/admin/billing")} class="flex flex-wrap items-start gap-3">
          <Field
            label={t.days}
            name="days"
            value={days}
            hint={t.daysHint}
            error={error}
            inputMode="numeric"
            autocomplete="off"
            maxLength={2}
            class="w-44"
          />
          <Button type="submit" name="act" value="reconcile" variant="secondary" class="mt-8">{t.start}</Button>
        </form>
      </div>
      {runs.length === 0 ? <p class="border-t border-line px-4 py-4 text-muted sm:px-6">{t.none}</p> : (
        <Table
          class="border-t border-line"
          caption={t.caption}
          head={
            <>
              <Th>{t.started}</Th>
              <Th class="hidden sm:table-cell">{t.since}</Th>
              <Th numeric class="hidden sm:table-cell">{t.compared}</Th>
              <Th>{t.repaired}</Th>
            </>
          }
        >
          {runs.map((run) => <Row key={run.id} run={run} locale={locale} />)}
        </Table>
      )}
    </Card>
  );
}

function Row({ run, locale }: { run: ReconciliationRun; locale: Locale }) {
  const t = messages(locale).admin.billing.runs;
  const { started_at, finished_at, since, compared, repaired, error } = run;
  return (
    <Tr>
      <Td header class="text-sm">
        <Time at={started_at} locale={locale} />
        <span class="block font-normal text-muted sm:hidden">{t.compared}: {formatNumber(compared, locale)}</span>
      </Td>
      <Td class="hidden text-sm sm:table-cell">
        <Time at={since} locale={locale} />
      </Td>
      <Td numeric class="hidden sm:table-cell">{formatNumber(compared, locale)}</Td>
      <Td>
        {finished_at === null ? <span class="text-warning">{t.running}</span> : null}
        {error && <span class="block text-sm text-danger wrap-anywhere">{fill(t.failed, { reason: error })}</span>}
        {repaired.length === 0 && finished_at && !error && <span class="text-muted">{t.nothing}</span>}
        {repaired.length > 0 && (
          <details>
            <summary class="inline-flex min-h-11 items-center gap-2 rounded-md font-semibold underline decoration-accent decoration-[1.5px] underline-offset-4">
              {plural(t.objects, repaired.length, locale)}
              <Icon name="chevron-down" size={18} />
            </summary>
            <ul class="flex flex-col gap-2 text-sm">
              {repaired.map(({ kind, id, effects }) => (
                <li key={`${kind} ${id}`}>
                  {wordFor(t.kinds, kind)}{" "}
                  <a
                    href={localePath(locale, `/admin/webhooks?${new URLSearchParams({ object: id })}`)}
                    class="prose-link figures wrap-anywhere"
                  >
                    {id}
                  </a>
                  <span class="block text-muted">{effectWords(effects, locale).join(", ")}</span>
                </li>
              ))}
            </ul>
          </details>
        )}
      </Td>
    </Tr>
  );
}
