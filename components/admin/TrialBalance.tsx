import { scaleLinear } from "d3-scale";
import type { Side } from "../../domain/ops/read-books.ts";
import { formatNumber, formatSigned, type Locale, messages } from "../../locales/mod.ts";
import { Card } from "../ui/Card.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { wordFor } from "./words.ts";

const WIDTH = 200;

/** Both sides of the books, each account a bar from the middle line, and the sum that has to be zero. */
export function TrialBalance({ sides, locale }: { sides: Side[]; locale: Locale }) {
  const t = messages(locale).admin.ledger.balance;
  const sum = sides.reduce((total, { amount }) => total + amount, 0);
  const most = Math.max(1, ...sides.map(({ amount }) => Math.abs(amount)));
  const length = scaleLinear([0, most], [0, WIDTH / 2]);
  return (
    <Card title={t.title} padded={false}>
      <p class="px-4 pt-4 text-sm text-muted sm:px-6">{t.text}</p>
      <Table
        caption={t.caption}
        head={
          <>
            <Th>{t.account}</Th>
            <Th class="hidden w-1/3 sm:table-cell">
              <span class="sr-only">{t.amount}</span>
            </Th>
            <Th numeric>{t.amount}</Th>
          </>
        }
      >
        {inOrder(sides, Object.keys(t.accounts)).map(({ account, amount }) => (
          <Tr key={account}>
            <Td header>{wordFor(t.accounts, account)}</Td>
            <Td class="hidden sm:table-cell">
              <svg viewBox={`0 0 ${WIDTH} 12`} preserveAspectRatio="none" class="h-5 w-full" aria-hidden="true">
                <rect
                  x={amount < 0 ? WIDTH / 2 - length(-amount) : WIDTH / 2}
                  y="2"
                  width={length(Math.abs(amount))}
                  height="8"
                  class={amount < 0 ? "fill-muted" : "fill-info"}
                />
                <rect x={WIDTH / 2 - 0.5} y="0" width="1" height="12" class="fill-line-strong" />
              </svg>
            </Td>
            <Td numeric>{formatSigned(amount, locale)}</Td>
          </Tr>
        ))}
        <tr class="border-t border-line-strong">
          <Td header>{t.sum}</Td>
          <Td class="hidden sm:table-cell" />
          <Td numeric class={`font-bold ${sum === 0 ? "" : "text-danger"}`}>
            <span class="total-rule inline-block min-w-10">{formatNumber(sum, locale)}</span>
          </Td>
        </tr>
      </Table>
      <p class={`px-4 py-3 text-sm sm:px-6 ${sum === 0 ? "text-muted" : "font-semibold text-danger"}`}>
        {sum === 0 ? t.zero : t.notZero}
      </p>
    </Card>
  );
}

/** Customers first, then where it came from, then where it went; what has no name yet last. */
function inOrder(sides: Side[], names: string[]): Side[] {
  const place = ({ account }: Side) => names.includes(account) ? names.indexOf(account) : names.length;
  return sides.toSorted((a, b) => place(a) - place(b));
}
