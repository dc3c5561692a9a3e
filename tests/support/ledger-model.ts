import { ModelAccount } from "./ledger-account.ts";
import { type Draw, hasExpired, isDue, isOpen, type Lot, sum } from "./ledger-lots.ts";
import type { Answer, Request, RequestOf } from "./ledger-requests.ts";

export interface ModelHold {
  id: string;
  user: string;
  amount: number;
  state: "held" | "settled" | "released";
  settled: number | null;
  draws: Draw[];
}

type Settlement = Omit<RequestOf<"settle">, "call">;
type DueLot = { account: ModelAccount; lot: Lot; at: number };

class Refusal extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

const refuse = (code: string): never => {
  throw new Refusal(code);
};

/**
 * What the ledger promises, in plain TypeScript and without a database. The property tests ask the same of this and of
 * Postgres and compare answers and books at each step.
 */
export class LedgerModel {
  readonly accounts = new Map<string, ModelAccount>();
  readonly holds = new Map<string, ModelHold>();
  /** The first request under each idempotency key, and how it is answered again. */
  readonly #promised = new Map<string, { request: string; again: () => unknown }>();

  /**
   * @param now milliseconds since 1970; it stands still, see `passTime`
   * @param saw hears which of the rules a history has met
   */
  constructor(readonly now: number, readonly saw: (outcome: string) => void = () => {}) {}

  /** A new person, with the free allowance. */
  openAccount(user: string, allowance = 10): ModelAccount {
    const account = new ModelAccount(user, this.now, this.saw);
    account.credit([account.addLot({ source: "promo", ref: "signup", amount: allowance, priority: 70 })], "grant");
    this.accounts.set(user, account);
    return account;
  }

  /** Time passes by moving everything stored into the past, as a test does it to the database. */
  passTime(milliseconds: number): void {
    for (const { lots } of this.accounts.values()) {
      for (const lot of lots) {
        lot.effectiveAt -= milliseconds;
        if (lot.expiresAt !== null) lot.expiresAt -= milliseconds;
      }
    }
  }

  /** Does what is asked, or refuses and changes nothing. */
  perform(request: Request): Answer {
    try {
      return { answer: this.#perform(request) };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      this.saw(`${request.call}: refused ${error.code}`);
      return { refused: error.code };
    }
  }

  #perform(request: Request): unknown {
    switch (request.call) {
      case "grant":
        return this.#once(request, () => this.#grant(request), (lot) => lot.entrySeq);
      case "reserve":
        return this.#reserve(request);
      case "settle":
        return this.#settle(request);
      case "settle many":
        return this.#settleMany(request);
      case "release":
        return this.#release(request);
      case "claw back":
        return this.#once(request, () => this.#clawBack(request));
      case "adjust":
        return this.#once(request, () => this.#adjust(request));
      case "transfer":
        return this.#once(request, () => this.#transfer(request));
      case "activate":
        return this.#activate(request);
      case "expire":
        return this.#expire(request);
    }
  }

  /** A key is promised when the work succeeded; what was refused may be asked again. */
  #once<T>(request: Request & { key: string }, act: () => T, answer: (result: T) => unknown = (result) => result) {
    const text = JSON.stringify(request);
    const first = this.#promised.get(request.key);
    if (first) {
      if (first.request !== text) refuse("KR002");
      this.saw(`${request.call}: repeated`);
      return first.again();
    }
    const result = act();
    this.#promised.set(request.key, { request: text, again: () => answer(result) });
    return answer(result);
  }

  #account(user: string): ModelAccount {
    return this.accounts.get(user) ?? refuse("KR003");
  }

  /** What has a name is entered once, whatever key it comes under; what is scheduled under that name counts. */
  #checkFirst({ entries, lots }: ModelAccount, kind: string, ref: string): void {
    if (
      !entries.some((it) => it.kind === kind && it.ref === ref) && !lots.some((it) => it.ref === ref && !it.entrySeq)
    ) return;
    this.saw("entered before, under another key");
    refuse("KR002");
  }

  /** Its lot; the answer is the entry's seq, null while the lot's time has not come. */
  #grant(it: RequestOf<"grant">): Lot {
    if (it.amount <= 0 || !["grant", "topup"].includes(it.kind)) refuse("KR004");
    if (!["promo", "stripe", "plan"].includes(it.counter)) refuse("KR004");
    const effectiveAt = it.effectiveAt ?? this.now;
    if (it.expiresAt !== null && it.expiresAt <= Math.max(effectiveAt, this.now)) refuse("KR004");
    const account = this.#account(it.user);
    this.#checkFirst(account, it.kind, it.ref);
    const lot = account.addLot({
      source: it.counter,
      ref: it.ref,
      kind: it.kind,
      amount: it.amount,
      priority: it.priority,
      effectiveAt,
      expiresAt: it.expiresAt,
    });
    if (effectiveAt > this.now) {
      this.saw("grant: scheduled");
    } else {
      this.saw(lot.expiresAt === null ? "grant: for ever" : "grant: with an end");
      account.credit([lot], it.kind);
    }
    return lot;
  }

  #reserve(it: RequestOf<"reserve">): null {
    const first = this.holds.get(it.hold);
    if (first) {
      if (first.user !== it.user || first.amount !== it.amount) refuse("KR002");
      this.saw("reserve: repeated");
      return null;
    }
    const account = this.accounts.get(it.user);
    if (account && account.debt > 0) refuse("KR006");
    if (it.amount <= 0) refuse("KR004");
    // Who has no account has no credits.
    if (!account || account.spendable() < it.amount) return refuse("KR001");
    if (account.open().length < account.open("also expired").length) this.saw("reserve: passes over what has ended");
    const draws = account.draw(it.amount);
    account.held += it.amount;
    this.saw(draws.length > 1 ? "reserve: several lots" : "reserve: one lot");
    this.holds.set(it.hold, { id: it.hold, user: it.user, amount: it.amount, state: "held", settled: null, draws });
    return null;
  }

  #settle(it: Settlement): number {
    if (this.#checkSettlement(it) === "again") {
      this.saw("settle: repeated");
      return it.amount;
    }
    const hold = this.holds.get(it.hold)!;
    const account = this.#account(hold.user);
    this.saw(it.amount < hold.amount ? "settle: partly" : "settle: fully");
    hold.state = "settled";
    hold.settled = it.amount;
    account.held -= it.amount;
    account.append("settle", "usage", it.ref, -it.amount);
    account.giveBack(hold.draws, hold.amount - it.amount);
    return it.amount;
  }

  #checkSettlement({ hold, amount }: Settlement, settled = this.holds.get(hold)?.settled ?? null): "first" | "again" {
    const it = this.holds.get(hold);
    if (settled !== null) return settled === amount ? "again" : refuse("KR002");
    if (it?.state !== "held" || amount < 1 || amount > it.amount) return refuse("KR008");
    return "first";
  }

  /** All or none, account by account. */
  #settleMany(it: RequestOf<"settle many">): number {
    const place = ({ hold }: Settlement) => `${this.holds.get(hold)?.user ?? "~"} ${hold}`;
    const inOrder = it.settlements.toSorted((a, b) => place(a) < place(b) ? -1 : 1);
    if (inOrder.some(({ hold }) => !this.holds.has(hold))) refuse("KR008");
    const settled = new Map<string, number>();
    for (const settlement of inOrder) {
      if (this.#checkSettlement(settlement, settled.get(settlement.hold)) === "first") {
        settled.set(settlement.hold, settlement.amount);
      }
    }
    for (const settlement of inOrder) this.#settle(settlement);
    if (settled.size > 1) this.saw("settle many: several");
    return inOrder.length;
  }

  #release(it: RequestOf<"release">): number {
    const hold = this.holds.get(it.hold);
    if (hold?.state === "released") {
      this.saw("release: repeated");
      return hold.amount;
    }
    if (hold?.state !== "held") return refuse("KR008");
    hold.state = "released";
    this.saw("release: everything");
    this.#account(hold.user).giveBack(hold.draws, hold.amount);
    return hold.amount;
  }

  #clawBack(it: RequestOf<"claw back">): number {
    if (it.amount <= 0 || !["refund", "dispute"].includes(it.kind)) refuse("KR004");
    const account = this.#account(it.user);
    this.#checkFirst(account, it.kind, it.ref);
    account.expireDue();
    const named = account.open().filter(({ ref }) => ref === it.grantRef);
    const draws = account.draw(it.amount, it.grantRef);
    const owed = it.amount - sum(draws);
    account.debt += owed;
    if (named.length > 0) this.saw(draws.length > named.length ? "claw back: beyond its lot" : "claw back: its lot");
    if (owed > 0) this.saw(account.held > 0 ? "claw back: debt, held credits stay" : "claw back: debt");
    return account.append(it.kind, it.kind, it.ref, -it.amount);
  }

  #adjust(it: RequestOf<"adjust">): number {
    if (it.amount === 0) refuse("KR004");
    const account = this.#account(it.user);
    this.#checkFirst(account, "adjustment", it.ref);
    if (it.amount > 0) {
      this.saw("adjust: up");
      return account.credit([account.addLot({ source: "adjustment", ref: it.ref, amount: it.amount })], "adjustment");
    }
    if (account.spendable() < -it.amount) refuse("KR001");
    this.saw("adjust: down");
    account.expireDue();
    account.draw(-it.amount);
    return account.append("adjustment", "adjustment", it.ref, it.amount);
  }

  #transfer(it: RequestOf<"transfer">): { from_seq: number; to_seq: number } {
    if (it.amount <= 0 || it.from === it.to) refuse("KR004");
    const [from, to] = [this.#account(it.from), this.#account(it.to)];
    for (const side of [from, to]) this.#checkFirst(side, "transfer", it.ref);
    if (from.debt > 0) refuse("KR006");
    if (from.spendable() < it.amount) refuse("KR001");
    from.expireDue();
    const draws = from.draw(it.amount);
    this.saw(draws.length > 1 ? "transfer: several lots" : "transfer: one lot");
    const from_seq = from.append("transfer", "creator", it.ref, -it.amount);
    const lots = draws.map(({ lot: { priority, expiresAt }, amount }) =>
      to.addLot({ source: "creator", ref: it.ref, amount, priority, expiresAt })
    );
    return { from_seq, to_seq: to.credit(lots, "transfer") };
  }

  #activate({ limit }: RequestOf<"activate">): number {
    const due = inAccountOrder(this.due("activate").slice(0, limit));
    for (const { account, lot } of due) {
      this.saw(account.debt > 0 ? "activate: into debt" : "activate: on time");
      account.credit([lot], lot.kind);
    }
    return due.length;
  }

  #expire({ limit }: RequestOf<"expire">): number {
    const all = this.due("expire");
    const due = inAccountOrder(all.slice(0, limit));
    if (due.length < all.length) this.saw("expire: no more than its share");
    for (const { account, lot } of due) account.expire(lot, "expire: on time");
    return due.length;
  }

  /** The lots whose time has come, in the order of that. */
  due(what: "activate" | "expire"): DueLot[] {
    return [...this.accounts.values()]
      .flatMap((account) =>
        account.lots
          .filter((lot) => what === "expire" ? isOpen(lot) && hasExpired(lot, this.now) : isDue(lot, this.now))
          .map((lot) => ({ account, lot, at: what === "expire" ? lot.expiresAt! : lot.effectiveAt }))
      )
      .sort((a, b) => a.at - b.at);
  }
}

/** A sweep works account by account, whatever was due first. */
function inAccountOrder(due: DueLot[]): DueLot[] {
  const place = ({ account, lot }: DueLot) => `${account.user} ${String(lot.number).padStart(9, "0")}`;
  return due.toSorted((a, b) => place(a) < place(b) ? -1 : 1);
}
