import type { Entry } from "../../domain/credits/list-entries.ts";
import { fill, formatCredits, formatMoney, formatTime, type Locale, messages, plural } from "../../locales/mod.ts";
import { type KnownModels, madeWords } from "./made-words.ts";

/** A line of the ledger in words: what it was and, in one line, why. */
export interface EntryWords {
  what: string;
  why: string | null;
}

export function entryWords(entry: Entry, models: KnownModels, locale: Locale): EntryWords {
  const { kinds, why } = messages(locale).app.credits;
  const { cause, amount } = entry;
  const reason = reasonOf(entry);
  const becauseOf = reason && fill(why.reason, { reason });
  switch (entry.kind) {
    case "settle": {
      const [pictures, price] = [numberIn(cause.outputs), numberIn(cause.credits_per_output)];
      if (pictures === null) return { what: kinds.settlePlain, why: becauseOf };
      return {
        what: madeWords(String(cause.model ?? ""), pictures, models, locale),
        why: price === null ? null : fill(why.settle, { count: pictures, price: formatCredits(price, locale) }),
      };
    }
    case "topup": {
      const cents = numberIn(cause.price_cents);
      return {
        what: fill(isAutomatic(entry) ? kinds.topupAuto : kinds.topup, { credits: formatCredits(amount, locale) }),
        why: cents === null ? null : fill(why.topup, { price: formatMoney(cents, locale) }),
      };
    }
    case "grant": {
      const origin = originOf(entry);
      const plan = planName(entry, locale);
      if (origin === "signup") return { what: kinds.signup, why: why.signup };
      if (origin === "covered") return { what: fill(kinds.covered, { plan }), why: why.covered };
      if (origin === "house") return { what: kinds.house, why: why.house };
      if (origin === "grant" || origin === "plan") return { what: kinds[origin], why: becauseOf };
      const until = typeof cause.until === "string"
        ? fill(why.until, { date: formatTime(cause.until, locale, { dateOnly: true }) })
        : becauseOf;
      return { what: fill(kinds[origin], { plan }), why: until };
    }
    case "expiry": {
      const lot = numberIn(cause.grant);
      return { what: kinds.expiry, why: lot === null ? null : fill(why.expiry, { lot }) };
    }
    case "refund":
    case "dispute": {
      if (amount > 0) return { what: kinds[`${entry.kind}Back`], why: why.returned };
      const owed = numberIn(cause.owed);
      const [back, paid] = [numberIn(cause.back_cents), numberIn(cause.amount_cents)];
      const share = back === null || paid === null
        ? becauseOf
        : fill(why.back, { back: formatMoney(back, locale), price: formatMoney(paid, locale) });
      return {
        what: kinds[entry.kind],
        why: owed ? fill(why.owed, { credits: formatCredits(owed, locale) }) : share,
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
      const origin = originOf(entry);
      const event = fill(events[origin], { plan: planName(entry, locale) });
      return { event, rule: rules[origin === "allowance" || origin === "free" ? "plan" : origin], reason };
    }
    case "topup":
      return { event: isAutomatic(entry) ? events.topupAuto : events.topup, rule: rules.topup, reason };
    case "refund":
    case "dispute":
      return amount > 0
        ? { event: events[`${kind}Back`], rule: rules.returned, reason }
        : { event: events[kind], rule: rules[kind], reason };
    case "expiry": {
      const lot = numberIn(cause.grant);
      return { event: lot === null ? events.expiryPlain : fill(events.expiry, { lot }), rule: rules.expiry, reason };
    }
    case "adjustment":
      return { event: cause.checker ? events.adjustmentChecked : events.adjustment, rule: rules.adjustment, reason };
    case "transfer":
      return { event: amount > 0 ? events.transferIn : events.transferOut, rule: rules.transfer, reason };
  }
}

/**
 * Why credits were given. allowance: of a paid month of a plan · free: of a month of Free · covered: an unlimited plan
 * pays for one job · house: we pay for one that is tried again · plan: of a plan, in a way that older entries do not tell
 */
export function originOf(
  { ref, counter_account }: Entry,
): "signup" | "allowance" | "free" | "covered" | "house" | "plan" | "grant" {
  if (ref === "signup") return "signup";
  if (ref.startsWith("house:job:")) return "house";
  if (counter_account !== "plan") return "grant";
  if (ref.startsWith("invoice:")) return "allowance";
  if (ref.startsWith("free:")) return "free";
  return ref.startsWith("plan:job:") ? "covered" : "plan";
}

/** Nobody was on Stripe's page when auto top-up bought: there is a payment and no session. */
function isAutomatic({ cause }: Entry): boolean {
  return cause.stripe_session === null;
}

function planName({ cause: { plan } }: Entry, locale: Locale): string {
  const { names } = messages(locale).plans;
  return names[plan as keyof typeof names] ?? String(plan ?? "");
}

/** Who gave the reason stays in the books: an operator's name is nothing for a customer's page. */
function reasonOf({ cause: { reason } }: Entry): string | null {
  return typeof reason === "string" && reason !== "" ? reason : null;
}

function numberIn(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
