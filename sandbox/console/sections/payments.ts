import { type Html, html } from "../../html.ts";
import type { Dispute, Refund } from "../../stripe/account.ts";
import { formatAmount } from "../../stripe/api/currencies.ts";
import { isOpen } from "../../stripe/dispute.ts";
import type { ShownPayment } from "../../stripe/overview.ts";
import type { SandboxOptions } from "../options.ts";
import { atSeconds, moment, rows, state } from "./pieces.ts";

/** Checkouts that wait for their buyer, then payments with what can become of them. */
export function payments({ stripe }: SandboxOptions): Html {
  const open = stripe.state().sessions.filter(({ session }) => session.status === "open").slice(0, 4);
  const { payments } = stripe.overview();
  return html`
    ${open.length > 0 && rows(
      open.map(({ session, line_items }) => ({
        title: line_items.map(({ description }) => description).join(", ") || `A ${session.mode}`,
        state: state("open"),
        meta: [
          session.amount_total !== null && formatAmount(session.amount_total, session.currency!),
          atSeconds(session.created),
          html`<code title="${session.id}">${shorten(session.id)}</code>`,
        ],
        actions: session.url && html`<a class="button" href="${new URL(session.url).pathname}">Open its page</a>`,
      })),
      "",
    )}
    ${rows(
      payments.map((payment) => ({
        title: title(payment),
        state: state(outcome(payment)),
        meta: [
          payment.customer?.email ?? payment.charge?.billing_details.email ?? null,
          moment(payment.intent.created * 1000, "minutes"),
          html`<code title="${payment.intent.id}">${shorten(payment.intent.id)}</code>`,
          payment.intent.last_payment_error &&
          html`<span class="trouble">${payment.intent.last_payment_error.message}</span>`,
        ],
        more: html`${payment.refunds.map(refund)}${payment.dispute && dispute(payment.dispute)}${takeBack(payment)}`,
      })),
      "No payment yet. Buy a pack in the app.",
    )}
  `;
}

const title = ({ intent, what }: ShownPayment) => `${formatAmount(intent.amount, intent.currency)} for ${what}`;

/** Stripe says it in several objects; one word for all. */
function outcome({ intent, charge, dispute }: ShownPayment): string {
  if (dispute) return dispute.status === "won" ? "dispute won" : isOpen(dispute) ? "disputed" : "dispute lost";
  if (charge?.refunded) return "refunded";
  if (charge && charge.amount_refunded > 0) return "partly refunded";
  if (intent.status === "processing") return "waiting for the money";
  if (intent.last_payment_error) return "declined";
  return intent.status;
}

const refund = ({ id, amount, currency, status }: Refund): Html =>
  html`
    <form method="post" action="/console/stripe/refunds/${id}" class="buttons story">
      <span>Refund of ${formatAmount(amount, currency)}: ${words(status)}</span>
      ${status === "pending" && html`<button id="done-${id}" name="outcome" value="succeeded">Let it arrive</button>`}
      ${(status === "pending" || status === "succeeded") && html`
        <button id="fail-${id}" name="outcome" value="failed">Let it fail</button>
      `}
    </form>
  `;

const dispute = (dispute: Dispute): Html =>
  html`
    <form method="post" action="/console/stripe/disputes/${dispute.id}" class="buttons story">
      <span>Dispute of ${formatAmount(dispute.amount, dispute.currency)}: ${words(dispute.status)}</span>
      ${isOpen(dispute) && html`
        <button id="win-${dispute.id}" name="outcome" value="won">Win it</button>
        <button id="lose-${dispute.id}" name="outcome" value="lost">Lose it</button>
      `}
    </form>
  `;

/** One amount, two ways for it to go back: the merchant gives it, or the buyer's bank takes it. */
function takeBack(payment: ShownPayment): Html | null {
  const { intent, charge, dispute } = payment;
  if (!charge?.paid) return null;
  const left = charge.amount - charge.amount_refunded;
  const refundable = left > 0 && (!dispute || dispute.is_charge_refundable);
  if (!refundable && charge.disputed) return null;
  const { id, currency } = intent;
  const digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ??
    2;
  return html`
    <form method="post" action="/console/stripe/refunds" class="line">
      <input type="hidden" name="payment_intent" value="${id}">
      <input type="hidden" name="currency" value="${currency}">
      <label for="amount-${id}">${currency.toUpperCase()}</label>
      <input id="amount-${id}" name="amount" inputmode="decimal" autocomplete="off" size="8" value="${((left ||
        charge.amount) / 10 ** digits).toFixed(digits)}">
      ${refundable && html`<button id="refund-${id}" aria-label="Refund: ${title(payment)}">Refund</button>`}
      ${!charge.disputed && html`
        <button id="dispute-${id}" formaction="/console/stripe/disputes"
          aria-label="Dispute: ${title(payment)}">Dispute</button>
      `}
    </form>
  `;
}

const words = (status: string | null) => (status ?? "unknown").replaceAll("_", " ");

const shorten = (id: string) => `${id.slice(0, 10)}…${id.slice(-4)}`;
