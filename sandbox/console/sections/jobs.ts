import { type Html, html } from "../../html.ts";
import type { DatabaseReading, DatabaseView } from "../database.ts";
import { badge, breakable, rows, state, time } from "./pieces.ts";

export function jobs(reading: DatabaseReading): Html {
  if (reading.state === "down") return html`<p class="trouble" role="status">${reading.why}</p>`;
  const { view } = reading;
  return html`
    <dl class="counts">
      ${view.jobCounts.map(({ status, n }) =>
        html`
          <div>
            <dt>${status}</dt>
            <dd>${n}</dd>
          </div>
        `
      )}
      <div><dt>in line</dt><dd>${view.line.standing}</dd></div>
      <div><dt>waiting</dt><dd>${view.line.waiting}</dd></div>
      <div><dt>at work</dt><dd>${view.line.running}</dd></div>
    </dl>
    <p class="note">${workers(view)}</p>
    ${rows(
      view.jobs.map(({ id, status, model, attempts, credits, error, at }) => ({
        title: html`<code>${id}</code>`,
        state: state(status),
        meta: [
          model,
          credits === "1" ? "1 credit" : `${credits} credits`,
          attempts === 1 ? "1 attempt" : `${attempts} attempts`,
          time(at),
          error && html`<span class="trouble">${error}</span>`,
        ],
      })),
      "No job yet.",
    )}
  `;
}

function workers({ workers, line }: DatabaseView): string {
  const seen = workers[0] ? `Worker last seen ${workers[0].seenSeconds} s ago` : "No worker has been seen yet";
  return line.oldestSeconds === null ? `${seen}.` : `${seen}; the oldest job in line waits ${line.oldestSeconds} s.`;
}

export function schedules(reading: DatabaseReading): Html {
  if (reading.state === "down") return html`<p class="trouble" role="status">${reading.why}</p>`;
  return rows(
    reading.view.schedules.map(({ name, schedule, active, status, message, at }) => ({
      title: name,
      state: active ? status ? state(status) : badge("quiet", "not run yet") : badge("quiet", "off"),
      meta: [html`<code>${schedule}</code>`, at && time(at), status === "failed" && message],
    })),
    "Nothing is scheduled.",
  );
}

/** How the app took the webhooks it was sent. */
export function inbox(reading: DatabaseReading): Html {
  if (reading.state === "down") return html`<p class="trouble" role="status">${reading.why}</p>`;
  return rows(
    reading.view.inbox.map(({ source, type, verdict, effect, error, at }) => ({
      title: breakable(type),
      state: state(verdict),
      meta: [source, effect, time(at), error && html`<span class="trouble">${error}</span>`],
    })),
    "The app has received no webhook yet.",
  );
}
