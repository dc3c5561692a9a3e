import type { Invoice } from "../../domain/billing/read-invoice.ts";
import { fill, formatAmount, formatTime, type Locale, localePath, messages, plural } from "../../locales/mod.ts";
import { buttonLook } from "../ui/Button.tsx";
import { Table, Td, Th, Tr } from "../ui/Table.tsx";
import { Time } from "../ui/Time.tsx";
import { InvoiceStatus } from "./InvoiceStatus.tsx";

export function InvoiceTable({ invoices, locale }: { invoices: Invoice[]; locale: Locale }) {
  const t = messages(locale).invoices;
  return (
    <div class="rounded-lg border border-line bg-raised shadow-card">
      <Table
        caption={t.caption}
        head={
          <>
            <Th class="hidden md:table-cell">{t.issued}</Th>
            <Th>{t.invoice}</Th>
            <Th numeric class="hidden md:table-cell">{t.tax}</Th>
            <Th numeric>{t.total}</Th>
            <Th class="hidden md:table-cell">{t.state}</Th>
          </>
        }
      >
        {invoices.map((invoice) => <Row key={invoice.id} invoice={invoice} locale={locale} />)}
      </Table>
    </div>
  );
}

/** A phone has room for two columns: date and state stand in the first one there, the tax under the total. */
function Row({ invoice, locale }: { invoice: Invoice; locale: Locale }) {
  const t = messages(locale).invoices;
  const amount = (cents: number) => formatAmount(cents, invoice.currency, locale);
  const { issued_at, number, tax_cents, total_cents } = invoice;
  return (
    <Tr>
      <Td class="hidden text-sm text-muted md:table-cell">
        <Time at={issued_at} locale={locale} dateOnly />
      </Td>
      <Td>
        {/* Where mails about an invoice lead to. */}
        <div id={invoice.id} class="scroll-mt-24">
          <p class="font-semibold wrap-anywhere">{number}</p>
          <Time at={issued_at} locale={locale} dateOnly class="text-sm text-muted md:hidden" />
          <What invoice={invoice} locale={locale} />
          <div class="my-2 md:hidden">
            <InvoiceStatus invoice={invoice} locale={locale} />
          </div>
          <Links invoice={invoice} locale={locale} />
        </div>
      </Td>
      <Td numeric class="hidden md:table-cell">{amount(tax_cents)}</Td>
      <Td numeric>
        <span class="font-semibold">{amount(total_cents)}</span>
        {tax_cents !== 0 && (
          <span class="block text-sm text-muted md:hidden">{fill(t.taxOf, { tax: amount(tax_cents) })}</span>
        )}
      </Td>
      <Td class="hidden md:table-cell">
        <InvoiceStatus invoice={invoice} locale={locale} />
      </Td>
    </Tr>
  );
}

/** The first line, and how many more there are. */
function What({ invoice: { lines: [line, ...more] }, locale }: { invoice: Invoice; locale: Locale }) {
  const t = messages(locale).invoices;
  if (!line) return null;
  const date = (at: Date) => formatTime(at, locale, { dateOnly: true });
  return (
    <p class="text-sm text-muted wrap-anywhere">
      {line.description}
      {line.from && line.until && (
        <span class="block">{fill(t.document.period, { from: date(line.from), until: date(line.until) })}</span>
      )}
      {more.length > 0 && <span class="block">{plural(t.more, more.length, locale)}</span>}
    </p>
  );
}

function Links({ invoice, locale }: { invoice: Invoice; locale: Locale }) {
  const t = messages(locale).invoices;
  const { id, status, number, due_cents, currency, hosted_url } = invoice;
  const named = { number: number ?? "", amount: formatAmount(due_cents, currency, locale) };
  return (
    <p class="mt-2 flex flex-wrap items-center gap-x-4 gap-y-1 text-sm">
      {status === "open" && hosted_url && (
        <a href={hosted_url} aria-label={fill(t.payLabel, named)} class={buttonLook({ size: "sm" })}>
          {fill(t.pay, named)}
        </a>
      )}
      <a
        href={localePath(locale, `/app/billing/invoices/${encodeURIComponent(id)}/pdf`)}
        aria-label={fill(t.pdfLabel, named)}
        class="prose-link inline-flex min-h-9 items-center"
        download
      >
        {t.pdf}
      </a>
      {hosted_url && (
        <a
          href={hosted_url}
          aria-label={fill(t.hostedLabel, named)}
          class="prose-link inline-flex min-h-9 items-center"
        >
          {t.hosted}
        </a>
      )}
    </p>
  );
}
