/** What all hosted pages share: the document, its security headers, its style. */
import { type Html, html } from "../../html.ts";

const style = Deno.readTextFileSync(new URL("./page.css", import.meta.url));
export const stylePath = "/checkout/page.css";

export const styleSheet = () =>
  new Response(style, { headers: { "content-type": "text/css; charset=utf-8", "cache-control": "no-cache" } });

export interface Page {
  status?: number;
  lang: string;
  title: string;
  /** The strip on top says that this is the sandbox. */
  banner: { sandbox: string; text: string };
  body: Html;
  /** Where its forms may lead: Chromium applies form-action to the merchant's site a form's answer redirects to. */
  leadsTo?: (string | null | undefined)[];
}

export function document({ status = 200, lang, title, banner, body, leadsTo = [] }: Page): Response {
  const origins = leadsTo.filter((url) => url && URL.canParse(url)).map((url) => new URL(url!).origin);
  const page = html`
    <!doctype html>
    <html lang="${lang}">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        <title>${title} · ${banner.sandbox}</title>
        <link rel="stylesheet" href="${stylePath}">
        <link rel="icon" href="data:,">
      </head>
      <body>
        <header><strong>${banner.sandbox}</strong> <span>${banner.text}</span></header>
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
        `form-action ${["'self'", ...new Set(origins)].join(" ")}`,
        "frame-ancestors 'none'",
        "base-uri 'none'",
      ].join("; "),
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
    },
  });
}

export const redirect = (location: string) => new Response(null, { status: 303, headers: { location } });

export function notice(kind: "alert" | "plain", title: string, text: string, act?: Html | null | ""): Html {
  return kind === "alert"
    ? html`<div class="notice" role="alert"><strong>${title}</strong> ${text}</div>`
    : html`<section class="message"><h1>${title}</h1><p>${text}</p>${act}</section>`;
}
