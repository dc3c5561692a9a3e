import {
  fill,
  formatCredits,
  formatMoney,
  formatNumber,
  formatTime,
  type Locale,
  messages,
  plural,
} from "../../locales/mod.ts";
import type { Mail, MailData, MailKind } from "./mail.ts";

/** What a mail says, before it is laid out. Nothing in it is escaped. */
export interface MailContent {
  /** Subject and headline. */
  title: string;
  paragraphs: string[];
  action: MailLink;
  /** The way into the app where the action leads to Stripe. */
  more?: MailLink;
}

export interface MailLink {
  label: string;
  /** A path of the app without its language, or a whole address of Stripe's. */
  to: string;
}

const PLAN = "/app/billing";
const INVOICES = "/app/billing/invoices";
const CREDITS = "/app/credits";

export function composeMail(mail: Mail, locale: Locale): MailContent {
  // A kind and its data belong together, which is what the compiler cannot see of a lookup by kind.
  const write = WRITERS[mail.kind] as (data: Mail["data"], say: Voice) => MailContent;
  return write(mail.data, voiceOf(locale));
}

/** Words and figures in the reader's language. */
function voiceOf(locale: Locale) {
  const words = messages(locale).email;
  return {
    words,
    credits: (amount: number) => formatCredits(amount, locale),
    money: (cents: number) => formatMoney(cents, locale),
    /** With the clock and "UTC": where the reader is nobody knows. */
    time: (at: string) => formatTime(at, locale),
    date: (at: string) => formatTime(at, locale, { dateOnly: true }),
    number: (n: number) => formatNumber(n, locale),
    plural: (forms: Parameters<typeof plural>[0], n: number, values?: Record<string, string>) =>
      plural(forms, n, locale, values),
  };
}

type Voice = ReturnType<typeof voiceOf>;

const WRITERS: { [K in MailKind]: (data: MailData<K>, say: Voice) => MailContent } = {
  subscription_started({ plan, interval, trial_ends_at, credits }, say) {
    const t = say.words.subscription_started;
    return {
      title: fill(t.title, { plan: say.words.plans[plan] }),
      paragraphs: [
        ...(trial_ends_at ? [fill(t.trial, { time: say.time(trial_ends_at) })] : []),
        fill(t.text, { every: say.words.every[interval] }),
        ...(credits ? [fill(t.credits, { credits: say.credits(credits) })] : []),
      ],
      action: { label: say.words.seePlan, to: PLAN },
    };
  },

  trial_ends_soon({ plan, ends_at, price_cents, interval }, say) {
    const t = say.words.trial_ends_soon;
    const name = say.words.plans[plan];
    const price = fill(say.words.prices[interval], { price: say.money(price_cents) });
    return {
      title: fill(t.title, { plan: name, date: say.date(ends_at) }),
      paragraphs: [fill(t.text, { time: say.time(ends_at), plan: name, price }), t.cancel],
      action: { label: say.words.seePlan, to: PLAN },
    };
  },

  subscription_changed({ plan, interval, effective_at }, say) {
    const t = say.words.subscription_changed;
    const name = say.words.plans[plan];
    return {
      title: fill(t.title, { plan: name }),
      paragraphs: [
        fill(t.text, { time: say.time(effective_at), plan: name, every: say.words.every[interval] }),
        t.invoice,
      ],
      action: { label: say.words.seePlan, to: PLAN },
    };
  },

  subscription_canceling({ plan, ends_at }, say) {
    const t = say.words.subscription_canceling;
    const name = say.words.plans[plan];
    return {
      title: fill(t.title, { plan: name, date: say.date(ends_at) }),
      paragraphs: [fill(t.text, { plan: name, time: say.time(ends_at) }), t.resume],
      action: { label: t.action, to: PLAN },
    };
  },

  subscription_resumed: ({ plan }, say) => aboutPlan("subscription_resumed", plan, say.words.seePlan, say),
  subscription_ended: ({ plan }, say) => aboutPlan("subscription_ended", plan, say.words.seePlans, say),
  grace_ended: ({ plan }, say) => aboutPlan("grace_ended", plan, say.words.seePlans, say),
  payment_recovered: ({ plan }, say) => aboutPlan("payment_recovered", plan, say.words.seePlan, say),

  payment_failed({ amount_cents, plan, grace_ends_at, hosted_invoice_url }, say) {
    const t = say.words.payment_failed;
    const name = say.words.plans[plan];
    return {
      title: fill(t.title, { amount: say.money(amount_cents), plan: name }),
      paragraphs: [fill(t.text, { plan: name, time: say.time(grace_ends_at) }), t.next],
      ...(hosted_invoice_url
        ? { action: { label: t.pay, to: hosted_invoice_url }, more: { label: t.card, to: PLAN } }
        : { action: { label: t.card, to: PLAN } }),
    };
  },

  payment_action_required({ amount_cents, hosted_invoice_url }, say) {
    const t = say.words.payment_action_required;
    return {
      title: fill(t.title, { amount: say.money(amount_cents) }),
      paragraphs: [t.text],
      action: { label: t.action, to: hosted_invoice_url },
      more: { label: say.words.seePlan, to: PLAN },
    };
  },

  invoice_paid({ number, amount_cents, invoice_id }, say) {
    const t = say.words.invoice_paid;
    const values = { number, amount: say.money(amount_cents) };
    return {
      title: fill(t.title, values),
      paragraphs: [fill(t.text, values), t.pdf],
      action: { label: t.action, to: `${INVOICES}#${invoice_id}` },
    };
  },

  refund_applied({ amount_cents, credits_taken, debt }, say) {
    const t = say.words.refund_applied;
    const untouched = credits_taken === 0 && debt === 0 ? [t.untouched] : [];
    return {
      title: fill(t.title, { amount: say.money(amount_cents) }),
      paragraphs: [t.text, ...takenBack(t.taken, credits_taken, debt, say), ...untouched],
      action: { label: say.words.seeEntries, to: CREDITS },
    };
  },

  dispute_opened({ amount_cents, credits_taken, debt }, say) {
    const t = say.words.dispute_opened;
    const amount = say.money(amount_cents);
    return {
      title: fill(t.title, { amount }),
      paragraphs: [fill(t.text, { amount }), ...takenBack(t.taken, credits_taken, debt, say), t.mistake],
      action: { label: say.words.seeEntries, to: CREDITS },
    };
  },

  dispute_won({ credits_returned }, say) {
    const t = say.words.dispute_won;
    const returned = credits_returned > 0 ? fill(t.returned, { credits: say.credits(credits_returned) }) : t.untouched;
    return {
      title: t.title,
      paragraphs: [t.text, returned],
      action: { label: say.words.seeEntries, to: CREDITS },
    };
  },

  dispute_lost({ amount_cents }, say) {
    const t = say.words.dispute_lost;
    return {
      title: fill(t.title, { amount: say.money(amount_cents) }),
      paragraphs: [t.text],
      action: { label: say.words.seeEntries, to: CREDITS },
    };
  },

  usage_warning({ entitlement, percent, used, limit, resets_at }, say) {
    const t = say.words.usage_warning;
    const title = percent === 100 ? t.allUsed : t.mostUsed;
    return {
      title: fill(title, { things: t.things[entitlement], percent }),
      paragraphs: [
        fill(t.text, { amount: say.plural(t.amounts[entitlement], limit, { used: say.number(used) }) }),
        resets_at ? fill(t.resets, { time: say.time(resets_at) }) : t.stays,
        t.more,
      ],
      action: { label: t.action, to: PLAN },
    };
  },

  topup_succeeded({ pack_credits, amount_cents }, say) {
    const t = say.words.topup_succeeded;
    const values = { credits: say.credits(pack_credits), amount: say.money(amount_cents) };
    return {
      title: fill(t.title, values),
      paragraphs: [fill(t.text, values)],
      action: { label: say.words.seeEntries, to: CREDITS },
      more: { label: say.words.setTopup, to: PLAN },
    };
  },

  topup_failed({ amount_cents, attempts, next_attempt_at }, say) {
    const t = say.words.topup_failed;
    return {
      title: t.title,
      paragraphs: [
        fill(t.text, { amount: say.money(amount_cents), attempts: say.number(attempts) }),
        next_attempt_at ? fill(t.again, { time: say.time(next_attempt_at) }) : t.never,
      ],
      action: { label: say.words.setTopup, to: PLAN },
    };
  },

  topup_switched_off({ reason }, say) {
    const t = say.words.topup_switched_off;
    return {
      title: t.title,
      paragraphs: [t.reasons[reason], t.next],
      action: { label: say.words.setTopup, to: PLAN },
    };
  },
};

/** The mails that say one thing about a plan. */
function aboutPlan(
  kind: "subscription_resumed" | "subscription_ended" | "grace_ended" | "payment_recovered",
  plan: MailData<"grace_ended">["plan"],
  label: string,
  { words }: Voice,
): MailContent {
  const values = { plan: words.plans[plan] };
  const { title, text, next } = words[kind];
  return {
    title: fill(title, values),
    paragraphs: [fill(text, values), next],
    action: { label, to: PLAN },
  };
}

/** What became of the credits of a payment that was reversed, and what is owed of them. */
function takenBack(taken: string, credits: number, debt: number, say: Voice): string[] {
  return [
    ...(credits > 0 ? [fill(taken, { credits: say.credits(credits) })] : []),
    ...(debt > 0 ? [fill(say.words.debt, { credits: say.credits(debt) })] : []),
  ];
}
