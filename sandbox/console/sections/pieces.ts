import { type Html, html } from "../../html.ts";

export type Tone = "good" | "wait" | "bad" | "quiet";

export const badge = (tone: Tone, text: string): Html => html`<span class="badge ${tone}">${text}</span>`;

/** UTC to the second: the sandbox is read beside logs, which are in UTC too. */
export function time(iso: string): Html {
  const [day, clock] = new Date(iso).toISOString().split("T");
  return html`<time datetime="${iso}" title="${day} UTC">${clock.slice(0, 8)}</time>`;
}

export const atSeconds = (seconds: number): Html => time(new Date(seconds * 1000).toISOString());

/** A day of the moved clock, where the time alone would not tell which; to the minute when asked. */
export function moment(ms: number, precision: "day" | "minutes" = "day"): Html {
  const iso = new Date(ms).toISOString();
  const day = new Date(ms).toLocaleDateString("en-GB", {
    day: "numeric",
    month: "short",
    year: "numeric",
    timeZone: "UTC",
  });
  const clock = iso.slice(11, 16);
  return html`<time datetime="${iso}" title="${day}, ${clock} UTC">${
    precision === "day" ? day : `${day}, ${clock}`
  }</time>`;
}

/** An entry of a panel: what it is, what became of it, and the small print. */
export interface Row {
  title: Html | string;
  state?: Html;
  meta: (Html | string | null | false)[];
  actions?: Html | null | false | "";
  more?: Html | null | false;
}

export function rows(entries: Row[], empty: string): Html {
  if (entries.length === 0) return html`<p class="empty">${empty}</p>`;
  return html`<ul class="rows">${entries.map(row)}</ul>`;
}

function row({ title, state, meta, actions, more }: Row): Html {
  const small = meta.filter((piece) => piece !== null && piece !== false && piece !== "");
  return html`
    <li>
      <strong class="what">${title}</strong>
      ${state}
      <ul class="meta">${small.map((piece) => html`<li>${piece}</li>`)}</ul>
      ${actions && html`<div class="actions">${actions}</div>`}
      ${more}
    </li>
  `;
}

/** A dotted name that may be broken where it has a joint. */
export const breakable = (name: string): Html =>
  html`${name.split(/(?<=[._])/).map((part, at) => html`${at > 0 && html`<wbr>`}${part}`)}`;

const tones: Record<string, Tone> = {
  succeeded: "good",
  paid: "good",
  delivered: "good",
  applied: "good",
  active: "good",
  trialing: "good",
  "dispute won": "good",
  failed: "bad",
  gave_up: "bad",
  aborted: "bad",
  declined: "bad",
  disputed: "bad",
  "dispute lost": "bad",
  past_due: "bad",
  unpaid: "bad",
  expired: "quiet",
  canceled: "quiet",
  ignored: "quiet",
  refunded: "quiet",
};

/** A state's word with its colour; whatever is still under way is amber. */
export const state = (word: string): Html => badge(tones[word] ?? "wait", word.replaceAll("_", " "));
