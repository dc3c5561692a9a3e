/** The invoice's hosted page: shows it, and takes the payment of an open one. */
import { type Html, html } from "../../html.ts";
import { isOwnForm } from "../../own-form.ts";
import type { Account, Invoice, PaymentMethod } from "../account.ts";
import { formatAmount } from "../api/currencies.ts";
import { attach, type CardToken, newCard, type PageCard, pageCards } from "../cards.ts";
import { pay } from "../invoices/collect.ts";
import { subscriptionOf, updateSubscription } from "../subscriptions/standing.ts";
import { demoRates } from "../tax.ts";
import { choice } from "./checkout-view.ts";
import { document, notice, redirect } from "./document.ts";
import { type InvoiceWords, invoiceWords } from "./invoice-words.ts";
import { dateIn, type Language, languageFor } from "./language.ts";

export function createInvoicePage(account: Account): (request: Request) => Promise<Response> {
  return async function answer(request) {
    const [, , id] = new URL(request.url).pathname.split("/");
    const invoice = account.invoices.get(id ?? "");
    const customer = account.customers.get(String(invoice?.customer));
    const language = languageFor(customer?.preferred_locales?.[0], request);
    const words = invoiceWords[language];
    if (!invoice?.number) return page(404, language, notice("plain", words.missingTitle, words.missingText));
    if (request.method === "GET" || request.method === "HEAD") return show(invoice, language);
    if (request.method !== "POST") {
      return new Response("Method not allowed", { status: 405, headers: { allow: "GET, POST" } });
    }
    if (!isOwnForm(request)) return new Response("This form may only be sent from its own page.", { status: 403 });
    const form = await request.formData().catch(() => new FormData());
    const outcome = form.get("outcome");
    if (outcome !== "paid" && outcome !== "declined") {
      return show(invoice, language, 400, notice("alert", words.unclearTitle, words.unclearText));
    }
    const card = form.get("card");
    const chosen = typeof card === "string" && Object.hasOwn(pageCards, card) ? card as PageCard : "visa";
    return press(id, outcome === "paid" ? pageCards[chosen] : "pm_card_chargeDeclined", language);
  };

  function press(id: string, token: CardToken, language: Language): Response {
    const words = invoiceWords[language];
    const after = account.store.transaction(() => {
      const invoice = account.invoices.get(id)!;
      if (invoice.status !== "open") return invoice;
      const method = newCard(account, token);
      account.paymentMethods.put(method.id, method);
      const after = pay(account, invoice, { method, present: true, atPage: true });
      if (after.status === "paid") keepForRenewals(after, method);
      return after;
    });
    if (after.status === "paid") return redirect(`/invoice/${id}`);
    return show(after, language, 402, notice("alert", words.declineTitle, words.declineText));
  }

  /** Who pays what another card did not is not asked again next month. */
  function keepForRenewals(invoice: Invoice, method: PaymentMethod) {
    const subscription = subscriptionOf(account, invoice);
    if (!subscription) return;
    attach(account, method, account.customers.get(subscription.customer)!);
    updateSubscription(account, { ...subscription, default_payment_method: method.id });
  }

  function show(invoice: Invoice, language: Language, status = 200, above?: Html): Response {
    return page(status, language, view(invoice, language, above));
  }
}

function view(invoice: Invoice, language: Language, above?: Html): Html {
  const words = invoiceWords[language];
  const money = (amount: number) => formatAmount(amount, invoice.currency, language);
  const row = (name: string, amount: number) =>
    html`
      <li><span>${name}</span> <span class="amount">${money(amount)}</span></li>
    `;
  const discount = (invoice.total_discount_amounts ?? []).reduce((sum, { amount }) => sum + amount, 0);
  const balance = invoice.amount_due - invoice.total;
  return html`
    <section class="order" aria-labelledby="invoice">
      <h1 id="invoice">${words.invoice} ${invoice.number}</h1>
      <p class="total"><span>${words.total}</span> <strong>${money(invoice.total)}</strong></p>
      <p class="terms">${invoice.account_name} → ${invoice.customer_name ?? invoice.customer_email ??
        ""}${(invoice.customer_tax_ids ?? []).map(({ value }) => `, ${value}`)}. ${dateIn(
          language,
          invoice.created,
        )}</p>
      <ul>
        ${invoice.lines.data.map(({ description, amount }) => row(description ?? "", amount))}
        ${discount > 0 && row(words.discount, -discount)}
        ${(invoice.total_taxes ?? []).map((tax) =>
          row(
            `${words.tax} ${percentOf(tax.tax_rate_details?.tax_rate)}`.trim() +
              (tax.taxability_reason === "reverse_charge" ? ` (${words.reverse})` : ""),
            tax.amount,
          )
        )}
        ${row(words.total, invoice.total)}
        ${balance !== 0 && invoice.total > 0 && row(words.balance, balance)}
        ${row(words.due, invoice.amount_remaining)}
      </ul>
    </section>
    ${invoice.status === "open" ? payment(invoice, words, money, above) : state(invoice, words, language)}
  `;
}

const percentOf = (rate: string | undefined) => {
  const known = demoRates.find(({ id }) => id === rate);
  return known ? `${known.percentage} %` : "";
};

function payment(invoice: Invoice, words: InvoiceWords, money: (amount: number) => string, above?: Html): Html {
  return html`
    <form method="post" class="payment">
      ${above}
      <fieldset>
        <legend>${words.card}</legend>
        ${choice("visa", words.visa, words.visaHint, true)}
        ${choice("fails_later", words.failsLater, words.failsLaterHint)}
      </fieldset>
      <button class="primary" name="outcome" value="paid">${words.pay} ${money(invoice.amount_remaining)}</button>
      <button name="outcome" value="declined"><strong>${words.declined}</strong></button>
    </form>
  `;
}

function state(invoice: Invoice, words: InvoiceWords, language: Language): Html {
  const { paid_at } = invoice.status_transitions;
  const text = invoice.status === "paid" && paid_at ? words.paidOn(dateIn(language, paid_at)) : words.notPayable;
  return html`
    <section class="payment">
      <p>${text}</p>
    </section>
  `;
}

function page(status: number, language: Language, body: Html): Response {
  const words = invoiceWords[language];
  return document({
    status,
    lang: language,
    title: words.invoice,
    banner: { sandbox: words.sandbox, text: words.noMoney },
    body,
  });
}
