import type { ComponentChildren } from "preact";
import type { JobEngine } from "../../domain/ops/read-job-engine.ts";
import { fill, formatNumber, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import { Badge } from "../ui/Badge.tsx";
import { Card } from "../ui/Card.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { Time } from "../ui/Time.tsx";
import { Sentence } from "./Breaches.tsx";
import { Fact, Facts, Mono } from "./Facts.tsx";

/** Seconds after which a worker that was not seen counts as silent. */
const SILENT = 60;

/** What waits and what runs, as large figures; and what the last hour brought. */
export function EngineNow({ engine, letters, locale }: {
  engine: JobEngine;
  letters: { open: number; open_last_day: number };
  locale: Locale;
}) {
  const { now: t, hour } = messages(locale).admin.jobs;
  const { line, running, overdue, last_hour } = engine;
  const { started, succeeded, failed, canceled } = last_hour;
  const number = (n: number) => <Figure>{formatNumber(n, locale)}</Figure>;
  return (
    <>
      <Card title={t.title}>
        <dl class="grid gap-x-8 gap-y-5 sm:grid-cols-2 lg:grid-cols-5">
          <Fact name={t.inLine}>
            {number(line.in_line)}
            {line.oldest_at && (
              <Note>
                <Sentence template={t.oldest} at={line.oldest_at} locale={locale} />
              </Note>
            )}
          </Fact>
          <Fact name={t.turn}>
            {number(line.waits_for_turn)}
            <Note>{t.turnText}</Note>
          </Fact>
          <Fact name={t.time}>
            {number(line.waits_for_time)}
            <Note>{t.timeText}</Note>
          </Fact>
          <Fact name={t.running}>
            {number(running)}
            {overdue > 0
              ? <span class="block text-sm font-semibold text-danger">{plural(t.overdue, overdue, locale)}</span>
              : running > 0 && <Note>{t.healthy}</Note>}
          </Fact>
          <Fact name={t.letters}>
            <a href={localePath(locale, "/admin/dead-letters")} class="prose-link">{number(letters.open)}</a>
            {letters.open_last_day > 0 && (
              <span class="block text-sm font-semibold text-danger">
                {plural(t.lettersText, letters.open_last_day, locale)}
              </span>
            )}
          </Fact>
        </dl>
      </Card>
      <Card title={hour.title}>
        <dl class="grid grid-cols-2 gap-x-8 gap-y-5 sm:grid-cols-3 lg:grid-cols-5">
          <Fact name={hour.started}>{number(started)}</Fact>
          <Fact name={hour.succeeded}>{number(succeeded)}</Fact>
          <Fact name={hour.failed}>{number(failed)}</Fact>
          <Fact name={hour.canceled}>{number(canceled)}</Fact>
          <Fact name={hour.open}>{number(started - succeeded - failed - canceled)}</Fact>
        </dl>
      </Card>
    </>
  );
}

function Figure({ children }: { children: string }) {
  return <span class="font-display text-title font-bold tabular-nums">{children}</span>;
}

function Note({ children }: { children: ComponentChildren }) {
  return <span class="block text-sm text-muted">{children}</span>;
}

/** Who works, and who has gone silent. */
export function WorkerTable({ workers, now, locale }: { workers: JobEngine["workers"]; now: Date; locale: Locale }) {
  const t = messages(locale).admin.jobs.workers;
  return (
    <Card title={t.title} padded={false}>
      {workers.length === 0 ? <p class="px-4 py-4 text-muted sm:px-6">{t.none}</p> : (
        <Table
          caption={t.caption}
          head={
            <>
              <Th>{t.name}</Th>
              <Th numeric>{t.load}</Th>
              <Th class="hidden sm:table-cell">{t.seen}</Th>
              <Th class="hidden md:table-cell">{t.since}</Th>
            </>
          }
        >
          {workers.map(({ name, seen_at, started_at, concurrency, running }) => {
            const silent = now.getTime() - Date.parse(seen_at) > SILENT * 1_000;
            return (
              <Tr key={name}>
                <Td header>
                  <Mono class="font-normal">{name}</Mono>
                  {silent && <Badge tone="danger" class="ml-2">{t.silent}</Badge>}
                  <Time at={seen_at} locale={locale} class="block text-sm font-normal text-muted sm:hidden" />
                </Td>
                <Td numeric>{formatNumber(running, locale)} / {formatNumber(concurrency, locale)}</Td>
                <Td class="hidden text-sm sm:table-cell">
                  <Time at={seen_at} locale={locale} />
                </Td>
                <Td class="hidden text-sm text-muted md:table-cell">
                  <Time at={started_at} locale={locale} />
                </Td>
              </Tr>
            );
          })}
        </Table>
      )}
    </Card>
  );
}

/** How much the provider lets us begin. */
export function ProviderLimits({ engine, names, locale }: {
  engine: JobEngine;
  /** Of models, by slug. */
  names: Record<string, string>;
  locale: Locale;
}) {
  const t = messages(locale).admin.jobs.provider;
  const { limits, creates_per_minute, last_hour } = engine;
  const rate = (n: number | null) => n ? fill(t.each, { n: formatNumber(n, locale) }) : t.unlimited;
  return (
    <Card title={t.title} padded={false}>
      <div class="p-4 sm:p-6">
        <Facts narrow>
          <Fact name={t.all}>
            {rate(creates_per_minute)}
            <Note>{fill(t.used, { n: formatNumber(last_hour.last_minute, locale) })}</Note>
          </Fact>
        </Facts>
        {limits.length === 0 && <p class="mt-4 text-muted">{t.none}</p>}
      </div>
      {limits.length > 0 && (
        <Table
          caption={t.caption}
          head={
            <>
              <Th>{t.model}</Th>
              <Th>{t.limit}</Th>
              <Th>{t.paused}</Th>
            </>
          }
        >
          {limits.map(({ model, creates_per_minute, paused_until }) => (
            <Tr key={model}>
              <Td header>{names[model] ?? model}</Td>
              <Td>{rate(creates_per_minute)}</Td>
              <Td>{paused_until ? <Time at={paused_until} locale={locale} /> : t.notPaused}</Td>
            </Tr>
          ))}
        </Table>
      )}
    </Card>
  );
}
