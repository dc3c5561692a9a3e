import type { Locale } from "../../locales/mod.ts";
import { html } from "../../platform/html.ts";

export interface LaidOutMail {
  title: string;
  paragraphs: readonly string[];
  action: { label: string; url: string };
  more?: { label: string; url: string };
  /** Why the reader gets it. */
  footer: string;
}

// The look of supabase/templates, whose mails arrive in the same inbox. Styles are inline, for many readers drop
// the rest; those that know dark mode also know this style sheet.
const STYLE = {
  page: "margin: 0; padding: 32px 16px; background: #f1f4ea; color: #18211c; " +
    "font: 16px/1.5 system-ui, -apple-system, 'Segoe UI', sans-serif",
  sheet: "max-width: 480px; margin: 0 auto; padding: 32px; background: #fbfcf7; border: 1px solid #c9d3c0; " +
    "border-radius: 8px; overflow-wrap: break-word",
  brand: "border-bottom: 5px double #c4321a; font: 800 22px/1.2 Georgia, serif",
  title: "margin: 0 0 12px; font-size: 22px; line-height: 1.25",
  paragraph: "margin: 0 0 16px",
  button: "display: inline-block; padding: 12px 20px; border-radius: 4px; background: #c4321a; color: #ffffff; " +
    "font-weight: 600; text-decoration: none",
  link: "color: #ab2912",
  footer: "margin: 0; color: #515e57; font-size: 14px",
};
const DARK = `@media (prefers-color-scheme: dark) {
  .page { background: #14100e !important; color: #f3eae3 !important }
  .sheet { background: #1f1916 !important; border-color: #3d322c !important }
  .brand { border-color: #ff6d47 !important }
  .button { background: #ff6d47 !important; color: #1d0a05 !important }
  .link { color: #ff8a69 !important }
  .footer { color: #b9a99e !important }
}`;

/** The mail for readers that show HTML. */
export function layOutHtml({ title, paragraphs, action, more, footer }: LaidOutMail, locale: Locale): string {
  return html`
    <!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width">
        <meta name="color-scheme" content="light dark">
        <title>${title}</title>
        <style>${DARK}</style>
      </head>
      <body class="page" style="${STYLE.page}">
        <div class="sheet" style="${STYLE.sheet}">
    <p style="margin: 0 0 24px"><span class="brand" style="${STYLE.brand}">Kredo</span></p>
    <h1 style="${STYLE.title}">${title}</h1>
    ${paragraphs.map((text) =>
      html`
        <p style="${STYLE.paragraph}">${text}</p>
      `
    )}<p style="margin: 24px 0"><a class="button" href="${action.url}" style="${STYLE.button}">${action.label}</a></p>
    ${more && html`
      <p style="margin: 0 0 24px"><a class="link" href="${more.url}" style="${STYLE.link}">${more.label}</a></p>
    `}<p class="footer" style="${STYLE.footer}">${footer}</p>
        </div>
      </body>
    </html>
  `.text;
}

/** The same for readers that do not: nothing is left out, and addresses stand on lines of their own. */
export function layOutText({ title, paragraphs, action, more, footer }: LaidOutMail): string {
  const links = [action, ...(more ? [more] : [])].map(({ label, url }) => `${label}:\n${url}`);
  return [title, ...paragraphs, ...links, `Kredo\n${footer}`].join("\n\n") + "\n";
}
