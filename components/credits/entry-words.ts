import type { Entry } from "../../domain/credits/list-entries.ts";
import { fill, formatCredits, formatMoney, type Locale, messages, plural } from "../../locales/mod.ts";

/** A line of the ledger in words: what it was, by which rule, and where to see it. */
export interface EntryWords {
  what: string;
  why: string | null;
  /** Path without the locale's prefix. */
  path: string | null;
}

/** @param models names by slug */
export function entryWords(entry: Entry, models: Record<string, string>, locale: Locale): EntryWords {
  const { app: { credits: t }, units } = messages(locale);
  const { cause } = entry;
  switch (entry.kind) {
    case "settle": {
      const pictures = numberIn(cause.outputs);
      const price = numberIn(cause.credits_per_output);
      const model = String(cause.model ?? "");
      return {
        what: pictures === null ? t.kinds.settlePlain : fill(t.kinds.settle, {
          pictures: plural(units.pictures, pictures, locale),
          model: models[model] ?? model,
        }),
        why: pictures === null || price === null
          ? null
          : fill(t.why.settle, { count: pictures, price: formatCredits(price, locale) }),
        path: pathOf(entry.ref),
      };
    }
    case "topup": {
      const cents = numberIn(cause.price_cents);
      return {
        what: fill(t.kinds.topup, { credits: formatCredits(entry.amount, locale) }),
        why: cents === null ? null : fill(t.why.topup, { price: formatMoney(cents, locale) }),
        path: pathOf(entry.ref),
      };
    }
    case "grant":
      return entry.ref === "signup"
        ? { what: t.kinds.signup, why: t.why.signup, path: null }
        : { what: t.kinds.grant, why: reasonOf(cause, locale), path: pathOf(entry.ref) };
    default:
      return { what: t.kinds[entry.kind], why: reasonOf(cause, locale), path: pathOf(entry.ref) };
  }
}

function reasonOf(cause: Entry["cause"], locale: Locale): string | null {
  const reason = cause.reason ?? cause.rule;
  return typeof reason === "string" ? fill(messages(locale).app.credits.why.reason, { reason }) : null;
}

function pathOf(ref: string): string | null {
  const [noun, id] = ref.split(":");
  if (noun === "job") return `/app/jobs/${id}`;
  if (noun === "checkout") return `/app/billing/success?session_id=${id}`;
  return null;
}

function numberIn(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
