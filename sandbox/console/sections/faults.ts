import { type Source, sources, type Switches } from "../../faults/mod.ts";
import { type Html, html } from "../../html.ts";
import type { SandboxOptions } from "../options.ts";
import { type Counted, counted, limits } from "../fault-input.ts";

const words: Record<Counted, [string, string]> = {
  duplicate: ["Duplicate", "extra copies of each webhook"],
  delay_ms: ["Delay", "milliseconds before each webhook"],
  drop: ["Drop", "next webhooks lost, then retried"],
  wrong_signature: ["Wrong signature", "next webhooks badly signed, then retried"],
  api_errors: ["API errors", "next calls answered 500, nothing done"],
  api_lost: ["API answers lost", "next calls done, but answered 500"],
  api_delay_ms: ["API delay", "milliseconds before each call is done"],
};

const ofApi = (name: Counted) => name.startsWith("api_");

export function faults({ faults }: SandboxOptions): Html {
  const switches = faults.get();
  return html`${sources.map((source) => form(source, switches[source]))}`;
}

function form(source: Source, on: Switches): Html {
  const id = (name: string) => `${source}-${name}`;
  const field = (name: Counted) =>
    html`
      <div class="field">
        <label for="${id(name)}">${words[name][0]}</label>
        <input id="${id(name)}" name="${name}" type="number" inputmode="numeric" min="0" max="${limits[name]}"
          value="${on[name]}" aria-describedby="${id(name)}-hint">
        <small id="${id(name)}-hint">${words[name][1]}</small>
      </div>
    `;
  return html`
    <form method="post" action="/console/faults" class="faults">
      <fieldset>
        <legend>${source === "stripe" ? "Stripe" : "Replicate"}</legend>
        <input type="hidden" name="source" value="${source}">
        ${counted.filter((name) => !ofApi(name)).map(field)}
        <div class="field check">
          <input id="${id("reorder")}" name="reorder" type="checkbox" value="true"${on.reorder && html`
            checked
          `}>
          <label for="${id("reorder")}">Reorder</label>
          <small>webhooks of one moment arrive shuffled</small>
        </div>
        ${counted.filter(ofApi).map(field)}
        <button class="primary" id="${id("set")}">Set for ${source === "stripe" ? "Stripe" : "Replicate"}</button>
      </fieldset>
    </form>
  `;
}

/** What is switched on, for the banner that says so wherever one has scrolled; null when all is in order. */
export function faultBanner({ faults }: SandboxOptions): Html | null {
  const on = sources.flatMap((source) => {
    const { duplicate, delay_ms, drop, reorder, wrong_signature, ...api } = faults.get()[source];
    const words = [
      duplicate > 0 && `duplicate ×${duplicate}`,
      delay_ms > 0 && `delay ${delay_ms} ms`,
      drop > 0 && `drop next ${drop}`,
      wrong_signature > 0 && `wrong signature on next ${wrong_signature}`,
      reorder && "reorder",
      api.api_errors > 0 && `API errors on next ${api.api_errors}`,
      api.api_lost > 0 && `answers of next ${api.api_lost} calls lost`,
      api.api_delay_ms > 0 && `API delay ${api.api_delay_ms} ms`,
    ].filter((word) => word !== false);
    return words.length > 0 ? [`${source}: ${words.join(", ")}`] : [];
  });
  if (on.length === 0) return null;
  return html`
    <aside class="banner" aria-label="Faults">
      <p><strong>Faults are on.</strong> ${on.join("; ")}</p>
      <form method="post" action="/console/faults/reset"><button id="faults-off">All off</button></form>
    </aside>
  `;
}
