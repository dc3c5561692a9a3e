/** The page Stripe would host: `GET` shows it, `POST` with an `outcome` ends it. */
import { type Html, html } from "../../html.ts";
import { isOwnForm } from "../../own-form.ts";
import type { Account, CheckoutRecord, Session } from "../account.ts";
import { type PageCard, pageCards } from "../cards.ts";
import { checkOut, fillIn, type Outcome, outcomes } from "../checkout/outcomes.ts";
import { asksCountry, type Typed } from "../checkout/record.ts";
import { checkoutView } from "./checkout-view.ts";
import { checkoutWords } from "./checkout-words.ts";
import { document, notice, redirect, stylePath, styleSheet } from "./document.ts";
import { type Language, languageFor } from "./language.ts";

export function createCheckoutPage(account: Account): (request: Request) => Promise<Response> {
  return async function answer(request) {
    const { pathname } = new URL(request.url);
    if (pathname === stylePath) return styleSheet();
    const record = account.checkouts.get(pathname.slice("/checkout/".length));
    const language = languageFor(record?.session.locale, request);
    const words = checkoutWords[language];
    if (!record) return page(404, language, notice("plain", words.missingTitle, words.missingText));
    if (request.method === "GET" || request.method === "HEAD") return show(record, language);
    if (request.method !== "POST") {
      return new Response("Method not allowed", { status: 405, headers: { allow: "GET, POST" } });
    }
    if (!isOwnForm(request)) {
      return new Response("This form may only be sent from its own page.", { status: 403 });
    }
    return press(record, language, await request.formData().catch(() => new FormData()));
  };

  function press(record: CheckoutRecord, language: Language, form: FormData): Response {
    const words = checkoutWords[language];
    const outcome = form.get("outcome");
    if (outcome !== "apply" && !isOutcome(outcome)) {
      return show(record, language, 400, notice("alert", words.unclearTitle, words.unclearText));
    }
    const promotion_code = form.get("promotion_code");
    const typed = typedIn(record, language, form);
    const good = fillIn(account, record.id, { typed, ...(typeof promotion_code === "string" && { promotion_code }) });
    const filled = account.checkouts.get(record.id)!;
    if (!good) return show(filled, language, 400, notice("alert", words.codeTitle, words.codeText));
    if (outcome === "apply") return redirect(`/checkout/${record.id}`);
    const wasOpen = filled.session.status === "open";
    const session = checkOut(account, record.id, outcome, cardOf(form))!;
    const after = account.checkouts.get(record.id)!;
    if (session.status === "complete") return redirect(successUrl(session));
    if (session.status === "open" && outcome === "canceled" && session.cancel_url) return redirect(session.cancel_url);
    const declined = wasOpen && outcome !== "canceled";
    return declined
      ? show(after, language, 402, notice("alert", words.declineTitle, words.declineText))
      : show(after, language);
  }

  function show(record: CheckoutRecord, language: Language, status = 200, above?: Html): Response {
    const { session } = record;
    const words = checkoutWords[language];
    if (session.status === "expired") {
      const back = session.cancel_url && html`<a class="secondary" href="${session.cancel_url}">${words.back}</a>`;
      return page(410, language, notice("plain", words.expiredTitle, words.expiredText, back));
    }
    if (session.status === "complete") {
      const onward = html`<a class="primary" href="${successUrl(session)}">${words.onward}</a>`;
      return page(200, language, notice("plain", words.completeTitle, words.completeText, onward));
    }
    return page(status, language, checkoutView(account, record, language, above), session);
  }
}

/** Stripe puts the session's id in place of the literal {CHECKOUT_SESSION_ID}, and of nothing else. */
const successUrl = ({ success_url, id }: Session) => success_url!.replaceAll("{CHECKOUT_SESSION_ID}", id);

const isOutcome = (value: unknown): value is Outcome => outcomes.some((outcome) => outcome === value);

function cardOf(form: FormData): PageCard | "none" {
  const card = form.get("card");
  return card === "none"
    ? card
    : typeof card === "string" && Object.hasOwn(pageCards, card)
    ? card as PageCard
    : "visa";
}

/** A form without a country means the one the page would have shown. */
function typedIn(record: CheckoutRecord, language: Language, form: FormData): Partial<Typed> {
  const field = (name: string) => {
    const value = form.get(name);
    return typeof value === "string" && value.trim() ? value.trim() : undefined;
  };
  const [email, name, country, taxId] = ["email", "name", "country", "tax_id"].map(field);
  return {
    ...(email && { email }),
    ...(name && { name }),
    ...(asksCountry(record) && { country: country ?? record.typed.country ?? preselected(record, language) }),
    ...(record.session.tax_id_collection?.enabled && form.has("tax_id") && {
      tax_id: taxId ? { type: taxIdType(taxId), value: taxId } : null,
    }),
  };
}

/** The customer's own country is known to Stripe and stays; anybody else is asked. */
const preselected = ({ session }: CheckoutRecord, language: Language) =>
  session.customer ? null : language === "pl" ? "PL" : "US";

/** By how the number begins; most that people type are of the EU. */
function taxIdType(value: string): string {
  if (/^GB/i.test(value)) return "gb_vat";
  if (/^CHE/i.test(value)) return "ch_vat";
  return /^\d{2}-?\d{7}$/.test(value) ? "us_ein" : "eu_vat";
}

function page(status: number, language: Language, body: Html, session?: Session): Response {
  const words = checkoutWords[language];
  return document({
    status,
    lang: language,
    title: words.title,
    banner: { sandbox: words.sandbox, text: session ? `${words.noMoney} ${words.choose}` : words.noMoney },
    body,
    leadsTo: [session?.success_url, session?.cancel_url],
  });
}
