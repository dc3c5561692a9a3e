import type { Attempt, Delivery } from "../../faults/delivery.ts";
import { type Html, html } from "../../html.ts";
import type { SandboxOptions } from "../options.ts";
import { breakable, rows, state, time } from "./pieces.ts";

export function deliveries({ deliveries }: SandboxOptions): Html {
  return rows(
    deliveries.journal({ limit: 12 }).map((delivery) => ({
      title: breakable(delivery.type),
      state: state(delivery.state),
      meta: [delivery.source, time(delivery.created_at), tries(delivery), html`<code>${delivery.event}</code>`],
      actions: html`<form method="post" action="/console/deliveries/${delivery.id}/resend">
        <button id="again-${delivery.id}" aria-label="Send again: ${delivery.type}">Send again</button></form>`,
      more: isStory(delivery) && html`
        <details id="log-${delivery.id}">
          <summary>${delivery.log.length === 1 ? "1 post" : `${delivery.log.length} posts`}</summary>
          <ol class="log">${delivery.log.map(attempt)}</ol>
        </details>
      `,
    })),
    "Nothing has been sent yet.",
  );
}

/** One post that was simply answered needs no log. */
const isStory = ({ log }: Delivery) =>
  log.length > 1 || log.some(({ error, faults }) => error !== null || faults.length > 0);

function tries({ tried, next_at, state }: Delivery): Html | string {
  const word = tried === 1 ? "1 try" : `${tried} tries`;
  return state === "pending" && tried > 0 && next_at ? html`${word}, next at ${time(next_at)}` : word;
}

const attempt = ({ at, status, ms, error, faults }: Attempt) =>
  html`<li>${time(at)} ${status === null ? "no answer" : `HTTP ${status}`} in ${ms} ms${
    faults.length > 0 && html`
      <span class="fault">${faults.join(", ")}</span>
    `
  }${error && html`<span class="trouble">${error}</span>`}</li>`;
