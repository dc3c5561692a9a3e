import { type Html, html } from "../../html.ts";
import type { SandboxOptions, ShownPrediction } from "../options.ts";
import { rows, state, time } from "./pieces.ts";

export function predictions({ replicate }: SandboxOptions): Html {
  return rows(
    replicate.state().predictions.slice(0, 8).map((prediction) => ({
      title: prompt(prediction),
      state: state(prediction.status),
      meta: [
        prediction.model,
        time(prediction.created_at),
        html`<code>${prediction.id}</code>`,
        prediction.error ? html`<span class="trouble">${String(prediction.error)}</span>` : null,
      ],
    })),
    "No prediction yet. Generate an image in the app.",
  );
}

function prompt({ input }: ShownPrediction): string {
  const text = typeof input === "object" && input !== null && "prompt" in input ? String(input.prompt) : "(no prompt)";
  return text.length > 90 ? `${text.slice(0, 90)}…` : text;
}
