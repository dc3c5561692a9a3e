import type { JobEvent, JobStory } from "../../domain/ops/read-job-story.ts";
import { fill, formatNumber, formatSigned, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Card } from "../ui/Card.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { Time } from "../ui/Time.tsx";
import { Sentence } from "./Breaches.tsx";
import { Mono, Raw } from "./Facts.tsx";
import { wordFor } from "./words.ts";

/** What happened to a job, who did it and why. */
export function JobTimeline({ events, locale }: { events: JobEvent[]; locale: Locale }) {
  const { one: t } = messages(locale).admin.jobs;
  return (
    <Card title={t.timeline} padded={false}>
      <Table
        caption={t.timelineCaption}
        head={
          <>
            <Th class="hidden md:table-cell">{t.when}</Th>
            <Th>{t.what}</Th>
            <Th>{t.whom}</Th>
          </>
        }
      >
        {events.map((event) => <Row key={event.id} event={event} since={events[0].at} locale={locale} />)}
      </Table>
    </Card>
  );
}

function Row({ event: { at, event, actor, attempt, reason, detail }, since, locale }: {
  event: JobEvent;
  /** When the first was. */
  since: string;
  locale: Locale;
}) {
  const { one: t, reasons } = messages(locale).admin.jobs;
  const seconds = (Date.parse(at) - Date.parse(since)) / 1000;
  const later = seconds > 0 && <span class="tabular-nums">{formatSigned(seconds, locale)} s</span>;
  return (
    <Tr>
      <Td class="hidden text-sm text-muted md:table-cell">
        <Time at={at} locale={locale} class="block" />
        {later}
      </Td>
      <Td>
        <span class="font-semibold">{wordFor(t.events, event)}</span>
        {attempt !== null && <span class="text-muted">, {fill(t.try, { n: formatNumber(attempt, locale) })}</span>}
        {reason && <span class="block text-sm">{wordFor(reasons, reason)}</span>}
        <span class="block text-sm text-muted md:hidden">
          <Time at={at} locale={locale} /> {later}
        </span>
        {detail && <Raw name={t.details} value={detail} />}
      </Td>
      <Td>{t.actors[actor]}</Td>
    </Tr>
  );
}

/** What the provider said of each try, and whether it was told to stop. */
export function JobPredictions({ predictions, locale }: { predictions: JobStory["predictions"]; locale: Locale }) {
  const { one: t } = messages(locale).admin.jobs;
  const made = predictions.filter(({ prediction_id }) => prediction_id !== null);
  return (
    <Card title={t.predictions} padded={made.length === 0}>
      {made.length === 0 ? <p class="text-muted">{t.predictionsNone}</p> : (
        <ul class="divide-y divide-line">
          {made.map(({ number, prediction_id, metrics, error_message, cancel_wanted_at, cancel_sent_at }) => (
            <li key={number} class="px-4 py-3 sm:px-6">
              <Mono class="font-semibold">{prediction_id}</Mono>
              <span class="ml-2 text-sm text-muted">{fill(t.try, { n: formatNumber(number, locale) })}</span>
              {error_message && <Mono class="block text-muted">{error_message}</Mono>}
              {cancel_wanted_at && (
                <span class="block text-sm">
                  <Sentence
                    template={cancel_sent_at ? t.cancelSent : t.cancelWanted}
                    at={cancel_sent_at ?? cancel_wanted_at}
                    locale={locale}
                  />
                </span>
              )}
              {metrics && Object.keys(metrics).length > 0 && <Raw name={t.metrics} value={metrics} />}
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

/** The entries that it led to, each leading to its proof. */
export function JobEntries({ job: { entries, user_id }, locale }: { job: JobStory; locale: Locale }) {
  const { jobs: { one: t }, entry: { kinds } } = messages(locale).admin;
  return (
    <Card title={t.entries} padded={entries.length === 0}>
      {entries.length === 0 ? <p class="text-muted">{t.entriesNone}</p> : (
        <Table
          caption={t.entriesCaption}
          head={
            <>
              <Th numeric>{t.number}</Th>
              <Th>{t.what}</Th>
              <Th numeric>{t.change}</Th>
              <Th numeric class="hidden sm:table-cell">{t.balance}</Th>
            </>
          }
        >
          {entries.map(({ seq, kind, amount, balance_after, ref, created_at }) => (
            <Tr key={seq}>
              <Td numeric header>
                <a href={localePath(locale, `/admin/ledger/accounts/${user_id}/${seq}`)} class="prose-link">
                  {formatNumber(seq, locale)}
                </a>
              </Td>
              <Td>
                {kinds[kind]}
                <Mono class="block text-muted">{ref}</Mono>
                <Time at={created_at} locale={locale} class="block text-sm text-muted" />
              </Td>
              <Td numeric>{formatSigned(amount, locale)}</Td>
              <Td numeric class="hidden sm:table-cell">{formatNumber(balance_after, locale)}</Td>
            </Tr>
          ))}
        </Table>
      )}
    </Card>
  );
}
