import type { AccountFacts } from "../../domain/ops/read-account.ts";
import { formatNumber, type Locale, messages } from "../../locales/mod.ts";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { Time } from "../ui/Time.tsx";
import { Mono } from "./Facts.tsx";
import { wordFor } from "./words.ts";

/** What is reserved, and for which job. */
export function Holds({ holds, locale }: { holds: AccountFacts["holds"]; locale: Locale }) {
  const { account: { holds: t }, entry: { job: words } } = messages(locale).admin;
  return (
    <Table
      caption={t.caption}
      head={
        <>
          <Th>{t.job}</Th>
          <Th>{t.state}</Th>
          <Th numeric>{t.amount}</Th>
        </>
      }
    >
      {holds.map(({ id, amount, created_at, job }) => (
        <Tr key={id}>
          <Td header>
            <Mono class="font-normal">{id}</Mono>
            <span class="block text-sm font-normal text-muted">
              {job && `${job.model}, `}
              <Time at={created_at} locale={locale} />
            </span>
          </Td>
          <Td>{job ? wordFor(words.statuses, job.status) : <span class="text-danger">{t.noJob}</span>}</Td>
          <Td numeric>{formatNumber(amount, locale)}</Td>
        </Tr>
      ))}
    </Table>
  );
}
