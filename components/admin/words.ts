import type { Invariant } from "../../domain/ops/read-books.ts";
import { formatCredits, type Locale, messages, plural } from "../../locales/mod.ts";

/** Looks a name up that the database chose; a new one is shown as it is until it has words. */
export function wordFor(words: Record<string, string>, name: string): string {
  return words[name] ?? name;
}

/** The address of a person, or what is left of them. */
export function personName(email: string | null, id: string, locale: Locale): string {
  return email ?? `${messages(locale).admin.person.erased} ${id.slice(0, 8)}`;
}

export function invariantWords(name: string, locale: Locale, description = ""): { name: string; text: string } {
  const names: Record<string, { name: string; text: string }> = messages(locale).admin.ledger.names;
  return names[name] ?? { name, text: description };
}

/** What is broken, a sentence for each rule. An invariant may mean something of its own by one. */
export function wrongWords(wrong: readonly string[] | undefined, locale: Locale, invariant = "chain"): string[] {
  const words: Record<string, string> = messages(locale).admin.ledger.wrong;
  return (wrong ?? []).map((rule) => words[`${invariant}.${rule}`] ?? words[rule] ?? rule);
}

/** "3 minutes ago"; hours from the second on. */
export function agoWords(from: Date, now: Date, locale: Locale): string {
  const t = messages(locale).admin.ledger.ago;
  const minutes = Math.floor((now.getTime() - from.getTime()) / 60_000);
  if (minutes < 1) return t.now;
  return minutes < 120 ? plural(t.minutes, minutes, locale) : plural(t.hours, Math.floor(minutes / 60), locale);
}

/** A breach counts for more than a late check, and a late check for more than none known. */
export type Verdict = "agree" | "breaches" | "late" | "never";

/** Minutes after which a slice that is due counts as late: a busy database may skip one or two. */
const PATIENCE = 3;

export function verdictOf(invariants: readonly Invariant[], now: Date): Verdict {
  if (invariants.some(({ open_breaches }) => open_breaches > 0)) return "breaches";
  if (invariants.some(({ last_run_at }) => last_run_at === null)) return "never";
  const late = ({ next_run_at }: Invariant) =>
    next_run_at !== null && now.getTime() - next_run_at.getTime() > PATIENCE * 60_000;
  return invariants.some(late) ? "late" : "agree";
}

/** When the check that waits longest was made. */
export function longestAgo(invariants: readonly Invariant[]): Date | null {
  const times = invariants.flatMap(({ last_run_at }) => last_run_at ? [last_run_at.getTime()] : []);
  return times.length > 0 ? new Date(Math.min(...times)) : null;
}

/** "+10 credits" where a sentence needs the word, from an amount that may be missing. */
export function signedCredits(amount: unknown, locale: Locale): string {
  return typeof amount === "number" ? formatCredits(amount, locale, { signed: true }) : "?";
}
