import { type Html, html } from "../../html.ts";
import type { SandboxOptions } from "../options.ts";

export function start({ links, users, baseUrl, faults }: SandboxOptions): Html {
  const people = Object.entries(users);
  return html`
    <dl class="facts">
      <div>
        <dt>Web app</dt>
        <dd><a href="${links.web}">${links.web}</a></dd>
      </div>
      <div>
        <dt>Supabase API</dt>
        <dd><code>${links.api}</code></dd>
      </div>
      <div>
        <dt>Database</dt>
        <dd><code>${links.db}</code></dd>
      </div>
      <div>
        <dt>Stripe API</dt>
        <dd><code>${baseUrl}/v1</code></dd>
      </div>
      <div>
        <dt>Replicate API</dt>
        <dd><code>${baseUrl}/replicate/v1</code></dd>
      </div>
      <div>
        <dt>Seed</dt>
        <dd><code>${faults.seed}</code></dd>
      </div>
    </dl>
    <h3>Log-ins</h3>
    ${people.length === 0
      ? html`<p class="empty">No demo accounts yet.</p>`
      : html`<dl class="facts">${
        people.map(([role, { email, password }]) =>
          html`
            <div>
              <dt>${role}</dt>
              <dd><code>${email}</code> <code>${password}</code></dd>
            </div>
          `
        )
      }</dl>`}
  `;
}
