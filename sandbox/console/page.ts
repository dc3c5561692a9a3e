/** The console's documents. Everything is rendered here on the server; the script only fetches sections again. */
import { type Html, html } from "../html.ts";
import { readDatabase } from "./database.ts";
import type { SandboxOptions } from "./options.ts";
import { clock } from "./sections/clock.ts";
import { customers } from "./sections/customers.ts";
import { deliveries } from "./sections/deliveries.ts";
import { faultBanner, faults } from "./sections/faults.ts";
import { inbox, jobs, schedules } from "./sections/jobs.ts";
import { mail } from "./sections/mail.ts";
import { payments } from "./sections/payments.ts";
import { predictions } from "./sections/predictions.ts";
import { start } from "./sections/start.ts";

const sections = [
  ["start", "Start"],
  ["clock", "Clock"],
  ["mail", "Mail"],
  ["payments", "Payments"],
  ["customers", "Customers"],
  ["predictions", "Predictions"],
  ["jobs", "Jobs and line"],
  ["inbox", "Webhooks received"],
  ["deliveries", "Webhooks sent"],
  ["schedules", "Schedules"],
  ["faults", "Faults"],
] as const;

type SectionId = typeof sections[number][0];

/** Every section's inside, and the banner. */
export async function renderSections(options: SandboxOptions): Promise<Record<SectionId | "banner", Html>> {
  const reading = await readDatabase(options.sql?.() ?? null);
  return {
    banner: faultBanner(options) ?? html``,
    start: start(options),
    clock: clock(options),
    customers: customers(options),
    payments: payments(options),
    mail: mail(options),
    predictions: predictions(options),
    jobs: jobs(reading),
    deliveries: deliveries(options),
    inbox: inbox(reading),
    schedules: schedules(reading),
    faults: faults(options),
  };
}

export async function consolePage(options: SandboxOptions): Promise<Response> {
  const insides = await renderSections(options);
  return document(
    "Sandbox console",
    html`
      <header class="top">
        <h1>Sandbox console</h1>
        <p>Stripe, Replicate and mail of this machine. Nothing here is real, and nothing leaves.</p>
        <p class="live" id="live" role="status" hidden></p>
      </header>
      <nav aria-label="Sections">
        <ul>${sections.map(([id, name]) => html`<li><a href="#${id}">${name}</a></li>`)}</ul>
      </nav>
      <div data-section="banner">${insides.banner}</div>
      <main>
      ${sections.map(([id, name]) =>
        html`
          <section id="${id}" aria-labelledby="${id}-title">
            <h2 id="${id}-title">${name}</h2>
            <div data-section="${id}">${insides[id]}</div>
          </section>
        `
      )}
      </main>
      <script src="/console/console.js" defer></script>
    `,
  );
}

/** A page beside the console: one mail, or why something did not work. */
export function sidePage(title: string, body: Html, status = 200): Response {
  return document(
    title,
    html`
      <header class="top">
        <p class="name"><a href="/">Sandbox console</a></p>
      </header>
      <main class="letter">${body}</main>
    `,
    status,
  );
}

export const notFound = (what: string): Response =>
  sidePage(
    "Not found",
    html`
      <h1>${what}</h1>
      <p><a href="/">To the console</a></p>
    `,
    404,
  );

function document(title: string, body: Html, status = 200): Response {
  const page = html`
    <!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <title>${title} · Kredo</title>
        <link rel="stylesheet" href="/console/console.css">
        <link rel="icon" href="data:,">
      </head>
      <body>${body}</body>
    </html>
  `;
  return new Response(page.text, {
    status,
    headers: {
      "content-type": "text/html; charset=utf-8",
      "cache-control": "no-store",
      "content-security-policy":
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; frame-src 'self'; img-src data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
      "referrer-policy": "same-origin",
      "x-content-type-options": "nosniff",
    },
  });
}
