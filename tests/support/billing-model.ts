import { type Invoice, isLive, type Payment, refundedCents, type State, type Subscription } from "./billing-stripe.ts";
import { addMonths, DAY, monthWindow } from "./billing-time.ts";
import { ModelAccount } from "./ledger-account.ts";
import { type Draw, type Lot, returning, sum } from "./ledger-lots.ts";

export const FREE_CREDITS = 10;
export const PRO_CREDITS = 500;
export const TRIAL_CREDITS = 50;
export const GRACE_DAYS = 7;

/** A paid period of a plan that counts its generations, and the lots it brought: for a year one each month. */
interface Period {
  subscription: string;
  plan: string;
  start: number;
  end: number;
  yearly: boolean;
  trial: boolean;
  credits: number;
  invoice: string;
  lots: { ends: number; lot: Lot }[];
}

interface Taken {
  credits: number;
  draws: Draw[];
}

export interface Outcome {
  available: number;
  debt: number;
  plan: string;
}

/**
 * What Kredo promises for what Stripe says, in plain TypeScript: one customer, whose news are all in. It works from what
 * Stripe has at the end and not from events, so there is no order in it that deliveries could change.
 */
export class BillingModel {
  readonly account: ModelAccount;
  readonly periods = new Map<string, Period>();
  readonly taken = new Map<string, Taken>();
  readonly #packs = new Map<string, Lot>();
  readonly #over = new Set<string>();
  readonly #graceOver = new Set<string>();
  #freeUntil: number;
  #now: number;

  constructor(readonly signedUp: number, readonly saw: (outcome: string) => void) {
    this.#now = signedUp;
    this.#freeUntil = addMonths(signedUp, 1);
    this.account = new ModelAccount("", signedUp * 1000, () => {});
    this.#grant(FREE_CREDITS, "promo", 70, "signup", null);
  }

  #grant(credits: number, source: string, priority: number, ref: string, ends: number | null): Lot {
    const expiresAt = ends === null ? null : this.account.now + (ends - this.#now) * 1000;
    const lot = this.account.addLot({ source, ref, amount: credits, priority, expiresAt });
    if (this.account.debt > 0) this.saw("a debt is paid by what comes in");
    this.account.credit([lot], source);
    return lot;
  }

  /** The ledger's model has a clock that stands still: its lots move instead. */
  passTime(to: number): void {
    for (const lot of this.account.lots) {
      if (lot.expiresAt !== null) lot.expiresAt -= (to - this.#now) * 1000;
    }
    this.#now = to;
  }

  /** Everything that Stripe has now has been heard of. */
  hear(state: State): void {
    for (const purchase of Object.values(state.purchases)) {
      this.saw(`${purchase.kind}: ${purchase.state}`);
      if (!purchase.pack || purchase.state !== "paid" || this.#packs.has(purchase.checkout)) continue;
      const lot = this.#grant(purchase.pack.credits, "stripe", 50, `checkout:${purchase.checkout}`, null);
      this.#packs.set(purchase.checkout, lot);
    }
    for (const invoice of Object.values(state.invoices)) {
      if (invoice.status === "paid") this.#paidInvoice(invoice);
    }
    for (const payment of Object.values(state.payments)) this.#settle(payment);
    for (const subscription of Object.values(state.subscriptions)) {
      this.saw(`subscription: ${subscription.status}`);
      if (subscription.status !== "canceled" || this.#over.has(subscription.id)) continue;
      this.#over.add(subscription.id);
      this.#freeUntil = Math.min(this.#freeUntil, this.#now);
    }
  }

  #paidInvoice(invoice: Invoice): void {
    for (const line of invoice.lines) {
      const nothing = line.amount < 0 || line.amount === 0 && line.proration;
      if (line.plan !== "pro" || nothing || line.start >= line.end) continue;
      const key = `${line.subscription} ${line.plan} ${line.end}`;
      if (this.periods.has(key)) {
        if (this.periods.get(key)!.invoice !== invoice.id) this.saw("a period was paid for before");
        continue;
      }
      const { subscription, plan, start, end } = line;
      const credits = line.amount === 0 ? TRIAL_CREDITS : PRO_CREDITS;
      if (line.amount === 0 && [...this.periods.values()].some((other) => other.trial)) {
        this.saw("a second trial");
        continue;
      }
      const yearly = line.cycle === "year" && line.amount > 0;
      const period = {
        ...{ subscription, plan, start, end, yearly, credits },
        ...{ trial: line.amount === 0, invoice: invoice.id, lots: [] },
      };
      this.periods.set(key, period);
      this.#allow(period);
    }
  }

  /** The allowance of the month that is now, unless it was given before or the period is over. */
  #allow(period: Period): boolean {
    const { ends } = period.yearly
      ? monthWindow(addMonths(period.end, -12), Math.max(this.#now, period.start))
      : { ends: period.end };
    if (ends <= this.#now || ends > period.end) return this.saw("an allowance came too late"), false;
    if (period.lots.some((month) => month.ends === ends)) return false;
    const lot = this.#grant(period.credits, "plan", 80, `invoice:${period.invoice}:${ends}`, ends);
    period.lots.push({ ends, lot });
    this.saw(
      period.credits === TRIAL_CREDITS
        ? "allowance of a trial"
        : period.yearly
        ? "allowance of a year's month"
        : "allowance of a month",
    );
    return true;
  }

  /** What a payment's refunds and disputes ask for, of each lot it has brought. */
  #asked(payment: Payment): { lot: Lot; asked: number; expired: number }[] {
    const disputed = payment.disputes.filter(({ status }) => ["needs_response", "lost"].includes(status));
    const back = Math.min(payment.amount, refundedCents(payment) + sum(disputed));
    const lots = payment.invoice
      ? [...this.periods.values()].filter(({ invoice }) => invoice === payment.invoice).flatMap(({ lots }) =>
        lots.map(({ lot }) => lot)
      )
      : this.#packs.has(payment.checkout!)
      ? [this.#packs.get(payment.checkout!)!]
      : [];
    return lots.map((lot) => ({
      lot,
      asked: Math.floor(lot.amount * back / payment.amount),
      expired: -sum(this.account.entries.filter(({ kind, ref }) => kind === "expiry" && ref === `grant:${lot.number}`)),
    }));
  }

  #settle(payment: Payment): void {
    if (payment.status !== undefined && payment.status !== "succeeded") return;
    const taken = this.taken.get(payment.id) ?? { credits: 0, draws: [] };
    this.taken.set(payment.id, taken);
    if (payment.refunds.length + payment.disputes.length + taken.credits === 0) return;
    this.account.expireDue();
    const asked = this.#asked(payment);
    let due = 0;
    for (const { lot, asked: total, expired } of asked) {
      const ofItself = sum(taken.draws.filter((draw) => draw.lot === lot));
      if (expired > 0 && total > 0) this.saw("what ended unspent is not taken again");
      due += Math.max(total - expired, Math.min(total, ofItself), 0);
    }
    if (due > taken.credits) this.#take(taken, due - taken.credits, asked.at(-1)!.lot.ref);
    else if (due < taken.credits) this.#return(taken, taken.credits - due);
  }

  #take(taken: Taken, credits: number, ref: string): void {
    const draws = this.account.draw(credits, ref);
    const owed = credits - sum(draws);
    this.account.debt += owed;
    this.account.append("refund", "refund", ref, -credits);
    taken.draws.push(...draws);
    taken.credits += credits;
    this.saw(owed > 0 ? "taken back, and owed" : "taken back");
    if (draws.some(({ lot }) => lot.ref !== ref)) this.saw("taken back from other lots");
  }

  #return(taken: Taken, credits: number): void {
    const { account } = this;
    const owed = taken.credits - sum(taken.draws);
    const ofLots = Math.max(0, credits - owed);
    const repaid = Math.min(account.debt, credits);
    account.debt -= repaid;
    account.append("refund", "refund", "back", credits);
    const toLots = Math.min(ofLots, credits - repaid);
    for (const { lot, amount } of returning(taken.draws, toLots)) {
      account.available += amount;
      lot.remaining += amount;
      if (lot.expiresAt !== null && lot.expiresAt <= account.now) account.expire(lot, "");
    }
    const rest = credits - repaid - toLots;
    const own = account.addLot({ source: "refund", ref: "back", amount: credits });
    Object.assign(own, { remaining: rest, entrySeq: account.entries.length });
    account.available += rest;
    for (const { lot, amount } of returning(taken.draws, ofLots)) {
      const draw = taken.draws.findLast((draw) => draw.lot === lot)!;
      draw.amount -= amount;
    }
    taken.draws = taken.draws.filter(({ amount }) => amount > 0);
    taken.credits -= credits;
    this.saw("returned");
  }

  /** What the schedules do: ends, grace, and the months that have begun. */
  sweep(state: State): void {
    this.account.expireDue();
    for (const { id, status, latest } of Object.values(state.subscriptions)) {
      if (status !== "past_due" || this.#now < this.#graceEnd(state, latest) || this.#graceOver.has(latest)) continue;
      this.saw("grace is over");
      this.#graceOver.add(latest);
      this.#freeUntil = Math.min(this.#freeUntil, this.#now);
      void id;
    }
    for (const period of this.periods.values()) {
      const { plan, status } = state.subscriptions[period.subscription];
      const goesOn = period.plan === plan && ["active", "past_due"].includes(status);
      if (!period.yearly || !goesOn || period.end <= this.#now || period.start > this.#now) continue;
      if (!this.#allow(period)) continue;
      const paid = Object.values(state.payments).find(({ invoice }) => invoice === period.invoice);
      if (paid) this.#settle(paid);
    }
    this.#renewFree(state);
  }

  #renewFree(state: State): void {
    if (this.#freeUntil > this.#now) return;
    const window = monthWindow(this.signedUp, this.#now);
    this.#freeUntil = window.ends;
    const given = this.account.lots.some(({ ref }) => ref === `free:${window.starts}`);
    if (window.starts === this.signedUp || this.planInForce(state) !== "free" || given) return;
    this.#grant(FREE_CREDITS, "plan", 80, `free:${window.starts}`, window.ends);
    this.saw("a month of Free");
  }

  #graceEnd = (state: State, invoice: string) => state.invoices[invoice].created + GRACE_DAYS * DAY;

  planInForce = (state: State): string => this.#subscriptionInForce(state)?.plan ?? "free";

  #subscriptionInForce(state: State): Subscription | undefined {
    const inForce = ({ status, latest, cancelAt }: Subscription) =>
      (status !== "past_due" || this.#now < this.#graceEnd(state, latest)) && (!cancelAt || this.#now < cancelAt);
    const live = Object.values(state.subscriptions).filter((it) => isLive(it) && inForce(it));
    // The second of two is on its way to be canceled.
    return live.toSorted((a, b) => a.created - b.created || (a.id < b.id ? -1 : 1))[0];
  }

  #isDisputed(state: State, { id, start }: Subscription): boolean {
    const isOpenOrLost = ({ status }: { status: string }) =>
      ["needs_response", "under_review", "lost"].includes(status);
    return Object.values(state.payments).some(({ invoice, disputes }) => {
      const paid = invoice ? state.invoices[invoice] : undefined;
      return paid?.subscription === id && paid.created >= start && disputes.some(isOpenOrLost);
    });
  }

  /** A job that delivers some of its pictures. The code it is refused with, or null. */
  spend(state: State, price: number, outputs: number, delivered: number): string | null {
    const { account } = this;
    if (account.debt > 0) return this.saw("spending refused: debt"), "KR006";
    const subscription = this.#subscriptionInForce(state);
    if (subscription?.plan === "enterprise") {
      if (this.#isDisputed(state, subscription)) return this.saw("spending refused: disputed"), "KR009";
      return this.saw("spending covered by the plan"), null;
    }
    if (account.spendable() < price * outputs) return this.saw("spending refused: too few"), "KR001";
    const draws = account.draw(price * outputs);
    account.held += price * outputs;
    if (delivered > 0) account.append("settle", "usage", "job", -price * delivered);
    account.held -= price * delivered;
    account.giveBack(draws, price * (outputs - delivered));
    this.saw("spent");
    return null;
  }

  outcome(state: State): Outcome {
    const { available, debt } = this.account;
    const plan = this.planInForce(state);
    this.saw(`plan: ${plan}`);
    if (debt > 0) this.saw("in debt");
    return { available, debt, plan };
  }
}
