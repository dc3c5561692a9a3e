/**
 * Words in square brackets that a test writes into a prompt (of a training: into its trigger word or caption) to make the
 * provider misbehave. The full table is in
 * README.md; anything else in brackets is simply part of the prompt.
 */

export type Outcome = "succeed" | "fail" | "nsfw" | "hang" | "abort";

export interface Directives {
  outcome: Outcome;
  /** Seconds of processing in place of what the model usually takes. */
  slowSeconds: number | null;
  /** The first `flaky` predictions of this prompt fail. */
  flaky: number;
  webhooks: "once" | "twice" | "never";
  badOutput: boolean;
  /** What creating answers in place of a prediction. `times` is how often, for this prompt. */
  http: { status: number; times: number } | "none" | null;
  orphan: boolean;
}

const PATTERN =
  /\[(fail|nsfw|hang|aborted|lost-webhook|duplicate-webhook|bad-output|orphan|slow:\d+(?:\.\d+)?|flaky:\d+|http:none|http:\d{3}(?::\d+)?)\]/g;

export function readDirectives(prompt: string): Directives {
  const found: Directives = {
    outcome: "succeed",
    slowSeconds: null,
    flaky: 0,
    webhooks: "once",
    badOutput: false,
    http: null,
    orphan: false,
  };
  for (const [, word] of prompt.matchAll(PATTERN)) {
    const [name, first, second] = word.split(":");
    switch (name) {
      case "fail":
      case "nsfw":
      case "hang":
        found.outcome = name;
        break;
      case "aborted":
        found.outcome = "abort";
        break;
      case "lost-webhook":
        found.webhooks = "never";
        break;
      case "duplicate-webhook":
        found.webhooks = "twice";
        break;
      case "bad-output":
        found.badOutput = true;
        break;
      case "orphan":
        found.orphan = true;
        break;
      case "slow":
        found.slowSeconds = Number(first);
        break;
      case "flaky":
        found.flaky = Number(first);
        break;
      case "http":
        found.http = first === "none"
          ? "none"
          : { status: Number(first), times: second === undefined ? defaultTimes(first) : Number(second) };
    }
  }
  return found;
}

/** A rejected input stays rejected; a throttle or an outage passes. */
function defaultTimes(status: string): number {
  return status === "429" || status.startsWith("5") ? 1 : Infinity;
}

/** The prompt as a person meant it, for drawing. */
export function withoutDirectives(prompt: string): string {
  return prompt.replaceAll(PATTERN, " ").replaceAll(/\s+/g, " ").trim();
}
