import { Breaches } from "../../../../../components/admin/Breaches.tsx";
import { ChainNotice } from "../../../../../components/admin/ChainNotice.tsx";
import { EntryTable } from "../../../../../components/admin/EntryTable.tsx";
import { Mono } from "../../../../../components/admin/Facts.tsx";
import { Holds } from "../../../../../components/admin/Holds.tsx";
import { Lots } from "../../../../../components/admin/Lots.tsx";
import { PersonBadges } from "../../../../../components/admin/PersonBadges.tsx";
import { personName } from "../../../../../components/admin/words.ts";
import { PageHead } from "../../../../../components/layout/PageHead.tsx";
import { Button } from "../../../../../components/ui/Button.tsx";
import { Card } from "../../../../../components/ui/Card.tsx";
import { EmptyState } from "../../../../../components/ui/EmptyState.tsx";
import { PageHeader } from "../../../../../components/ui/PageHeader.tsx";
import { Pagination } from "../../../../../components/ui/Pagination.tsx";
import { listAccountEntries } from "../../../../../domain/ops/list-account-entries.ts";
import { readAccount } from "../../../../../domain/ops/read-account.ts";
import { formatNumber, type Locale, localePath, messages } from "../../../../../locales/mod.ts";
import { handler, page } from "./$index.ts";

const PAGE = 25;

export const handlers = handler({
  GET: async ({ state: { services, session }, params, url }) => {
    const number = (name: string) => {
      const text = url.searchParams.get(name);
      return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
    };
    const range = { around: number("around"), before: number("before"), after: number("after") };
    const [account, entries] = await services.db.asUser(session.claims, async (sql) => {
      const account = await readAccount(sql, params.id);
      return [account, await listAccountEntries(sql, account.user_id, range, PAGE)] as const;
    });
    return { data: { account, entries, here: range.around } };
  },
});

export default page(({ data: { account, entries, here }, state: { locale } }) => {
  const { account: t } = messages(locale).admin;
  const { pages } = messages(locale);
  const { user_id, profile, available, held, debt, seq, chain, lots, holds, breaches } = account;
  const name = personName(profile?.email ?? null, user_id, locale);
  const path = localePath(locale, `/admin/ledger/accounts/${user_id}`);
  const [newest, oldest] = [entries.at(0)?.seq ?? 0, entries.at(-1)?.seq ?? 0];
  return (
    <>
      <PageHead title={`${name} · Kredo`} />
      <PageHeader
        title={t.title}
        lead={
          <span class="flex flex-wrap items-center gap-x-4 gap-y-1">
            <span class="wrap-anywhere text-ink">{name}</span>
            {profile?.display_name && <span>{profile.display_name}</span>}
            <span class="sr-only">{t.id}:</span>
            <Mono>{user_id}</Mono>
            {profile && <PersonBadges {...profile} locale={locale} />}
          </span>
        }
        actions={
          <Button href={localePath(locale, `/admin/ledger/adjustments?${new URLSearchParams({ user: user_id })}#new`)}>
            {t.adjust}
          </Button>
        }
      />
      <div class="flex flex-col gap-8">
        <dl class="ledger-margin flex flex-wrap gap-x-14 gap-y-4 rounded-r-lg border-y border-r border-line bg-raised py-5 pr-5 pl-7 shadow-card sm:pl-9">
          <Figure name={t.available} value={available} locale={locale} main />
          <Figure name={t.held} value={held} locale={locale} />
          <Figure name={t.debt} value={debt} locale={locale} danger={debt > 0} />
          <Figure name={t.entries} value={seq} locale={locale} />
        </dl>
        <ChainNotice chain={chain} account={user_id} locale={locale} />
        {breaches.length > 0 && (
          <Card title={t.breaches} padded={false}>
            <Breaches breaches={breaches.map((each) => ({ ...each, user_id, email: name }))} locale={locale} />
          </Card>
        )}
        <Card title={t.list.title} padded={false}>
          <div id="entries">
            {entries.length > 0
              ? <EntryTable entries={entries} account={user_id} here={here} locale={locale} />
              : <EmptyState title={t.list.none.title} text={t.list.none.text} class="m-4 sm:m-6" />}
          </div>
        </Card>
        <Pagination
          prev={entries.length > 0 && newest < seq ? `${path}?after=${newest}#entries` : undefined}
          next={oldest > 1 ? `${path}?before=${oldest}#entries` : undefined}
          labels={{ nav: pages.nav, prev: pages.newer, next: pages.older }}
        />
        <div class="grid gap-8 2xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)] 2xl:items-start">
          <Card title={t.lots.title} padded={false}>
            {lots.length > 0
              ? <Lots lots={lots} account={user_id} locale={locale} />
              : <p class="px-4 py-4 text-muted sm:px-6">{t.lots.none}</p>}
          </Card>
          <Card title={t.holds.title} padded={false}>
            {holds.length > 0
              ? <Holds holds={holds} locale={locale} />
              : <p class="px-4 py-4 text-muted sm:px-6">{t.holds.none}</p>}
          </Card>
        </div>
      </div>
    </>
  );
});

function Figure({ name, value, locale, main, danger }: {
  name: string;
  value: number;
  locale: Locale;
  main?: boolean;
  danger?: boolean;
}) {
  return (
    <div>
      <dt class="text-sm text-muted">{name}</dt>
      <dd class={`font-display text-title font-bold ${danger ? "text-danger" : ""}`}>
        <span class={`inline-block min-w-[1.5em] ${main ? "total-rule" : ""}`}>{formatNumber(value, locale)}</span>
      </dd>
    </div>
  );
}
