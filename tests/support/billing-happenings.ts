import type { Random } from "../../sandbox/faults/random.ts";
import { BillingModel, type Outcome } from "./billing-model.ts";
import type { Cycle, Plan } from "./billing-objects.ts";
import { type Event, isLive, PACKS, type Payment, PureStripe, refundedCents, type State } from "./billing-stripe.ts";
import { DAY } from "./billing-time.ts";

/** Numbers are taken modulo what there is, so that a history stays one when a part of it is left out. */
export interface Happening {
  do:
    | "buy"
    | "end delayed"
    | "subscribe"
    | "change"
    | "cancel at end"
    | "cancel"
    | "recover"
    | "refund"
    | "fail refund"
    | "dispute"
    | "close dispute";
  n: number;
  how: number;
}

export interface Spending {
  price: number;
  outputs: number;
  delivered: number;
}

/** What happens at Stripe, in any order of its news; then, when all are in, what is spent. */
export interface Phase {
  happenings: Happening[];
  spendings: Spending[];
  /** Whether renewals that fell due before it are paid. */
  pays: boolean;
}

/**
 * wild: everything at once, at one moment of the business's time. calm: time passes between the phases, and lots end. There the
 * order in which lots are drawn or a debt is paid decides what is left to end, and the ledger draws them as things come;
 * so nothing of that kind meets something else of that kind in one phase.
 */
export interface History {
  calm: boolean;
  phases: Phase[];
}

const MONEY_IN = [
  "buy",
  "buy",
  "end delayed",
  "subscribe",
  "subscribe",
  "change",
  "change",
  "recover",
  "recover",
] as const;
const OTHER = ["cancel at end", "cancel"] as const;
const MONEY_BACK = ["refund", "refund", "fail refund", "dispute", "close dispute", "close dispute"] as const;

export function makeHistory(random: Random, calm: boolean, phases: number): History {
  const one = <T>(list: readonly T[]) => list[random.below(list.length)];
  const happening = (kinds: readonly Happening["do"][]) => ({
    do: one(kinds),
    n: random.below(8),
    how: random.below(60),
  });
  const spending = (): Spending => {
    const outputs = 1 + random.below(4);
    return { price: one([1, 10, 25, 100]), outputs, delivered: Math.max(0, outputs - one([0, 0, 1, 2, 4])) };
  };
  const many = <T>(count: number, make: () => T) => Array.from({ length: count }, make);
  return {
    calm,
    phases: many(phases, () => {
      const kinds = !calm
        ? [...MONEY_IN, ...OTHER, ...MONEY_BACK, ...MONEY_BACK]
        : random.below(2) === 0
        ? [...MONEY_IN, ...OTHER]
        : MONEY_BACK;
      return {
        happenings: many(1 + random.below(calm ? 3 : 5), () => happening(kinds)),
        spendings: many(random.below(3), spending),
        pays: random.below(5) > 1,
      };
    }).with(0, {
      happenings: [
        ...many(1 + random.below(2), () => happening(["buy", "subscribe"])),
        ...calm ? [] : [happening(MONEY_BACK)],
      ],
      spendings: many(1 + random.below(2), spending),
      pays: true,
    }),
  };
}

/** A phase as it came about. */
export interface Told {
  versions: State[];
  events: Event[];
  spendings: (Spending & { refused: string | null })[];
  expected: Outcome;
}

export interface Life {
  stripe: PureStripe;
  phases: Told[];
}

/** Lets a history happen, at moments that are given for its phases, and says what has to come of it. */
export function live(
  history: History,
  begins: number,
  moments: readonly number[],
  saw: (outcome: string) => void,
): Life {
  const stripe = new PureStripe(begins + 1800);
  const model = new BillingModel(begins, saw);
  const phases = history.phases.map((phase, nth): Told => {
    const [version, events] = [stripe.versions.length - 1, stripe.events.length];
    model.passTime(moments[nth]);
    stripe.passTime(moments[nth] - 1800, phase.pays);
    const renewal = stripe.events.length > events;
    const came: Came = { renewal, money: renewal, pack: false, back: null };
    for (const happening of phase.happenings) {
      if (history.calm && !isCalm(stripe, model, happening, came)) continue;
      const n = history.calm && isMoneyBack(happening) ? phase.happenings[0].n : happening.n;
      if (!happen(stripe, { ...happening, n })) continue;
      saw(happening.do);
      came.money = true;
      came.pack ||= bringsPack(happening);
      came.back ??= directionOf(happening);
    }
    model.hear(stripe.state);
    model.sweep(stripe.state);
    const spendings = phase.spendings.map((spending) => ({
      ...spending,
      refused: model.spend(stripe.state, spending.price, spending.outputs, spending.delivered),
    }));
    return {
      versions: stripe.versions.slice(version),
      events: stripe.events.slice(events).map((event) => ({ ...event, version: event.version - version })),
      spendings,
      expected: model.outcome(stripe.state),
    };
  });
  return { stripe, phases };
}

const isMoneyBack = ({ do: what }: Happening) => (MONEY_BACK as readonly string[]).includes(what);

const bringsPack = ({ do: what }: Happening) => what === "buy" || what === "end delayed";

/** Whether money goes back, or what went back comes again. */
const directionOf = (it: Happening) =>
  !isMoneyBack(it) ? null : it.do === "refund" || it.do === "dispute" ? "back" : "again";

interface Came {
  renewal: boolean;
  money: boolean;
  pack: boolean;
  back: "back" | "again" | null;
}

/** Whether something may happen beside what came in this phase already. */
function isCalm(stripe: PureStripe, model: BillingModel, it: Happening, came: Came) {
  // Credits that return and are taken anew need not be taken from the lots they came from, and those may have ended.
  if (isMoneyBack(it)) return !came.renewal && (came.back ?? directionOf(it)) === directionOf(it);
  // Of two packs the one that is heard of first is drawn on first.
  if (bringsPack(it) && came.pack) return false;
  if (it.do === "subscribe" && Object.values(stripe.state.subscriptions).some(isLive)) return false;
  return model.account.debt === 0 || !came.money;
}

/** False when there is nothing that it could happen to. */
function happen(stripe: PureStripe, { do: what, n, how }: Happening): boolean {
  const { purchases, payments, subscriptions } = stripe.state;
  const one = <T>(record: Record<string, T>, fits: (it: T) => boolean): T | undefined => {
    const fitting = Object.values(record).filter(fits);
    return fitting[n % fitting.length];
  };
  const done = <T>(it: T | undefined, act: (it: T) => void) => it === undefined ? false : (act(it), true);
  // Whatever happens to it: the number means the same payment.
  const paid = (fits: (payment: Payment) => boolean) => {
    const payment = one(payments, ({ status }) => (status ?? "succeeded") === "succeeded");
    return payment && fits(payment) ? payment : undefined;
  };
  const [plan, cycle]: [Plan, Cycle] = [how % 3 === 0 ? "enterprise" : "pro", how % 5 === 0 ? "year" : "month"];
  switch (what) {
    case "buy":
      stripe.buy(
        PACKS[n % PACKS.length],
        (["paid", "paid", "delayed", "expired", "auto", "auto fails"] as const)[how % 6],
      );
      return true;
    case "end delayed":
      return done(one(purchases, ({ state }) => state === "processing"), (it) => stripe.endDelayed(it, how % 3 > 0));
    case "subscribe":
      if (Object.values(subscriptions).filter(isLive).length > 1) return false;
      stripe.subscribe(plan, cycle, plan === "pro" && how % 4 === 0);
      return true;
    case "change":
      return done(
        one(subscriptions, (it) => it.status === "active" && it.cancelAt === null),
        (it) =>
          it.cycle === "month" && how % 5 === 0
            ? stripe.change(it, it.plan, "year")
            : stripe.change(it, it.plan === "pro" ? "enterprise" : "pro", it.cycle),
      );
    case "cancel at end":
      return done(
        one(subscriptions, ({ status }) => ["trialing", "active"].includes(status)),
        (it) => stripe.cancelAtEnd(it, it.cancelAt === null),
      );
    case "cancel":
      return done(one(subscriptions, isLive), (it) => stripe.cancel(it));
    case "recover":
      return done(one(subscriptions, ({ status }) => status === "past_due"), (it) => stripe.recover(it));
    case "refund":
      return done(paid((it) => refundedCents(it) < it.amount), (it) => {
        const left = it.amount - refundedCents(it);
        stripe.refund(it, Math.max(1, Math.floor(left / [1, 1, 2, 3][how % 4])));
      });
    case "fail refund":
      return done(paid(({ refunds }) => refunds.length > 0), (it) => stripe.failRefund(it));
    case "dispute":
      return done(
        paid(({ disputes }) => disputes.length < 2),
        (it) =>
          stripe.dispute(
            it,
            Math.ceil(it.amount / [1, 1, 3][how % 3]),
            how % 5 === 0 ? "warning_needs_response" : "needs_response",
          ),
      );
    case "close dispute":
      return done(
        paid(({ disputes }) => disputes.at(-1)?.status.endsWith("needs_response") ?? false),
        (it) =>
          stripe.closeDispute(
            it,
            it.disputes.at(-1)!.status === "needs_response" ? how % 2 ? "won" : "lost" : "warning_closed",
          ),
      );
  }
}

/** When phases take place: days after the beginning, never a whole number of them after one another. */
export function makeTimes(random: Random, phases: number): number[] {
  let days = 0;
  return Array.from(
    { length: phases },
    (_, nth) => nth === 0 ? 0 : days += [5.1, 8.1, 32.1, 40.1][random.below(4)],
  );
}

export const momentsOf = (begins: number, days: readonly number[]) =>
  days.map((day) => Math.round(begins + 3600 + day * DAY));
