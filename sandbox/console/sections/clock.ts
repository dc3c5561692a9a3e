import type { Appointment } from "../../stripe/account.ts";
import { type Html, html } from "../../html.ts";
import type { SandboxOptions } from "../options.ts";
import { moment } from "./pieces.ts";

const steps = ["1 day", "7 days", "1 month"];

const words: Record<Appointment["act"], string> = {
  expire_checkout: "A checkout expires",
  settle_checkout: "A delayed payment arrives",
  bounce_checkout: "A delayed payment fails",
  renew_subscription: "A subscription renews",
  trial_will_end: "A trial is about to end",
  expire_subscription: "A first payment has waited too long",
  finalize_invoice: "An invoice is finalized",
  retry_invoice: "A payment is tried again",
  decide_dispute: "A bank decides a dispute",
};

/** What time it is for Stripe and the app, and buttons that let it pass. */
export function clock({ clock, stripe }: SandboxOptions): Html {
  const now = clock.nowMs();
  const appointments = stripe.upcoming().slice(0, 4);
  return html`
    <p class="now">${moment(now, "minutes")} <small>UTC, ${ahead(clock.offsetMs())}</small></p>
    <form method="post" action="/console/clock" class="buttons">
      ${steps.map((step) =>
        html`<button id="clock-${step.replace(" ", "-")}" name="advance" value="${step}">+ ${step}</button>`
      )}
    </form>
    <form method="post" action="/console/clock" class="line">
      <label for="clock-date">To a date</label>
      <input id="clock-date" name="advance" type="datetime-local" required min="${input(now)}" value="${input(
        now + 86_400_000,
      )}">
      <button>Go there</button>
    </form>
    <h3>By itself, next</h3>
    ${appointments.length === 0
      ? html`<p class="empty">Nothing is due.</p>`
      : html`<ul class="agenda">${
        appointments.map(({ act, due_ms }) => html`<li>${moment(due_ms, "minutes")} <span>${words[act]}</span></li>`)
      }</ul>`}
  `;
}

/** What a field for date and time takes, to the minute. */
const input = (ms: number) => new Date(ms).toISOString().slice(0, 16);

/** In whole units: who wants the hour sees it beside. */
function ahead(offsetMs: number): string {
  const hours = Math.round(offsetMs / 3_600_000);
  if (hours === 0) return "the real time";
  if (hours < 48) return `${hours} h ahead`;
  return `${Math.round(hours / 24)} days ahead`;
}
