import { entryWords } from "../../../components/credits/entry-words.ts";
import { type KnownModels, knownModels, madeWords } from "../../../components/credits/made-words.ts";
import { PageHead } from "../../../components/layout/PageHead.tsx";
import { Button } from "../../../components/ui/Button.tsx";
import { Card } from "../../../components/ui/Card.tsx";
import { Credits } from "../../../components/ui/Credits.tsx";
import { EmptyState } from "../../../components/ui/EmptyState.tsx";
import { PageHeader } from "../../../components/ui/PageHeader.tsx";
import { Pagination } from "../../../components/ui/Pagination.tsx";
import { Table, Td, Th, Tr } from "../../../components/ui/Table.tsx";
import { Time } from "../../../components/ui/Time.tsx";
import { readOffer } from "../../../domain/catalogue/read-offer.ts";
import type { Pack } from "../../../domain/billing/list-packs.ts";
import { type Entry, listEntries } from "../../../domain/credits/list-entries.ts";
import { type Expiring, listExpiring } from "../../../domain/credits/list-expiring.ts";
import { type Hold, listHolds } from "../../../domain/credits/list-holds.ts";
import { pageRequest } from "../../../domain/pages.ts";
import LocalTimes from "../../../islands/time/local-times.tsx";
import {
  fill,
  formatCredits,
  formatMoney,
  formatNumber,
  type Locale,
  localePath,
  messages,
} from "../../../locales/mod.ts";
import { handler, page } from "./$index.ts";

const PAGE = 20;
/** Ends of lots shown here; all of them are on the page of lots. */
const ENDS = 3;
const FORMATS = ["csv", "jsonl", "pdf"] as const;

export const handlers = handler({
  GET: async ({ state: { services, session }, url }) => {
    const { cursor } = pageRequest(url.searchParams);
    const { models, packs } = await readOffer(services);
    const [list, holds, ends] = await services.db.asUser(
      session.claims,
      (sql) => Promise.all([listEntries(sql, { limit: PAGE, cursor }), listHolds(sql), listExpiring(sql, ENDS)]),
    );
    return { data: { ...list, holds, ends, models, packs } };
  },
});

export default page(({ data, state: { balance, locale } }) => {
  const { entries, nextCursor, previousCursor, holds, ends, models, packs } = data;
  const { app: { credits: t }, pages } = messages(locale);
  const known = knownModels(models);
  const to = (path: string) => localePath(locale, path);
  const pageOf = (cursor: string | null) => cursor ? to(`/app/credits?${new URLSearchParams({ cursor })}`) : undefined;
  return (
    <>
      <PageHead title={`${t.title} · Kredo`} />
      <PageHeader title={t.title} lead={t.lead} actions={<Button href={to("/app/billing#packs")}>{t.buy}</Button>} />
      <dl class="ledger-margin mb-8 grid gap-y-4 rounded-r-lg border-y border-r border-line bg-raised py-5 pr-5 pl-7 shadow-card sm:flex sm:gap-x-14 sm:pl-9">
        <Figure name={t.available} note={t.availableText} amount={balance.available} locale={locale} main />
        <Figure name={t.held} note={t.heldText} amount={balance.held} locale={locale} />
        {balance.debt > 0 && (
          <Figure name={t.debt} note={debtNote(balance.debt, packs, locale)} amount={balance.debt} locale={locale} />
        )}
      </dl>
      {previousCursor === null && <Ends ends={ends} locale={locale} />}
      {holds.length > 0 && <Holds holds={holds} models={known} locale={locale} />}
      {entries.length > 0
        ? <Entries entries={entries} models={known} locale={locale} />
        : <EmptyState title={t.empty.title} text={t.empty.text} />}
      <Pagination
        class="mt-6"
        prev={pageOf(previousCursor)}
        next={pageOf(nextCursor)}
        labels={{ nav: pages.nav, prev: pages.newer, next: pages.older }}
      />
      <LocalTimes />
    </>
  );
});

/** Which pack gets somebody out of debt: the smallest that does it alone. */
function debtNote(debt: number, packs: Pack[], locale: Locale): string {
  const t = messages(locale).app.credits;
  const [pack] = packs.filter(({ credits }) => credits >= debt).sort((a, b) => a.credits - b.credits);
  return pack
    ? fill(t.debtClears, {
      pack: formatNumber(pack.credits, locale),
      price: formatMoney(pack.price_cents, locale),
      left: formatCredits(pack.credits - debt, locale),
    })
    : t.debtText;
}

function Figure(
  { name, note, amount, locale, main }: { name: string; note: string; amount: number; locale: Locale; main?: boolean },
) {
  return (
    <div>
      <dt class="text-sm text-muted">{name}</dt>
      <dd class="font-display text-title font-bold">
        <span class={`inline-block min-w-[1.5em] ${main ? "total-rule" : ""}`}>{formatNumber(amount, locale)}</span>
      </dd>
      <dd class="mt-1 text-sm text-muted">{note}</dd>
    </div>
  );
}

function Ends({ ends, locale }: { ends: Expiring[]; locale: Locale }) {
  const { expiring: t } = messages(locale).app.credits;
  return (
    <Card
      title={t.title}
      class="mb-8"
      padded={false}
      actions={<a href={localePath(locale, "/app/credits/grants")} class="prose-link">{t.lots}</a>}
    >
      {ends.length > 0
        ? (
          <ul>
            {ends.map(({ credits, at }) => (
              <li
                key={at.getTime()}
                class="flex items-baseline justify-between gap-x-6 border-b border-line px-4 py-3 last:border-b-0 sm:px-6"
              >
                <Time at={at} locale={locale} />
                <Credits amount={credits} locale={locale} class="font-semibold" />
              </li>
            ))}
          </ul>
        )
        : <p class="px-4 py-3 text-muted sm:px-6">{t.none}</p>}
    </Card>
  );
}

function Holds({ holds, models, locale }: { holds: Hold[]; models: KnownModels; locale: Locale }) {
  const { credits: t } = messages(locale).app;
  return (
    <Card title={t.holds} class="mb-8" padded={false}>
      <ul>
        {holds.map(({ id, amount, model, outputs_requested, created_at }) => (
          <li
            key={id}
            class="flex items-baseline justify-between gap-x-6 border-b border-line px-4 py-3 sm:px-6"
          >
            <span>
              <a href={localePath(locale, `/app/jobs/${id}`)} class="prose-link">
                {madeWords(model, outputs_requested, models, locale)}
              </a>
              <Time at={created_at} locale={locale} class="block text-sm text-muted sm:ml-3 sm:inline" />
            </span>
            <Credits amount={amount} locale={locale} class="tabular-nums" />
          </li>
        ))}
      </ul>
      <p class="px-4 py-3 text-sm text-muted sm:px-6">{t.holdsText}</p>
    </Card>
  );
}

function Entries({ entries, models, locale }: { entries: Entry[]; models: KnownModels; locale: Locale }) {
  const { app: { credits: t } } = messages(locale);
  return (
    <Card title={t.entries} padded={false}>
      <Table
        caption={t.entriesCaption}
        head={
          <>
            <Th class="hidden sm:table-cell">{t.when}</Th>
            <Th>{t.what}</Th>
            <Th numeric>{t.change}</Th>
            <Th numeric>{t.balance}</Th>
          </>
        }
      >
        {entries.map((entry) => <EntryRow key={entry.seq} entry={entry} models={models} locale={locale} />)}
      </Table>
      <Statement locale={locale} />
    </Card>
  );
}

/** What to take away, and how to check it without us. */
function Statement({ locale }: { locale: Locale }) {
  const { statement: t } = messages(locale).app.credits;
  return (
    <div class="prose border-t border-line-strong px-4 py-3 text-sm sm:px-6">
      <p class="flex flex-wrap gap-x-4">
        {t.download}
        {FORMATS.map((format) => (
          <a key={format} href={`/api/credits/statement?format=${format}`} download>{t[format]}</a>
        ))}
      </p>
      <p class="mt-2 text-muted">{t.text}</p>
      <p class="mt-2 flex flex-wrap gap-x-4">
        <a href={localePath(locale, "/verify")}>{t.verify}</a>
        <a href={localePath(locale, "/checkpoints")}>{t.checkpoints}</a>
        <a href={localePath(locale, "/docs/credits")}>{t.api}</a>
      </p>
    </div>
  );
}

function EntryRow({ entry, models, locale }: { entry: Entry; models: KnownModels; locale: Locale }) {
  const { app: { credits: t } } = messages(locale);
  const { what, why } = entryWords(entry, models, locale);
  return (
    <Tr>
      <Td class="hidden text-sm text-muted sm:table-cell">
        <Time at={entry.created_at} locale={locale} />
      </Td>
      <Td>
        <a href={localePath(locale, `/app/credits/${entry.seq}`)} class="prose-link">{what}</a>
        {why && <span class="block text-sm text-muted">{why}</span>}
        <Time at={entry.created_at} locale={locale} class="block text-sm text-muted sm:hidden" />
      </Td>
      <Td numeric class={entry.amount > 0 ? "font-bold text-success" : ""}>
        <Credits amount={entry.amount} locale={locale} signed bare />
        <span class="sr-only">{entry.amount > 0 ? t.added : t.spent}</span>
      </Td>
      <Td numeric>
        <Credits amount={entry.balance_after} locale={locale} bare />
      </Td>
    </Tr>
  );
}
