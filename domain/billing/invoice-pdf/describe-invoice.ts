import { fill, formatAmount, formatNumber, formatTime, type Locale, messages } from "../../../locales/mod.ts";
import type { Invoice, InvoiceCustomer, InvoiceLine } from "../read-invoice.ts";
import type { InvoiceTax } from "../stripe/describe-taxes.ts";
import type { Seller } from "./read-seller.ts";

/** All that stands on an invoice, in words, in reading order. */
export interface InvoiceWords {
  title: string;
  lead: string;
  /** Whether it is paid, and since when. */
  standing: string;
  seller: Party;
  buyer: Party;
  columns: { what: string; quantity: string; amount: string };
  lines: { what: string; period: string | null; quantity: string; amount: string }[];
  /** From the subtotal to the total. */
  sums: Sum[];
  total: Sum;
  /** What became of the total: paid, owed, given back. */
  after: Sum[];
  notes: string[];
  /** For one that can be paid. */
  pay: { label: string; url: string } | null;
}

export interface Party {
  label: string;
  name: string;
  lines: string[];
}

export interface Sum {
  label: string;
  amount: string;
}

/** Stripe's texts stay in the language that Stripe wrote them in; everything else is in the reader's. */
export function describeInvoice(invoice: Invoice, seller: Seller, locale: Locale): InvoiceWords {
  const t = messages(locale).invoices.document;
  const amount = (cents: number) => formatAmount(cents, invoice.currency, locale, { bare: true });
  const sum = (label: string, cents: number): Sum => ({ label, amount: amount(cents) });
  const date = (at: Date) => formatTime(at, locale, { dateOnly: true });
  const currency = invoice.currency.toUpperCase();
  const { status, paid_at, hosted_url, dispute, total_cents, paid_cents, due_cents } = invoice;
  // What of the total was neither paid nor is to be: it came from the balance at Stripe, or went there.
  const balance = status === "paid" ? total_cents - paid_cents - due_cents : 0;
  return {
    title: fill(t.title, { number: invoice.number ?? "" }).trim(),
    lead: fill(t.lead, { at: date(invoice.issued_at) }),
    standing: status === "paid" && paid_at ? fill(t.standing.paidAt, { at: date(paid_at) }) : t.standing[status],
    seller: {
      label: t.seller,
      name: seller.name,
      lines: [...seller.address, ...seller.vat_id ? [fill(t.vatId, { id: seller.vat_id })] : []],
    },
    buyer: buyerOf(invoice.customer, locale),
    columns: { ...t.columns, amount: fill(t.columns.amount, { currency }) },
    lines: invoice.lines.map((line) => ({
      what: line.description ?? "",
      period: periodOf(line, locale),
      quantity: line.quantity === null ? "" : formatNumber(line.quantity, locale),
      amount: amount(line.amount_cents),
    })),
    sums: [
      sum(t.subtotal, invoice.subtotal_cents),
      ...invoice.discount_cents ? [sum(t.discount, -invoice.discount_cents)] : [],
      ...invoice.taxes.map((tax) => sum(taxWords(tax, locale), tax.amount_cents)),
    ],
    total: sum(fill(t.total, { currency }), total_cents),
    after: [
      ...balance > 0 ? [sum(t.fromBalance, -balance)] : [],
      ...balance < 0 ? [sum(t.toBalance, -balance)] : [],
      ...paid_cents ? [sum(t.paid, paid_cents)] : [],
      ...status === "open" ? [sum(t.due, due_cents)] : [],
      ...invoice.refunded_cents ? [sum(t.refunded, -invoice.refunded_cents)] : [],
      ...dispute === "open" || dispute === "lost" ? [sum(t.disputes[dispute], -invoice.disputed_cents)] : [],
    ],
    notes: invoice.taxes.some((tax) => tax.reverse_charge) ? [t.reverseCharge] : [],
    pay: status === "open" && hosted_url ? { label: t.payHere, url: hosted_url } : null,
  };
}

/** "VAT 23%", and how it is meant. */
function taxWords({ name, percent, reverse_charge, included }: InvoiceTax, locale: Locale): string {
  const t = messages(locale).invoices.document;
  const label = name || t.taxName;
  // The rate that the buyer will owe says nothing about this amount.
  if (reverse_charge) return fill(t.reversed, { tax: label });
  const tax = percent === null ? label : fill(t.tax, { name: label, percent: formatNumber(percent, locale) });
  return included ? fill(t.included, { tax }) : tax;
}

function periodOf({ from, until }: Pick<InvoiceLine, "from" | "until">, locale: Locale): string | null {
  if (!from || !until) return null;
  const [start, end] = [from, until].map((at) => formatTime(at, locale, { dateOnly: true }));
  return fill(messages(locale).invoices.document.period, { from: start, until: end });
}

function buyerOf({ name, email, address, tax_ids }: InvoiceCustomer, locale: Locale): Party {
  const t = messages(locale).invoices.document;
  const countries = new Intl.DisplayNames(locale, { type: "region" });
  const { line1, line2, postal_code, city, state, country } = address ?? {};
  const lines = [
    line1,
    line2,
    [postal_code, city].filter(Boolean).join(" "),
    state,
    country && countries.of(country),
    name ? email : null,
    ...tax_ids.filter(({ value }) => value).map(({ type, value }) =>
      fill(type.endsWith("_vat") ? t.vatId : t.taxId, { id: value! })
    ),
  ];
  return { label: t.buyer, name: name || email || "", lines: lines.filter((line) => line).map(String) };
}
