import type { FoundAccount } from "../../domain/ops/search-accounts.ts";
import { fill, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import { Card } from "../ui/Card.tsx";
import { Credits } from "../ui/Credits.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { Mono } from "./Facts.tsx";
import { PersonBadges } from "./PersonBadges.tsx";
import { personName } from "./words.ts";

/** What a search found; a job, purchase or correction leads on to its entry. */
export function FoundAccounts({ found, query, locale }: { found: FoundAccount[]; query: string; locale: Locale }) {
  const { search: t, account: figures } = messages(locale).admin;
  return (
    <Card title={plural(t.results, found.length, locale, { query })} padded={false}>
      <Table
        caption={t.caption}
        head={
          <>
            <Th>{t.account}</Th>
            <Th class="hidden sm:table-cell">{t.found}</Th>
            <Th numeric>{figures.available}</Th>
            <Th numeric class="hidden sm:table-cell">{figures.held}</Th>
            <Th numeric class="hidden sm:table-cell">{figures.debt}</Th>
          </>
        }
      >
        {found.map((account) => (
          <Row
            key={`${account.matched} ${account.user_id}`}
            account={account}
            locale={locale}
          />
        ))}
      </Table>
    </Card>
  );
}

function Row({ account, locale }: { account: FoundAccount; locale: Locale }) {
  const t = messages(locale).admin.search;
  const { user_id, email, display_name, role, status, available, held, debt, matched, entry_seq } = account;
  const path = localePath(locale, `/admin/ledger/accounts/${user_id}`);
  const byItself = matched === "account" || matched === "email";
  const entry = entry_seq === null
    ? byItself ? null : <span class="text-muted">{t.noEntry}</span>
    : <a href={`${path}/${entry_seq}`} class="prose-link whitespace-nowrap">{fill(t.entry, { seq: entry_seq })}</a>;
  return (
    <Tr>
      <Td header class="min-w-40">
        <a href={path} class="prose-link wrap-anywhere">{personName(email, user_id, locale)}</a>
        {display_name && <span class="ml-2 font-normal text-muted">{display_name}</span>}
        <Mono class="block font-normal text-muted">{user_id}</Mono>
        {role && status && <PersonBadges role={role} status={status} locale={locale} class="mt-1" />}
        <span class="block font-normal sm:hidden">{entry}</span>
      </Td>
      <Td class="hidden sm:table-cell">
        {t.by[matched]}
        <span class="block">{entry}</span>
      </Td>
      <Td numeric>
        <Credits amount={available} locale={locale} bare />
      </Td>
      <Td numeric class="hidden sm:table-cell">
        <Credits amount={held} locale={locale} bare />
      </Td>
      <Td numeric class={`hidden sm:table-cell ${debt > 0 ? "font-semibold text-danger" : ""}`}>
        <Credits amount={debt} locale={locale} bare />
      </Td>
    </Tr>
  );
}
