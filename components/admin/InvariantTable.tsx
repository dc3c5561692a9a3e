import type { Invariant } from "../../domain/ops/read-books.ts";
import { fill, formatNumber, type Locale, messages, plural } from "../../locales/mod.ts";
import { Badge } from "../ui/Badge.tsx";
import { Card } from "../ui/Card.tsx";
import { Progress } from "../ui/Progress.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { Time } from "../ui/Time.tsx";
import { Sentence } from "./Breaches.tsx";
import { invariantWords } from "./words.ts";

/** What is checked, how it stands, and when and how much of it was looked at. */
export function InvariantTable({ invariants, now, locale }: { invariants: Invariant[]; now: Date; locale: Locale }) {
  const t = messages(locale).admin.ledger.invariants;
  return (
    <Card title={t.title} padded={false}>
      <Table
        caption={t.caption}
        head={
          <>
            <Th>{t.name}</Th>
            <Th>{t.state}</Th>
            <Th class="hidden md:table-cell">{t.lastRun}</Th>
            <Th numeric class="hidden sm:table-cell">{t.rows}</Th>
            <Th class="hidden sm:table-cell">{t.pass}</Th>
            <Th class="hidden xl:table-cell">{t.next}</Th>
          </>
        }
      >
        {invariants.map((each) => <Row key={each.name} invariant={each} now={now} locale={locale} />)}
      </Table>
    </Card>
  );
}

function Row({ invariant, now, locale }: { invariant: Invariant; now: Date; locale: Locale }) {
  const t = messages(locale).admin.ledger.invariants;
  const { name, text } = invariantWords(invariant.name, locale, invariant.description);
  const { last_run_at, last_checked, last_ms, pass_checked, passes, next_run_at } = invariant;
  const end = endOfPass(invariant, now);
  return (
    <Tr>
      <Td header class="min-w-44">
        {name}
        <span class="block text-sm font-normal text-muted">{text}</span>
        {last_run_at && (
          <Time
            at={last_run_at}
            locale={locale}
            class="block text-sm font-normal text-muted md:hidden"
          />
        )}
      </Td>
      <Td>
        <State invariant={invariant} locale={locale} />
      </Td>
      <Td class="hidden text-sm md:table-cell">
        {last_run_at && (
          <>
            <Time at={last_run_at} locale={locale} class="block" />
            <span class="text-muted">{fill(t.ms, { n: formatNumber(last_ms, locale) })}</span>
          </>
        )}
      </Td>
      <Td numeric class="hidden sm:table-cell">
        {formatNumber(pass_checked, locale)}
        <span class="block text-sm text-muted">{fill(t.slice, { n: formatNumber(last_checked, locale) })}</span>
      </Td>
      <Td class="hidden min-w-36 sm:table-cell">
        {invariant.progress === null ? <span class="block">{passes > 0 ? t.done : "–"}</span> : (
          <>
            <Progress value={invariant.progress} label={fill(t.progress, { name })} class="my-2" />
            <span class="block">{fill(t.percent, { n: Math.floor(invariant.progress * 100) })}</span>
          </>
        )}
        <span class="block text-sm text-muted">{plural(t.passes, passes, locale)}</span>
      </Td>
      <Td class="hidden text-sm xl:table-cell">
        {next_run_at && <Time at={next_run_at} locale={locale} class="block" />}
        {end && (
          <span class="block text-muted">
            <Sentence template={t.nextPass} at={end} locale={locale} />
          </span>
        )}
      </Td>
    </Tr>
  );
}

function State({ invariant: { open_breaches, check_failed, last_run_at }, locale }: {
  invariant: Invariant;
  locale: Locale;
}) {
  const t = messages(locale).admin.ledger.invariants;
  if (check_failed) return <Badge tone="danger">{t.failed}</Badge>;
  if (open_breaches > 0) return <Badge tone="danger">{plural(t.broken, open_breaches, locale)}</Badge>;
  return last_run_at ? <Badge tone="success">{t.holds}</Badge> : <Badge tone="warning">{t.waiting}</Badge>;
}

/** When the present pass will have seen everything, if it goes on as it did. */
function endOfPass({ progress, pass_started_at }: Invariant, now: Date): Date | null {
  if (!progress || !pass_started_at) return null;
  const spent = now.getTime() - pass_started_at.getTime();
  return new Date(now.getTime() + spent * (1 - progress) / progress);
}
