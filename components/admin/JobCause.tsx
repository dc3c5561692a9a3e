import type { JobFacts } from "../../domain/ops/read-entry.ts";
import {
  fill,
  formatCredits,
  formatMoney,
  formatNumber,
  type Locale,
  localePath,
  messages,
  plural,
} from "../../locales/mod.ts";
import { Card } from "../ui/Card.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { Time } from "../ui/Time.tsx";
import { Fact, Facts, Mono } from "./Facts.tsx";
import { wordFor } from "./words.ts";

/** The work behind a charge: what was reserved and returned, every try at the provider, and what was stored. */
export function JobCause({ job, linked, locale }: {
  job: JobFacts;
  /** Whether its id leads to its own page. */
  linked?: boolean;
  locale: Locale;
}) {
  const t = messages(locale).admin.entry.job;
  const { hold, attempts, outputs } = job;
  const returned = hold?.settled_amount === null || !hold ? 0 : hold.amount - hold.settled_amount;
  return (
    <>
      <Card title={t.title}>
        <Facts>
          <Fact name={t.id}>
            {linked
              ? <a href={localePath(locale, `/admin/jobs/${job.id}`)} class="prose-link figures text-sm">{job.id}</a>
              : <Mono>{job.id}</Mono>}
          </Fact>
          <Fact name={t.model}>{job.model}</Fact>
          <Fact name={t.status}>
            {t.statuses[job.status]}
            {job.error_code && <Mono class="ml-2 text-muted">{job.error_code}</Mono>}
          </Fact>
          <Fact name={t.asked}>
            {plural(t.outputs, job.outputs_requested, locale)}
            <Time at={job.created_at} locale={locale} class="block text-sm text-muted" />
          </Fact>
          <Fact name={t.reserved}>{formatCredits(job.credits_reserved, locale)}</Fact>
          <Fact name={t.charged}>
            {formatCredits(job.credits_charged ?? 0, locale)}
            {returned > 0 && (
              <span class="block text-sm text-muted">
                {fill(t.returned, { credits: formatCredits(returned, locale) })}
              </span>
            )}
          </Fact>
          {hold && hold.grants.length > 0 && (
            <Fact name={t.drawn} wide>
              {hold.grants.map((number, index) =>
                fill(t.lot, { number, credits: formatCredits(hold.grant_amounts[index], locale) })
              ).join(", ")}
            </Fact>
          )}
        </Facts>
      </Card>
      <Card title={t.attempts} padded={false}>
        <Table
          caption={t.attemptsCaption}
          head={
            <>
              <Th numeric>{t.number}</Th>
              <Th>{t.state}</Th>
              <Th class="hidden sm:table-cell">{t.prediction}</Th>
              <Th class="hidden md:table-cell">{t.started}</Th>
              <Th class="hidden md:table-cell">{t.ended}</Th>
              <Th numeric>{t.cost}</Th>
            </>
          }
        >
          {attempts.map((attempt) => <AttemptRow key={attempt.number} attempt={attempt} locale={locale} />)}
        </Table>
      </Card>
      {outputs.length > 0 && (
        <Card title={t.stored} padded={false}>
          <Table
            caption={t.storedCaption}
            head={
              <>
                <Th numeric>{t.number}</Th>
                <Th class="hidden sm:table-cell">{t.size}</Th>
                <Th>{t.fingerprint}</Th>
              </>
            }
          >
            {outputs.map(({ position, content_type, width, height, bytes, sha256 }) => (
              <Tr key={position}>
                <Td numeric>{position + 1}</Td>
                <Td class="hidden text-sm sm:table-cell">
                  {width !== null && <span class="whitespace-nowrap">{width} × {height}</span>}
                  <span class="block whitespace-nowrap text-muted">
                    {formatNumber(bytes / 1024, locale)} KB, {content_type}
                  </span>
                </Td>
                <Td>
                  <Mono>{sha256}</Mono>
                </Td>
              </Tr>
            ))}
          </Table>
        </Card>
      )}
    </>
  );
}

function AttemptRow({ attempt, locale }: { attempt: JobFacts["attempts"][number]; locale: Locale }) {
  const t = messages(locale).admin.entry.job;
  const { number, state, prediction_id, error_code, late_result, cost_micros, started_at, ended_at } = attempt;
  return (
    <Tr>
      <Td numeric header>{number}</Td>
      <Td>
        {wordFor(t.states, state)}
        {late_result && (
          <span class="block text-sm text-warning">{fill(t.late, { state: wordFor(t.states, late_result) })}</span>
        )}
        {error_code && <Mono class="block text-muted">{error_code}</Mono>}
        {prediction_id && <Mono class="block text-muted sm:hidden">{prediction_id}</Mono>}
      </Td>
      <Td class="hidden sm:table-cell">{prediction_id && <Mono>{prediction_id}</Mono>}</Td>
      <Td class="hidden text-sm md:table-cell">
        <Time at={started_at} locale={locale} />
      </Td>
      <Td class="hidden text-sm md:table-cell">{ended_at && <Time at={ended_at} locale={locale} />}</Td>
      <Td numeric>{cost_micros !== null && formatMoney(cost_micros / 10_000, locale)}</Td>
    </Tr>
  );
}
