import { type Html, html } from "../../html.ts";
import type { BankCard } from "../../stripe/bank.ts";
import type { ShownCustomer, ShownSubscription } from "../../stripe/overview.ts";
import type { SandboxOptions } from "../options.ts";
import { badge, moment, rows, state } from "./pieces.ts";

const cards: [card: BankCard, last4: string, name: string][] = [
  ["visa", "4242", "pays"],
  ["fails", "0341", "is declined"],
  ["asks", "3184", "asks its owner"],
];

/** Stripe's customers, what they subscribe to and which card they pay with. */
export function customers({ stripe }: SandboxOptions): Html {
  return rows(
    stripe.overview().customers.map((shown) => ({
      title: shown.customer.email ?? shown.customer.name ?? shown.customer.id,
      state: shown.subscriptions[0] ? state(shown.subscriptions[0].status) : badge("quiet", "no plan"),
      meta: [
        ...shown.subscriptions.map(period),
        shown.customer.balance !== 0 && `balance ${shown.customer.balance}`,
        html`<code>${shown.customer.id}</code>`,
      ],
      more: cardForm(shown),
    })),
    "No customer yet. Buy a plan or save a card in the app.",
  );
}

const period = ({ plan, period_end, ends, status }: ShownSubscription): Html =>
  html`${plan}${status !== "canceled" && html`, ${ends ? "ends" : "until"} ${moment(period_end * 1000)}`}`;

function cardForm({ customer, card }: ShownCustomer): Html {
  const last4 = card?.card?.last4;
  return html`
    <form method="post" action="/console/stripe/customers/${customer.id}/card" class="buttons card">
      <span>${last4 ? html`Card •••• ${last4}` : "No card"}. Give one that</span>
      ${cards.map(([value, digits, name]) =>
        html`
          <button id="card-${value}-${customer.id}" name="card" value="${value}" aria-pressed="${String(
            digits === last4,
          )}"
            aria-label="${customer.email ?? customer.id}: a card that ${name}">${name}</button>
        `
      )}
    </form>
  `;
}
