import { type Html, html } from "../../html.ts";
import type { Mail } from "../../mail/mod.ts";
import type { SandboxOptions } from "../options.ts";
import { rows, time } from "./pieces.ts";

export function mail({ mail }: SandboxOptions): Html {
  const messages = mail.list({ limit: 8 });
  return html`${
    rows(
      messages.map(({ id, to, subject, sent_at, links }) => ({
        title: html`<a href="/mail/${id}">${subject || "(no subject)"}</a>`,
        meta: [to, time(sent_at)],
        actions: links.length > 0 && html`<a class="button" href="${links[0]}">Follow its link</a>`,
      })),
      "No mail yet. Sign up, or ask for a new password.",
    )
  }${
    messages.length > 0 &&
    html`<form method="post" action="/console/mail/clear"><button id="clear-mail">Empty the inbox</button></form>`
  }`;
}

/** A message on a page of its own; its HTML stays in a frame that may run and load nothing. */
export function mailPage(mail: Mail): Html {
  return html`
    <p><a href="/#mail">All mail</a></p>
    <h1>${mail.subject || "(no subject)"}</h1>
    <p class="note">To ${mail.to}, ${mail.sent_at.slice(0, 19).replace("T", " ")} UTC</p>
    ${mail.links.length > 0 && html`<h2>Links in it</h2>
<ul class="links">${mail.links.map((link) => html`<li><a href="${link}">${link}</a></li>`)}</ul>`}
    <iframe title="The message" src="/mail/${mail
      .id}/body" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>
    ${mail.text && mail.html && html`
      <details>
        <summary>As plain text</summary>
        <pre>${mail.text}</pre>
      </details>
    `}
  `;
}
