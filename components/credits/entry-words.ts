import type { Entry } from "../../domain/credits/list-entries.ts";
import { fill, formatCredits, formatMoney, type Locale, messages, plural } from "../../locales/mod.ts";

/** A line of the ledger in words: what it was and, in one line, why. */
export interface EntryWords {
  what: string;
  why: string | null;
}

/** @param models names by slug */
export function entryWords(entry: Entry, models: Record<string, string>, locale: Locale): EntryWords {
  const { app: { credits: { kinds, why } }, units } = messages(locale);
  const { cause, amount } = entry;
  const reason = reasonOf(entry);
  const becauseOf = reason && fill(why.reason, { reason });
  switch (entry.kind) {
    case "settle": {
      const [pictures, price] = [numberIn(cause.outputs), numberIn(cause.credits_per_output)];
      if (pictures === null) return { what: kinds.settlePlain, why: becauseOf };
      const model = String(cause.model ?? "");
      return {
        what: fill(kinds.settle, { pictures: plural(units.pictures, pictures, locale), model: models[model] ?? model }),
        why: price === null ? null : fill(why.settle, { count: pictures, price: formatCredits(price, locale) }),
      };
    }
    case "topup": {
      const cents = numberIn(cause.price_cents);
      return {
        what: fill(kinds.topup, { credits: formatCredits(amount, locale) }),
        why: cents === null ? null : fill(why.topup, { price: formatMoney(cents, locale) }),
      };
    }
    case "grant":
      if (entry.ref === "signup") return { what: kinds.signup, why: why.signup };
      return { what: entry.counter_account === "plan" ? kinds.plan : kinds.grant, why: becauseOf };
    case "expiry": {
      const lot = numberIn(cause.grant);
      return { what: kinds.expiry, why: lot === null ? null : fill(why.expiry, { lot }) };
    }
    case "refund":
    case "dispute": {
      const owed = numberIn(cause.owed);
      return {
        what: kinds[entry.kind],
        why: owed ? fill(why.owed, { credits: formatCredits(owed, locale) }) : becauseOf,
      };
    }
    case "adjustment":
      return { what: kinds.adjustment, why: becauseOf };
    case "transfer":
      return { what: amount > 0 ? kinds.transferIn : kinds.transferOut, why: becauseOf };
  }
}

export interface EntryStory {
  /** What happened outside of the ledger. */
  event: string;
  /** What then has to be written, always. */
  rule: string;
  /** What a person wrote down as their reason. */
  reason: string | null;
}

/** The longer answer to "why?", for the entry's own page. */
export function entryStory(entry: Entry, locale: Locale): EntryStory {
  const { events, rules } = messages(locale).app.entry;
  const { cause, kind, amount } = entry;
  const reason = reasonOf(entry);
  switch (kind) {
    case "settle": {
      const pictures = numberIn(cause.outputs);
      const event = pictures === null ? events.settlePlain : plural(events.settle, pictures, locale);
      return { event, rule: rules.settle, reason };
    }
    case "grant": {
      const of = entry.ref === "signup" ? "signup" : entry.counter_account === "plan" ? "plan" : "grant";
      return { event: events[of], rule: rules[of], reason };
    }
    case "expiry": {
      const lot = numberIn(cause.grant);
      return { event: lot === null ? events.expiryPlain : fill(events.expiry, { lot }), rule: rules.expiry, reason };
    }
    case "adjustment":
      return { event: cause.checker ? events.adjustmentChecked : events.adjustment, rule: rules.adjustment, reason };
    case "transfer":
      return { event: amount > 0 ? events.transferIn : events.transferOut, rule: rules.transfer, reason };
    default:
      return { event: events[kind], rule: rules[kind], reason };
  }
}

/** Who gave the reason stays in the books: an operator's name is nothing for a customer's page. */
function reasonOf({ cause: { reason } }: Entry): string | null {
  return typeof reason === "string" && reason !== "" ? reason : null;
}

function numberIn(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
