import type { WebhookVerdict } from "../../domain/ops/webhook-event.ts";
import { type Locale, messages } from "../../locales/mod.ts";
import type { Tone } from "../ui/Badge.tsx";
import { wordFor } from "./words.ts";

export const VERDICT_TONES: Record<WebhookVerdict, Tone> = {
  received: "warning",
  applied: "success",
  ignored: "neutral",
  failed: "danger",
};

/** "Credits added, Invoice paid": what an event did, from the words that the journal keeps. */
export function effectWords(effect: string | readonly string[] | null, locale: Locale): string[] {
  const names = typeof effect === "string" ? effect.split(", ") : effect ?? [];
  // Two objects of one event may say the same.
  return [...new Set(names)].filter((name) => name !== "").map((name) =>
    wordFor(messages(locale).admin.webhooks.effects, name)
  );
}

/** What went wrong. Our own sentences are known in both languages; Stripe's come as they are. */
export function problemWords(problem: string, locale: Locale): string {
  return wordFor(messages(locale).admin.webhooks.problems, problem);
}

/** What a worker is to do; a mail says which one. */
export function taskWords({ kind, data }: { kind: string; data: Record<string, unknown> }, locale: Locale): string {
  const { kinds, mails } = messages(locale).admin.billing.tasks;
  return kind === "mail" && typeof data.mail === "string" ? wordFor(mails, data.mail) : wordFor(kinds, kind);
}
