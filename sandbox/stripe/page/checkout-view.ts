import { type Html, html } from "../../html.ts";
import { formatAmount } from "../api/currencies.ts";
import type { Account, CheckoutRecord } from "../account.ts";
import { asksCountry, cardOptional, customerOf, savesCard } from "../checkout/record.ts";
import { type CheckoutWords, checkoutWords } from "./checkout-words.ts";
import { countries } from "./countries.ts";
import { counted, type Language, per } from "./language.ts";

interface View {
  account: Account;
  record: CheckoutRecord;
  language: Language;
  words: CheckoutWords;
  money(amount: number): string;
}

/** What is bought on one side, how it may end on the other. */
export function checkoutView(account: Account, record: CheckoutRecord, language: Language, above?: Html): Html {
  const { session } = record;
  const view: View = {
    account,
    record,
    language,
    words: checkoutWords[language],
    money: (amount) => formatAmount(amount, session.currency!, language),
  };
  return html`
    ${session.mode === "setup" ? savingOnly(view) : order(view)}
    <form method="post" class="payment">
      ${above}
      ${buyer(view)}
      ${cards(view)}
      <button class="primary" name="outcome" value="paid">${payLabel(view)}</button>
      ${endings(view)}
      ${session.cancel_url && html`
        <button class="secondary" name="outcome" value="canceled">${view.words.back}</button>
      `}
    </form>
  `;
}

function order({ account, record, language, words, money }: View): Html {
  const { session, line_items, subscription } = record;
  const { amount_discount, amount_tax } = session.total_details!;
  const inclusive = amount_tax > 0 && session.amount_total! === session.amount_subtotal! - amount_discount;
  const code = account.promotionCodes.get(String(session.discounts?.[0]?.promotion_code))?.code;
  const today = subscription ? words.totalToday : words.total;
  const row = (name: string, amount: number) =>
    html`
      <li><span>${name}</span> <span class="amount">${money(amount)}</span></li>
    `;
  return html`
    <section class="order" aria-labelledby="order">
      <h1 id="order">${words.summary}</h1>
      <p class="total"><span>${today}</span> <strong>${money(session.amount_total!)}</strong></p>
      ${subscription && html`<p class="terms">${terms({ record, language, words, money })}</p>`}
      <ul>
        ${line_items.map((item) =>
          html`<li><span>${item.description}${
            item.quantity! > 1 && html`
              <small>${words.quantity}: ${item.quantity}</small>
            `
          }</span> <span class="amount">${money(item.amount_subtotal)}</span></li>`
        )}
        ${amount_discount > 0 && row(code ? `${words.discount} ${code}` : words.discount, -amount_discount)}
        ${amount_tax > 0 && row(inclusive ? words.taxIncluded : words.tax, amount_tax)}
        ${amount_discount + amount_tax > 0 && row(today, session.amount_total!)}
      </ul>
    </section>
  `;
}

/** `14 days free, then $29.00 per month`. */
function terms({ record, language, words, money }: Omit<View, "account">): string {
  const { price, quantity, trial_days } = record.subscription!;
  const rate = `${money(price.unit_amount! * quantity)} ${per(language, price.recurring!)}`;
  return trial_days ? `${words.trial(counted(language, trial_days, "day"))}, ${words.then(rate)}` : rate;
}

const savingOnly = ({ words }: View): Html =>
  html`
    <section class="order" aria-labelledby="order">
      <h1 id="order">${words.saveCard}</h1>
      <p>${words.visaHint}</p>
    </section>
  `;

function payLabel({ record: { session, subscription }, words, money }: View): string {
  if (session.mode === "setup") return words.saveCard;
  if (!subscription) return `${words.pay} ${money(session.amount_total!)}`;
  return subscription.trial_days ? words.startTrial : words.subscribe;
}

/** What the page asks of the person; only what somebody wants to know. */
function buyer({ account, record, language, words }: View): Html {
  const { session, typed } = record;
  const customer = customerOf(account, record);
  const country = typed.country ?? customer?.address?.country ?? (language === "pl" ? "PL" : "US");
  const code = account.promotionCodes.get(String(session.discounts?.[0]?.promotion_code))?.code ?? "";
  const asksEmail = !session.customer_email && !customer?.email;
  return html`
    ${asksEmail && html`
      <label for="email">${words.email}</label>
      <input id="email" name="email" type="email" autocomplete="email" value="${typed.email ?? "buyer@example.com"}">
    `}
    ${(asksCountry(record) || session.tax_id_collection?.enabled) && html`
      <label for="name">${words.name}</label>
      <input id="name" name="name" autocomplete="name" value="${typed.name ?? customer?.name ?? ""}">
    `}
    ${asksCountry(record) && html`
      <label for="country">${words.country}</label>
      <select id="country" name="country" autocomplete="country">
        ${countries(language, country)}
      </select>
    `}
    ${session.tax_id_collection?.enabled && html`
      <label for="tax_id">${words.taxId}</label>
      <input id="tax_id" name="tax_id" autocomplete="off" value="${typed.tax_id?.value ?? ""}">
    `}
    ${session.allow_promotion_codes && html`
      <label for="promotion_code">${words.code}</label>
      <input id="promotion_code" name="promotion_code" autocomplete="off" value="${code}">
    `}
    ${(session.allow_promotion_codes || session.automatic_tax.enabled) && html`
      <button name="outcome" value="apply" class="apply">${words.apply}</button>
    `}
  `;
}

function cards({ record, words }: View): Html | false {
  if (!savesCard(record)) return false;
  return html`
    <fieldset>
      <legend>${words.card}</legend>
      ${choice("visa", words.visa, words.visaHint, true)}
      ${choice("fails_later", words.failsLater, words.failsLaterHint)}
      ${cardOptional(record) && choice("none", words.noCard, words.noCardHint)}
    </fieldset>
  `;
}

export const choice = (card: string, name: string, hint: string, first = false): Html =>
  html`
    <label class="choice">
      <input type="radio" name="card" value="${card}" ${first ? "checked" : ""}>
      <span><strong>${name}</strong> <span>${hint}</span></span>
    </label>
  `;

function endings({ record: { session }, words }: View): Html {
  return html`
    <fieldset>
      <legend>${words.endings}</legend>
      ${ending("declined", words.declined, words.declinedHint)}
      ${session.mode === "payment" && html`
        ${ending("async_paid", words.asyncPaid, words.asyncPaidHint)}
        ${ending("async_failed", words.asyncFailed, words.asyncFailedHint)}
      `}
    </fieldset>
  `;
}

const ending = (outcome: string, name: string, hint: string) =>
  html`<button name="outcome" value="${outcome}"><strong>${name}</strong> <span>${hint}</span></button>`;
