import type { JobStory } from "../../domain/ops/read-job-story.ts";
import { fill, formatNumber, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Badge } from "../ui/Badge.tsx";
import { Card } from "../ui/Card.tsx";
import { Time } from "../ui/Time.tsx";
import { Who } from "./AdjustmentFacts.tsx";
import { Sentence } from "./Breaches.tsx";
import { Fact, Facts, Mono } from "./Facts.tsx";
import { LETTER_TONES, shortId } from "./letter-words.ts";
import { microMoney } from "./MarginTable.tsx";
import { personName, wordFor } from "./words.ts";

/** Whose job it is, where it stands, and what became of it as a dead letter. */
export function JobStanding({ job, locale }: { job: JobStory; locale: Locale }) {
  const { one: t, reasons } = messages(locale).admin.jobs;
  const { user_id, email, priority, attempts, max_attempts, batch_id, error_code, error_message } = job;
  const linked = (id: string) => (
    <a href={localePath(locale, `/admin/jobs/${id}`)} class="prose-link figures text-sm">{shortId(id)}</a>
  );
  return (
    <Card title={t.stands}>
      <Facts>
        <Fact name={t.who}>
          <a href={localePath(locale, `/admin/ledger/accounts/${user_id}`)} class="prose-link">
            {personName(email, user_id, locale)}
          </a>
        </Fact>
        <Fact name={messages(locale).admin.entry.job.status}>
          <Standing job={job} locale={locale} />
        </Fact>
        <Fact name={t.tries}>
          {fill(t.triesOf, { n: formatNumber(attempts.length, locale), max: formatNumber(max_attempts, locale) })}
        </Fact>
        <Fact name={t.priority}>{t.priorities[`${priority}`]}</Fact>
        {job.retry_of && <Fact name={t.retryOf}>{linked(job.retry_of)}</Fact>}
        {job.retried_as && <Fact name={t.retriedAs}>{linked(job.retried_as)}</Fact>}
        {batch_id && (
          <Fact name={t.batch}>
            <Mono>{batch_id}</Mono>
          </Fact>
        )}
        {job.dead_letter && (
          <Fact name={t.letter}>
            <Letter letter={job.dead_letter} locale={locale} />
          </Fact>
        )}
        {error_code && (
          <Fact name={t.error} wide>
            {wordFor(reasons, error_code)}
            {error_message && <Mono class="block text-muted">{error_message}</Mono>}
          </Fact>
        )}
      </Facts>
      <p class="mt-5 text-sm text-muted">{t.notHere}</p>
    </Card>
  );
}

function Standing({ job: { line, lease, finished_at, status }, locale }: { job: JobStory; locale: Locale }) {
  const { jobs: { one: t }, entry: { job: { statuses } } } = messages(locale).admin;
  const small = "block text-sm text-muted";
  if (line?.waits_for === "time") return <Sentence template={t.lineTime} at={line.run_at} locale={locale} />;
  if (line?.waits_for === "turn") return <>{t.lineTurn}</>;
  if (line) return <>{fill(t.lineNow, { place: formatNumber(line.place ?? 0, locale) })}</>;
  if (lease) {
    return (
      <>
        {fill(t.leased, { worker: lease.worker })}
        <span class={small}>
          <Sentence template={t.nextCheck} at={lease.next_check_at} locale={locale} />
        </span>
        <span class={small}>
          <Sentence template={t.deadline} at={lease.deadline_at} locale={locale} />
        </span>
      </>
    );
  }
  return (
    <>
      {statuses[status]}
      {finished_at && <Time at={finished_at} locale={locale} class={small} />}
    </>
  );
}

function Letter({ letter, locale }: { letter: NonNullable<JobStory["dead_letter"]>; locale: Locale }) {
  const t = messages(locale).admin.jobs.one;
  const { state, handled_at, handled_by, handled_by_email, died_at } = letter;
  return (
    <>
      <Badge tone={LETTER_TONES[state]}>{t.states[state]}</Badge>
      {handled_by && (
        <span class="mt-1 block text-sm">
          <Who email={handled_by_email} id={handled_by} locale={locale} />
        </span>
      )}
      <Time at={handled_at ?? died_at} locale={locale} class="block text-sm text-muted" />
    </>
  );
}

/** What it cost us, and what it brought. */
export function JobMoney({ job, locale }: { job: JobStory; locale: Locale }) {
  const t = messages(locale).admin.jobs.one;
  const { cost_micros, revenue_micros, margin_micros, covered_by_plan, retry_of } = job;
  const money = (micros: number | null) => micros === null ? t.unknown : microMoney(micros, locale);
  return (
    <Card title={t.money}>
      <Facts>
        <Fact name={t.cost}>{money(cost_micros)}</Fact>
        <Fact name={t.revenue}>{money(revenue_micros)}</Fact>
        <Fact name={t.margin}>
          <span class={margin_micros !== null && margin_micros < 0 ? "font-semibold text-danger" : ""}>
            {money(margin_micros)}
          </span>
        </Fact>
        <Fact name={t.payer}>{t.payers[retry_of ? "house" : covered_by_plan ? "plan" : "customer"]}</Fact>
      </Facts>
    </Card>
  );
}
