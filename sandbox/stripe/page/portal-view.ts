import { type Html, html } from "../../html.ts";
import type { Account, Invoice, Price, Subscription } from "../account.ts";
import { formatAmount } from "../api/currencies.ts";
import { nameOf } from "../catalogue.ts";
import { taxIdsOf } from "../customer.ts";
import { cardOf, type Portal, prices, quote, runs } from "../portal.ts";
import { itemOf } from "../subscriptions/objects.ts";
import { countries } from "./countries.ts";
import { dateIn, type Language, per } from "./language.ts";
import { type PortalWords, portalWords } from "./portal-words.ts";

interface View {
  account: Account;
  portal: Portal;
  language: Language;
  words: PortalWords;
}

/** The whole portal, or the one section that its session's flow is about. */
export function portalView(account: Account, portal: Portal, language: Language, above?: Html): Html {
  const view: View = { account, portal, language, words: portalWords[language] };
  const { flow, return_url } = portal.session;
  const { features } = portal;
  const about = (...types: string[]) => !flow || types.includes(flow.type);
  return html`
    <div class="portal">
      <h1>${view.words.title}</h1>
      ${above}
      ${about("subscription_cancel", "subscription_update") && plan(view)}
      ${about("subscription_update") && switches(view)}
      ${about("payment_method_update") && card(view)}
      ${!flow && features.customer_update.enabled && details(view)}
      ${!flow && features.invoice_history.enabled && invoices(view)}
      ${return_url && html`
        <a class="secondary" href="${return_url}">${view.words.back(new URL(return_url).host)}</a>
      `}
    </div>
  `;
}

const button = (action: string, text: string, hint: string | null = null, fields: Record<string, string> = {}): Html =>
  html`
    <form method="post">
      ${Object.entries(fields).map(([name, value]) =>
        html`
          <input type="hidden" name="${name}" value="${value}">
        `
      )}
      <button name="action" value="${action}"><strong>${text}</strong>${hint && html`
        <span>${hint}</span>
      `}</button>
    </form>
  `;

function rate({ language }: View, price: Price, quantity = 1): string {
  return `${formatAmount(price.unit_amount! * quantity, price.currency, language)} ${per(language, price.recurring!)}`;
}

function plan(view: View): Html {
  const { account, portal: { subscription, features }, words, language } = view;
  const heading = html`<h2 id="plan">${words.plan}</h2>`;
  if (!subscription || !runs(subscription)) {
    return html`<section aria-labelledby="plan">${heading}<p>${words.noPlan}</p></section>`;
  }
  const { price, quantity, current_period_end } = itemOf(subscription);
  const end = dateIn(language, current_period_end);
  const immediately = features.subscription_cancel.mode === "immediately";
  return html`
    <section aria-labelledby="plan">
      ${heading}
      <p><strong>${nameOf(account, price)}</strong> ${rate(view, price, quantity)}</p>
      <p>${when(subscription, words, end)}</p>
      ${subscription.status === "past_due" && html`<p class="notice">${words.pastDue}</p>`}
      ${subscription.cancel_at_period_end ? button("resume", words.resume) : features.subscription_cancel.enabled &&
        button("cancel", immediately ? words.cancelNow : words.cancel, immediately ? null : words.cancelHint(end))}
    </section>
  `;
}

function when({ cancel_at_period_end, status }: Subscription, words: PortalWords, date: string): string {
  if (cancel_at_period_end) return words.ends(date);
  return status === "trialing" ? words.trialEnds(date) : words.renews(date);
}

function switches(view: View): Html | false {
  const { account, portal, words, language } = view;
  const offered = prices(account, portal);
  if (offered.length === 0) return false;
  return html`
    <section aria-labelledby="switch">
      <h2 id="switch">${words.switch}</h2>
      ${offered.map((price) => {
        const { amount, at } = quote(account, portal, price);
        const money = formatAmount(amount, price.currency, language);
        const hint = at <= account.now() ? words.dueNow(money) : words.dueLater(money, dateIn(language, at));
        return button("switch", words.switchTo(nameOf(account, price), rate(view, price)), hint, { price: price.id });
      })}
    </section>
  `;
}

function card({ account, portal, words }: View): Html {
  const current = cardOf(account, portal)?.card;
  return html`
    <section aria-labelledby="card">
      <h2 id="card">${words.card}</h2>
      <p>${current ? words.ending(brandName(current.brand), current.last4) : words.noCard}</p>
      ${portal.features.payment_method_update.enabled && html`
        ${button("card", words.visa, words.visaHint, { card: "visa" })}
        ${button("card", words.failsLater, words.failsLaterHint, { card: "fails_later" })}
        ${current && button("card", words.remove, words.removeHint, { card: "none" })}
      `}
    </section>
  `;
}

const brandName = (brand: string) => brand[0].toUpperCase() + brand.slice(1);

function details({ account, portal: { customer, features }, words, language }: View): Html {
  const allowed = new Set<string>(features.customer_update.allowed_updates);
  const [taxId] = taxIdsOf(account, customer.id).reverse();
  const field = (name: string, label: string, value: string, type = "text") =>
    html`
      <label for="${name}">${label}</label>
      <input id="${name}" name="${name}" type="${type}" value="${value}">
    `;
  return html`
    <section aria-labelledby="details">
      <h2 id="details">${words.details}</h2>
      <form method="post">
        ${allowed.has("name") && field("name", words.name, customer.name ?? "")}
        ${allowed.has("email") && field("email", words.email, customer.email ?? "", "email")}
        ${allowed.has("address") && html`
          <label for="country">${words.country}</label>
          <select id="country" name="country">${countries(language, customer.address?.country ?? null)}</select>
        `}
        ${allowed.has("tax_id") && field("tax_id", words.taxId, taxId?.value ?? "")}
        <button name="action" value="details">${words.save}</button>
      </form>
    </section>
  `;
}

function invoices({ account, portal: { customer }, words, language }: View): Html {
  const listed = account.invoices.list().filter((invoice) => invoice.customer === customer.id && invoice.number);
  const row = (invoice: Invoice) => {
    const amount = formatAmount(invoice.total, invoice.currency, language);
    return html`
      <li>
        <span>${dateIn(language, invoice.created)}<small>${invoice.number}, ${words
          .statuses[invoice.status ?? ""]}</small></span>
        <span class="amount">${amount}</span>
        <span class="acts">
          ${invoice.status === "open" && button("pay", words.pay, null, { invoice: invoice.id })}
          <a href="${invoice.hosted_invoice_url}">${words.view}</a>
        </span>
      </li>
    `;
  };
  return html`
    <section aria-labelledby="invoices">
      <h2 id="invoices">${words.invoices}</h2>
      ${listed.length === 0 ? html`<p>${words.noInvoices}</p>` : html`<ul>${listed.slice(0, 24).map(row)}</ul>`}
    </section>
  `;
}
