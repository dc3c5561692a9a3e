import { type Html, html } from "../../html.ts";
import { formatAmount } from "../api/currencies.ts";
import type { CheckoutRecord } from "../account.ts";
import type { Words } from "./words.ts";

/** What is bought on one side, how it may end on the other. */
export function checkoutView({ session, line_items }: CheckoutRecord, words: Words, above?: Html): Html {
  const money = (amount: number) => formatAmount(amount, session.currency!, words.lang);
  const total = money(session.amount_total!);
  return html`
    <section class="order" aria-labelledby="order">
      <h1 id="order">${words.summary}</h1>
      <p class="total"><span>${words.total}</span> <strong>${total}</strong></p>
      <ul>
        ${line_items.map((item) =>
          html`<li><span>${item.description}${
            item.quantity! > 1 && html`
              <small>${words.quantity}: ${item.quantity}</small>
            `
          }</span> <span class="amount">${money(item.amount_total)}</span></li>`
        )}
      </ul>
    </section>
    <form method="post" class="payment">
      ${above}
      ${!session.customer_email && html`
        <label for="email">${words.email}</label>
        <input id="email" name="email" type="email" autocomplete="email" value="buyer@example.com">
      `}
      <button class="primary" name="outcome" value="paid">${words.pay} ${total}</button>
      <fieldset>
        <legend>${words.endings}</legend>
        ${ending("declined", words.declined, words.declinedHint)}
        ${ending("async_paid", words.asyncPaid, words.asyncPaidHint)}
        ${ending("async_failed", words.asyncFailed, words.asyncFailedHint)}
      </fieldset>
      ${session.cancel_url && html`<button class="secondary" name="outcome" value="canceled">${words.back}</button>`}
    </form>
  `;
}

const ending = (outcome: string, name: string, hint: string) =>
  html`<button name="outcome" value="${outcome}"><strong>${name}</strong> <span>${hint}</span></button>`;

export function notice(kind: "alert" | "plain", title: string, text: string, act?: Html | null | ""): Html {
  return kind === "alert"
    ? html`<div class="notice" role="alert"><strong>${title}</strong> ${text}</div>`
    : html`<section class="message"><h1>${title}</h1><p>${text}</p>${act}</section>`;
}
