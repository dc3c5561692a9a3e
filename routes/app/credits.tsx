import { entryWords } from "../../components/credits/entry-words.ts";
import { PageHead } from "../../components/layout/PageHead.tsx";
import { Button } from "../../components/ui/Button.tsx";
import { Card } from "../../components/ui/Card.tsx";
import { Credits } from "../../components/ui/Credits.tsx";
import { EmptyState } from "../../components/ui/EmptyState.tsx";
import { PageHeader } from "../../components/ui/PageHeader.tsx";
import { Pagination } from "../../components/ui/Pagination.tsx";
import { Table, Td, Th, Tr } from "../../components/ui/Table.tsx";
import { Time } from "../../components/ui/Time.tsx";
import { readOffer } from "../../domain/catalogue/read-offer.ts";
import { type Entry, listEntries } from "../../domain/credits/list-entries.ts";
import { type Hold, listHolds } from "../../domain/credits/list-holds.ts";
import { pageRequest } from "../../domain/pages.ts";
import LocalTimes from "../../islands/time/local-times.tsx";
import { fill, formatNumber, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import { handler, page } from "./$credits.ts";

const PAGE = 20;

export const handlers = handler({
  GET: async ({ state: { services, session }, url }) => {
    const { cursor } = pageRequest(url.searchParams);
    const { models } = await readOffer(services);
    const [list, holds] = await services.db.asUser(
      session.claims,
      (sql) => Promise.all([listEntries(sql, { limit: PAGE, cursor }), listHolds(sql)]),
    );
    return { data: { ...list, holds, models, isFirstPage: cursor === undefined } };
  },
});

export default page(({ data: { entries, nextCursor, holds, models, isFirstPage }, state: { balance, locale } }) => {
  const { app: { credits: t }, pages } = messages(locale);
  const names = Object.fromEntries(models.map(({ slug, name }) => [slug, name]));
  const to = (path: string) => localePath(locale, path);
  return (
    <>
      <PageHead title={`${t.title} · Kredo`} />
      <PageHeader title={t.title} lead={t.lead} actions={<Button href={to("/app/billing")}>{t.buy}</Button>} />
      <dl class="ledger-margin mb-8 grid gap-y-4 rounded-r-lg border-y border-r border-line bg-raised py-5 pr-5 pl-7 shadow-card sm:flex sm:gap-x-14 sm:pl-9">
        <Figure name={t.available} note={t.availableText} amount={balance.available} locale={locale} main />
        <Figure name={t.held} note={t.heldText} amount={balance.held} locale={locale} />
        {balance.debt > 0 && <Figure name={t.debt} note={t.debtText} amount={balance.debt} locale={locale} />}
      </dl>
      {holds.length > 0 && <Holds holds={holds} models={names} locale={locale} />}
      {entries.length > 0
        ? <Entries entries={entries} models={names} locale={locale} />
        : <EmptyState title={t.empty.title} text={t.empty.text} />}
      <Pagination
        class="mt-6"
        prev={isFirstPage ? undefined : to("/app/credits")}
        next={nextCursor ? to(`/app/credits?${new URLSearchParams({ cursor: nextCursor })}`) : undefined}
        labels={{ nav: pages.nav, prev: t.newer, next: pages.older }}
      />
      <LocalTimes />
    </>
  );
});

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

function Holds({ holds, models, locale }: { holds: Hold[]; models: Record<string, string>; locale: Locale }) {
  const { app: { credits: t }, units } = messages(locale);
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
                {fill(t.holdFor, {
                  pictures: plural(units.pictures, outputs_requested, locale),
                  model: models[model] ?? model,
                })}
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

function Entries({ entries, models, locale }: { entries: Entry[]; models: Record<string, string>; locale: Locale }) {
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
    </Card>
  );
}

function EntryRow({ entry, models, locale }: { entry: Entry; models: Record<string, string>; locale: Locale }) {
  const { app: { credits: t } } = messages(locale);
  const { what, why, path } = entryWords(entry, models, locale);
  return (
    <Tr>
      <Td class="hidden text-sm text-muted sm:table-cell">
        <Time at={entry.created_at} locale={locale} />
      </Td>
      <Td>
        {path ? <a href={localePath(locale, path)} class="prose-link">{what}</a> : what}
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
