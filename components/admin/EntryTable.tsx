import type { AuditedEntry } from "../../domain/ops/list-account-entries.ts";
import { formatNumber, formatSigned, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Badge } from "../ui/Badge.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { Time } from "../ui/Time.tsx";
import { Mono } from "./Facts.tsx";
import { wrongWords } from "./words.ts";

/** Entries, each with whether it follows from the one before; `here` is the one that the operator came from. */
export function EntryTable({ entries, account, here, locale }: {
  entries: AuditedEntry[];
  account: string;
  here?: number;
  locale: Locale;
}) {
  const t = messages(locale).admin.account.list;
  return (
    <Table
      caption={t.caption}
      head={
        <>
          <Th numeric>{t.number}</Th>
          <Th class="hidden md:table-cell">{t.when}</Th>
          <Th>{t.what}</Th>
          <Th numeric>{t.change}</Th>
          <Th numeric class="hidden sm:table-cell">{t.balance}</Th>
          <Th class="hidden sm:table-cell">{t.hash}</Th>
        </>
      }
    >
      {entries.map((entry) => (
        <Row key={entry.seq} entry={entry} account={account} here={entry.seq === here} locale={locale} />
      ))}
    </Table>
  );
}

function Row({ entry, account, here, locale }: {
  entry: AuditedEntry;
  account: string;
  here: boolean;
  locale: Locale;
}) {
  const { account: { list: t }, entry: words } = messages(locale).admin;
  const { seq, kind, amount, balance_after, ref, created_at, hash, wrong } = entry;
  const look = wrong.length > 0 ? "bg-danger-soft!" : here ? "bg-info-soft!" : "";
  return (
    <Tr class={look}>
      <Td numeric header>
        <a href={localePath(locale, `/admin/ledger/accounts/${account}/${seq}`)} class="prose-link">
          {formatNumber(seq, locale)}
        </a>
        {here && <span class="sr-only">, {t.here}</span>}
      </Td>
      <Td class="hidden text-sm text-muted md:table-cell">
        <Time at={created_at} locale={locale} />
      </Td>
      <Td>
        {words.kinds[kind]}
        <Mono class="block text-muted">{ref}</Mono>
        {wrong.map((rule) => (
          <span key={rule} class="block text-sm font-semibold text-danger">{wrongWords([rule], locale)}</span>
        ))}
        <Time at={created_at} locale={locale} class="block text-sm text-muted md:hidden" />
      </Td>
      <Td numeric>
        <span class={amount > 0 ? "font-bold text-success" : ""}>{formatSigned(amount, locale)}</span>
        <span class="block text-sm text-muted sm:hidden">
          <span class="sr-only">{t.balance}</span> {formatNumber(balance_after, locale)}
        </span>
      </Td>
      <Td numeric class="hidden sm:table-cell">{formatNumber(balance_after, locale)}</Td>
      <Td class="hidden whitespace-nowrap sm:table-cell">
        <Mono class="mr-2 text-muted">{hash.slice(0, 8)}</Mono>
        {wrong.length > 0 ? <Badge tone="danger">{t.wrong}</Badge> : <span class="text-sm text-success">{t.fits}</span>}
      </Td>
    </Tr>
  );
}
