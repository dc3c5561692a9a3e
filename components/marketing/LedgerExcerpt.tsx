import { fill, formatCredits, formatNumber, formatSigned, type Locale, messages, plural } from "../../locales/mod.ts";
import { Badge } from "../ui/Badge.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { exampleLedger, type ExampleWhat } from "./ledger-example.ts";

/** A page out of somebody's account book, marked as the example it is. */
export function LedgerExcerpt({ locale }: { locale: Locale }) {
  const t = messages(locale).marketing.ledger;
  const total = exampleLedger[exampleLedger.length - 1].balance;
  return (
    <figure class="overflow-hidden rounded-md border border-line-strong bg-raised shadow-print">
      <figcaption class="flex items-center justify-between border-b border-line px-4 py-3 sm:px-6">
        <span class="font-display text-heading font-semibold">{messages(locale).nav.credits}</span>
        <Badge>{t.example}</Badge>
      </figcaption>
      <div class="ledger-margin ml-3 sm:ml-6">
        <Table
          caption={t.example}
          head={
            <>
              <Th numeric class="hidden sm:table-cell">{t.number}</Th>
              <Th>{t.what}</Th>
              <Th numeric>{t.change}</Th>
              <Th numeric>{t.balance}</Th>
              <Th class="hidden lg:table-cell">{t.fingerprint}</Th>
            </>
          }
        >
          {exampleLedger.map((entry) => (
            <Tr key={entry.seq}>
              <Td numeric class="figures hidden text-muted sm:table-cell">{entry.seq}</Td>
              <Td>{describe(entry.what, locale)}</Td>
              <Td numeric class={`figures ${entry.amount > 0 ? "font-semibold text-success" : ""}`}>
                {formatSigned(entry.amount, locale)}
              </Td>
              <Td numeric class="figures">{formatNumber(entry.balance, locale)}</Td>
              <Td class="figures hidden text-muted lg:table-cell">{entry.fingerprint}</Td>
            </Tr>
          ))}
        </Table>
        <p class="flex items-baseline justify-between gap-4 border-t-2 border-ink px-4 py-3 font-semibold">
          {t.sum}
          <span class="figures total-rule text-xl leading-tight">{formatNumber(total, locale)}</span>
        </p>
      </div>
      <p class="border-t border-line bg-surface px-4 py-3 text-sm text-muted sm:px-6">{t.failed}</p>
    </figure>
  );
}

function describe(what: ExampleWhat, locale: Locale): string {
  const { marketing: { ledger: t }, units } = messages(locale);
  if (what.kind === "welcome") return t.welcome;
  if (what.kind === "topup") return fill(t.topup, { credits: formatCredits(what.credits, locale) });
  return fill(t.pictures, { model: what.model, pictures: plural(units.pictures, what.pictures, locale) });
}
