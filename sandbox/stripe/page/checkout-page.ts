/** The page Stripe would host: `GET` shows it, `POST` with an `outcome` ends it. */
import { type Html, html } from "../../html.ts";
import { isOwnForm } from "../../own-form.ts";
import type { Account, CheckoutRecord, Session } from "../account.ts";
import { checkOut, type Outcome, outcomes } from "../payment.ts";
import { checkoutView, notice } from "./checkout-view.ts";
import { type Words, wordsFor } from "./words.ts";

const style = Deno.readTextFileSync(new URL("./checkout.css", import.meta.url));

export function createCheckoutPage(account: Account): (request: Request) => Promise<Response> {
  return async function answer(request) {
    const { pathname } = new URL(request.url);
    if (pathname === "/checkout/checkout.css") {
      return new Response(style, {
        headers: { "content-type": "text/css; charset=utf-8", "cache-control": "no-cache" },
      });
    }
    const record = account.checkouts.get(pathname.slice("/checkout/".length));
    const words = wordsFor(record?.session.locale, request);
    if (!record) return document(404, words, notice("plain", words.missingTitle, words.missingText));
    if (request.method === "GET" || request.method === "HEAD") return show(record, words);
    if (request.method !== "POST") {
      return new Response("Method not allowed", { status: 405, headers: { allow: "GET, POST" } });
    }
    if (!isOwnForm(request)) {
      return new Response("This form may only be sent from its own page.", { status: 403 });
    }
    return end(record, words, await request.formData().catch(() => new FormData()));
  };

  function end(record: CheckoutRecord, words: Words, form: FormData): Response {
    const outcome = form.get("outcome");
    if (!isOutcome(outcome)) return show(record, words, 400, notice("alert", words.unclearTitle, words.unclearText));
    const wasOpen = record.session.status === "open";
    const typed = form.get("email");
    const session = checkOut(account, record.id, outcome, typeof typed === "string" && typed ? typed : null)!;
    const after = { ...record, session };
    if (session.status === "complete") return redirect(successUrl(session));
    if (session.status === "open" && outcome === "canceled" && session.cancel_url) return redirect(session.cancel_url);
    const declined = wasOpen && outcome === "declined";
    return declined
      ? show(after, words, 402, notice("alert", words.declineTitle, words.declineText))
      : show(after, words);
  }
}

function show(record: CheckoutRecord, words: Words, status = 200, above?: Html): Response {
  const { session } = record;
  if (session.status === "expired") {
    const back = session.cancel_url && html`<a class="secondary" href="${session.cancel_url}">${words.back}</a>`;
    return document(410, words, notice("plain", words.expiredTitle, words.expiredText, back));
  }
  if (session.status === "complete") {
    const onward = html`<a class="primary" href="${successUrl(session)}">${words.onward}</a>`;
    return document(200, words, notice("plain", words.completeTitle, words.completeText, onward));
  }
  return document(status, words, checkoutView(record, words, above), session);
}

/** Stripe puts the session's id in place of the literal {CHECKOUT_SESSION_ID}, and of nothing else. */
const successUrl = ({ success_url, id }: Session) => success_url!.replaceAll("{CHECKOUT_SESSION_ID}", id);

const isOutcome = (value: unknown): value is Outcome => outcomes.some((outcome) => outcome === value);

const redirect = (location: string) => new Response(null, { status: 303, headers: { location } });

function document(status: number, words: Words, body: Html, session?: Session): Response {
  // Chromium applies form-action to where a form's answer redirects, which is the merchant's site.
  const merchant = [session?.success_url, session?.cancel_url]
    .filter((url) => url && URL.canParse(url)).map((url) => new URL(url!).origin);
  const page = html`
    <!doctype html>
    <html lang="${words.lang}">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        <title>${words.title} · ${words.sandbox}</title>
        <link rel="stylesheet" href="/checkout/checkout.css">
        <link rel="icon" href="data:,">
      </head>
      <body>
        <header><strong>${words.sandbox}</strong> <span>${words.noMoney} ${session && words.choose}</span></header>
        <main>${body}</main>
      </body>
    </html>
  `;
  return new Response(page.text, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy": [
        "default-src 'none'",
        "style-src 'self'",
        "img-src data:",
        `form-action ${["'self'", ...new Set(merchant)].join(" ")}`,
        "frame-ancestors 'none'",
        "base-uri 'none'",
      ].join("; "),
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
    },
  });
}
