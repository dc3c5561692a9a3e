import {
  type Draw,
  drawFrom,
  hasExpired,
  inSpendingOrder,
  isOpen,
  left,
  type Lot,
  returning,
  sum,
} from "./ledger-lots.ts";

export interface ModelEntry {
  kind: string;
  amount: number;
  counter: string;
  balanceAfter: number;
  ref: string;
}

export type NewLot = Partial<Lot> & Pick<Lot, "source" | "ref" | "amount">;

/** One person's credits in the model. `saw` hears which rules a history has met. */
export class ModelAccount {
  available = 0;
  held = 0;
  debt = 0;
  readonly entries: ModelEntry[] = [];
  readonly lots: Lot[] = [];

  constructor(readonly user: string, readonly now: number, readonly saw: (outcome: string) => void) {}

  append(kind: string, counter: string, ref: string, amount: number): number {
    const before = this.entries.at(-1)?.balanceAfter ?? 0;
    this.entries.push({ kind, amount, counter, balanceAfter: before + amount, ref });
    return this.entries.length;
  }

  /** A lot that is not in the balance yet. */
  addLot(lot: NewLot): Lot {
    const added: Lot = {
      number: this.lots.length + 1,
      kind: "",
      priority: 50,
      remaining: 0,
      effectiveAt: this.now,
      expiresAt: null,
      entrySeq: null,
      ...lot,
    };
    this.lots.push(added);
    return added;
  }

  /** Lots enter the balance by one entry; what is owed is taken from them first. */
  credit(lots: readonly Lot[], kind: string): number {
    const seq = this.append(kind, lots[0].source, lots[0].ref, sum(lots));
    for (const lot of lots) {
      const paid = Math.min(this.debt, lot.amount);
      this.debt -= paid;
      lot.remaining = lot.amount - paid;
      this.available += lot.remaining;
      lot.entrySeq = seq;
      if (paid > 0) this.saw(lot.remaining > 0 ? "debt paid, the rest is theirs" : "debt takes all that comes");
    }
    return seq;
  }

  /** Open lots in spending order, with or without those that have ended but are still in the balance. */
  open(which: "also expired" | "not expired" = "not expired"): Lot[] {
    return inSpendingOrder(
      this.lots.filter((lot) => isOpen(lot) && (which === "also expired" || !hasExpired(lot, this.now))),
    );
  }

  spendable(): number {
    return left(this.open());
  }

  /** Takes up to `amount`, from the lots called `firstRef` before all others. */
  draw(amount: number, firstRef: string | null = null): Draw[] {
    const open = this.open();
    const named = open.filter(({ ref }) => ref === firstRef);
    const draws = drawFrom([...named, ...open.filter((lot) => !named.includes(lot))], amount);
    this.available -= sum(draws);
    return draws;
  }

  /**
   * Held credits come back: to what is owed, and beyond that to their lots, where what has expired meanwhile goes at
   * once. The debt takes those that were drawn first, as spending would have.
   */
  giveBack(draws: readonly Draw[], amount: number): void {
    const paid = Math.min(this.debt, amount);
    this.held -= amount;
    this.debt -= paid;
    if (paid > 0) this.saw("returned credits pay the debt");
    for (const { lot, amount: part } of returning(draws, amount - paid)) {
      this.available += part;
      lot.remaining += part;
      if (hasExpired(lot, this.now)) this.expire(lot, "returned to a lot that has ended");
      else this.saw("returned to its lot");
    }
  }

  expire(lot: Lot, outcome: string): void {
    const amount = lot.remaining;
    lot.remaining = 0;
    this.available -= amount;
    this.append("expiry", "expiry", `grant:${lot.number}`, -amount);
    this.saw(outcome);
  }

  /** What has ended is written off before anything but a reservation takes credits from the account. */
  expireDue(): void {
    const due = this.lots.filter((lot) => isOpen(lot) && hasExpired(lot, this.now));
    due.sort((a, b) => a.expiresAt! - b.expiresAt! || a.number - b.number);
    for (const lot of due) this.expire(lot, "ended before other credits were taken");
  }
}
