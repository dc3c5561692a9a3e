import type { Invoice, InvoiceStatus as Status } from "../../domain/billing/read-invoice.ts";
import { fill, formatAmount, formatTime, type Locale, messages } from "../../locales/mod.ts";
import { Badge, type Tone } from "../ui/Badge.tsx";

const TONES: Record<Status, Tone> = { open: "warning", paid: "success", void: "neutral", uncollectible: "danger" };

/** How an invoice stands, what comes next, and what went back of it. */
export function InvoiceStatus({ invoice, locale }: { invoice: Invoice; locale: Locale }) {
  const t = messages(locale).invoices;
  const { status, next_attempt_at, refunded_cents, disputed_cents, dispute } = invoice;
  const amount = (cents: number) => formatAmount(cents, invoice.currency, locale);
  return (
    <>
      <Badge tone={TONES[status]}>{t.states[status]}</Badge>
      {status === "open" && next_attempt_at && (
        <p class="mt-1 text-sm text-muted">
          {fill(t.tryAgain, { at: formatTime(next_attempt_at, locale, { dateOnly: true }) })}
        </p>
      )}
      {refunded_cents > 0 && <p class="mt-1 text-sm">{fill(t.refunded, { amount: amount(refunded_cents) })}</p>}
      {dispute && <p class="mt-1 text-sm">{fill(t.disputes[dispute], { amount: amount(disputed_cents) })}</p>}
    </>
  );
}
