import { type Html, html } from "../../html.ts";
import type { SandboxOptions, ShownPrediction } from "../options.ts";
import { rows, state, time } from "./pieces.ts";

export function predictions({ replicate }: SandboxOptions): Html {
  const { predictions, trainings } = replicate.state();
  const newest = [...predictions, ...trainings].sort((a, b) => b.created_at.localeCompare(a.created_at));
  return rows(
    newest.slice(0, 8).map((prediction) => ({
      title: subject(prediction),
      state: state(prediction.status),
      meta: [
        prediction.model,
        time(prediction.created_at),
        html`<code>${prediction.id}</code>`,
        bill(prediction),
        prediction.error ? html`<span class="trouble">${String(prediction.error)}</span>` : null,
      ],
    })),
    "No prediction yet. Generate an image in the app.",
  );
}

/** The prompt, or what a training calls its subject. */
function subject({ input }: ShownPrediction): string {
  const { prompt, trigger_word } = (input ?? {}) as Record<string, unknown>;
  const text = prompt !== undefined
    ? String(prompt)
    : trigger_word !== undefined
    ? `Training of ${trigger_word}`
    : "(no prompt)";
  return text.length > 90 ? `${text.slice(0, 90)}…` : text;
}

/** What Replicate would ask money for. */
function bill({ charge }: ShownPrediction): string | null {
  if (!charge) return null;
  if (!charge.charged) return "not billed";
  const { outputs, input_tokens, output_tokens, predict_seconds } = charge;
  if (output_tokens > 0) return `billed: ${input_tokens} + ${output_tokens} tokens`;
  return outputs > 0 ? `billed: ${outputs} × output` : `billed: ${predict_seconds} s`;
}
