import type { Lot } from "../../domain/ops/read-account.ts";
import { fill, formatNumber, type Locale, localePath, messages } from "../../locales/mod.ts";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { Time } from "../ui/Time.tsx";
import { Sentence } from "./Breaches.tsx";
import { wordFor } from "./words.ts";

/** Where the credits of an account lie. */
export function Lots({ lots, account, locale }: { lots: Lot[]; account: string; locale: Locale }) {
  const { account: { lots: t }, entry } = messages(locale).admin;
  return (
    <Table
      caption={t.caption}
      head={
        <>
          <Th>{t.number}</Th>
          <Th>{t.source}</Th>
          <Th numeric>{t.remaining}</Th>
          <Th numeric class="hidden sm:table-cell">{t.priority}</Th>
          <Th class="hidden sm:table-cell">{t.ends}</Th>
        </>
      }
    >
      {lots.map(({ number, source, remaining, amount, priority, effective_at, expires_at, entry_seq }) => (
        <Tr key={number}>
          <Td header>{number}</Td>
          <Td>
            {wordFor(entry.counters, source)}
            <span class="block text-sm">
              {entry_seq === null
                ? <Sentence template={t.scheduled} at={effective_at} locale={locale} />
                : (
                  <a href={localePath(locale, `/admin/ledger/accounts/${account}/${entry_seq}`)} class="prose-link">
                    {fill(t.entry, { seq: entry_seq })}
                  </a>
                )}
            </span>
            {expires_at && <Time at={expires_at} locale={locale} class="block text-sm text-muted sm:hidden" />}
          </Td>
          <Td numeric>{formatNumber(remaining, locale)} / {formatNumber(amount, locale)}</Td>
          <Td numeric class="hidden sm:table-cell">{priority}</Td>
          <Td class="hidden text-sm sm:table-cell">
            {expires_at ? <Time at={expires_at} locale={locale} /> : t.never}
          </Td>
        </Tr>
      ))}
    </Table>
  );
}
