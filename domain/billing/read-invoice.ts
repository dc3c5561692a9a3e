import type { Sql } from "../../platform/database.ts";
import type { InvoiceTax } from "./stripe/describe-taxes.ts";

/** open: to be paid · void: withdrawn, nothing is owed · uncollectible: given up. Drafts are nobody's business yet. */
export type InvoiceStatus = "open" | "paid" | "void" | "uncollectible";

export interface InvoiceLine {
  description: string | null;
  quantity: number | null;
  amount_cents: number;
  /** The time that it pays for; null for what is bought once. */
  from: Date | null;
  until: Date | null;
}

/** Whom the invoice is made out to, as it stood there when it was issued. */
export interface InvoiceCustomer {
  name: string | null;
  email: string | null;
  address: Partial<Record<"line1" | "line2" | "postal_code" | "city" | "state" | "country", string | null>> | null;
  /** type as Stripe names it, such as `eu_vat`. */
  tax_ids: { type: string; value: string | null }[];
}

/** Amounts in cents of the currency. subtotal − discount + taxes that are not included = total. */
export interface Invoice {
  id: string;
  number: string | null;
  status: InvoiceStatus;
  /** Why it was made, as Stripe says: `subscription_create`, `subscription_cycle`, `subscription_update`… */
  reason: string | null;
  subscription: string | null;
  /** Such as `usd`. */
  currency: string;
  subtotal_cents: number;
  discount_cents: number;
  tax_cents: number;
  total_cents: number;
  paid_cents: number;
  due_cents: number;
  /** Of its payments, what went back so far. */
  refunded_cents: number;
  /** Of disputes that are open or were lost. */
  disputed_cents: number;
  dispute: "open" | "won" | "lost" | null;
  lines: InvoiceLine[];
  taxes: InvoiceTax[];
  customer: InvoiceCustomer;
  /** Stripe's page of it, where it can be paid. */
  hosted_url: string | null;
  next_attempt_at: Date | null;
  issued_at: Date;
  paid_at: Date | null;
}

/** One of the signed-in person's invoices; `null` if it is not theirs. */
export async function readInvoice(sql: Sql, id: string): Promise<Invoice | null> {
  const [row] = await sql<InvoiceRow[]>`
    ${selectInvoices(sql)}
    where i.user_id = (select auth.uid()) and i.status <> 'draft' and i.id = ${id}`;
  return row ? invoiceOf(row) : null;
}

/** Times within JSON are text. */
export type InvoiceRow = Omit<Invoice, "lines"> & {
  lines: (Omit<InvoiceLine, "from" | "until"> & Record<"from" | "until", string | null>)[];
};

/** Columns and tables of `InvoiceRow`; invoices are `i`. */
export function selectInvoices(sql: Sql, more = sql``) {
  return sql`
    select i.id, i.number, i.status, i.reason, i.subscription, i.currency, i.subtotal_cents,
      i.subtotal_cents + t.added - i.total_cents as discount_cents, i.tax_cents, i.total_cents, i.paid_cents, i.due_cents,
      p.refunded_cents, p.disputed_cents, p.dispute, i.lines, i.taxes, i.customer, i.hosted_url, i.next_attempt_at,
      i.issued_at, i.paid_at ${more}
    from public.invoices i
    cross join lateral (
      select coalesce(sum((e ->> 'amount_cents')::bigint), 0)::bigint as added
      from jsonb_array_elements(i.taxes) e where (e ->> 'included')::boolean is not true
    ) t
    cross join lateral (
      select coalesce(sum(p.refunded_cents), 0)::bigint as refunded_cents,
        coalesce(sum(p.disputed_cents), 0)::bigint as disputed_cents,
        case when bool_or(p.dispute = 'open') then 'open' when bool_or(p.dispute = 'lost') then 'lost'
          when bool_or(p.dispute = 'won') then 'won' end as dispute
      from public.payments p where p.invoice = i.id
    ) p`;
}

export function invoiceOf({ lines, ...row }: InvoiceRow): Invoice {
  return {
    ...row,
    lines: lines.map(({ from, until, ...line }) => {
      // What is bought once has a moment for a period.
      const isForTime = from !== null && until !== null && from !== until;
      return { ...line, from: isForTime ? new Date(from) : null, until: isForTime ? new Date(until) : null };
    }),
  };
}
