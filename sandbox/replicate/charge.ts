/** What Replicate measures of a run, and what it would bill for it. */
import { wordsOf } from "./catalogue.ts";
import type { Charge, Entry, Metrics } from "./prediction.ts";
import { countTokens } from "./write/mod.ts";

/** Of a run that ended at this moment, in milliseconds since 1970. */
export function metricsOf({ kind, prediction }: Entry, at: number): Metrics {
  const { started_at, created_at, input, output } = prediction;
  const total_time = secondsBetween(created_at, at);
  if (started_at === null) return { total_time };
  const predict_time = secondsBetween(started_at, at);
  if (kind !== "text") return { predict_time, total_time };
  const written = Array.isArray(output) ? output.length : 0;
  return {
    predict_time,
    total_time,
    input_token_count: countTokens(wordsOf(kind, input)) + countTokens(String(input.system_instruction ?? "")),
    output_token_count: written,
    tokens_per_second: predict_time > 0 ? Math.round(written / predict_time * 100) / 100 : 0,
  };
}

/** Once it has ended and its metrics are known. */
export function chargeOf({ kind, prediction: { status, started_at, output, metrics } }: Entry): Charge {
  const files = kind === "image" || kind === "video";
  return {
    charged: status === "succeeded" || (status === "canceled" && started_at !== null),
    predict_seconds: metrics.predict_time ?? 0,
    outputs: files && output !== null ? [output].flat().length : 0,
    input_tokens: metrics.input_token_count ?? 0,
    output_tokens: metrics.output_token_count ?? 0,
  };
}

const secondsBetween = (from: string, to: number) => Math.max(0, Math.round(to - Date.parse(from)) / 1000);
