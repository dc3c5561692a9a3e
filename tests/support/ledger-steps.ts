import fc from "fast-check";
import { randomUUID } from "node:crypto";
import { HOUR } from "./ledger-books.ts";
import type { LedgerModel } from "./ledger-model.ts";
import type { Request } from "./ledger-requests.ts";

/** People in a history. A step may also name one more, who has no account. */
export const PEOPLE = 3;

/**
 * What a history is made of. Numbers that choose something (a person, a reservation, an earlier request) are taken
 * modulo what exists, so that a shorter history is still a sensible one.
 */
export type Step =
  | { do: "grant"; who: number; amount: number; source: number; priority: number; starts: number; lasts: number }
  | { do: "reserve"; who: number; amount: number }
  | { do: "settle"; hold: number; percent: number }
  | { do: "settle many"; holds: number[]; percent: number }
  | { do: "release"; hold: number }
  | { do: "claw back"; who: number; amount: number; dispute: boolean; lot: number }
  | { do: "adjust"; who: number; amount: number }
  | { do: "transfer"; who: number; to: number; amount: number }
  | { do: "activate"; limit: number }
  | { do: "expire"; limit: number }
  | { do: "let time pass"; hours: number }
  | { do: "repeat"; request: number; how: "the same" | "another under its key" | "under another key" };

const who = fc.oneof({ weight: 30, arbitrary: fc.nat({ max: PEOPLE - 1 }) }, {
  weight: 1,
  arbitrary: fc.constant(PEOPLE),
});
const amount = fc.oneof({ weight: 30, arbitrary: fc.integer({ min: 1, max: 12 }) }, {
  weight: 1,
  arbitrary: fc.integer({ min: -1, max: 0 }),
});
const any = fc.nat({ max: 999 });
const percent = fc.oneof(fc.constant(100), fc.integer({ min: 0, max: 110 }));
const limit = fc.constantFrom(1, 1, 2, 1000);

const a = <D extends Step["do"], M>(what: D, rest: { [K in keyof M]: fc.Arbitrary<M[K]> }) =>
  fc.record({ do: fc.constant(what), ...rest }) as unknown as fc.Arbitrary<Step>;
const often = (weight: number, arbitrary: fc.Arbitrary<Step>) => ({ weight, arbitrary });

const step: fc.Arbitrary<Step> = fc.oneof(
  // Hours: 0 starts now, lasting 0 hours is for ever, less is no grant at all.
  often(
    10,
    a("grant", {
      who,
      amount,
      source: any,
      priority: any,
      starts: fc.constantFrom(0, 0, 1, 2),
      lasts: fc.oneof({ weight: 12, arbitrary: fc.nat({ max: 4 }) }, { weight: 1, arbitrary: fc.constant(-1) }),
    }),
  ),
  often(18, a("reserve", { who, amount })),
  often(10, a("settle", { hold: any, percent })),
  often(4, a("settle many", { holds: fc.array(any, { minLength: 1, maxLength: 4 }), percent })),
  often(8, a("release", { hold: any })),
  often(5, a("claw back", { who, amount, dispute: fc.boolean(), lot: any })),
  often(4, a("adjust", { who, amount: fc.integer({ min: -6, max: 6 }) })),
  often(6, a("transfer", { who, to: who, amount })),
  often(4, a("activate", { limit })),
  often(4, a("expire", { limit })),
  often(8, a("let time pass", { hours: fc.integer({ min: 1, max: 2 }) })),
  often(
    10,
    a("repeat", { request: any, how: fc.constantFrom("the same", "another under its key", "under another key") }),
  ),
);

/** Long ones too: most bugs want a lot, a reservation over it, and time. */
export const history: fc.Arbitrary<Step[]> = fc.array(step, { minLength: 1, maxLength: 80, size: "max" });

/** Makes requests of steps, with names of its own, so that histories in one database do not meet. */
export class Requests {
  readonly made: Request[] = [];
  readonly holds: string[] = [];
  readonly #run = randomUUID().slice(0, 8);
  readonly #people: string[];

  constructor(readonly model: LedgerModel, users: string[]) {
    this.#people = [...users, randomUUID()];
  }

  /** Null when there is nothing the step could be about. */
  next(step: Exclude<Step, { do: "let time pass" }>): Request | null {
    const request = this.#of(step);
    if (request && step.do !== "repeat") this.made.push(request);
    return request;
  }

  #of(step: Exclude<Step, { do: "let time pass" }>): Request | null {
    const name = `${this.#run}-${this.made.length}`;
    switch (step.do) {
      case "grant": {
        // Some seconds before the hour, another number for each grant: a limited sweep takes the first to be due.
        const [starts, ends] = [step.starts, step.starts + step.lasts].map((hours) =>
          this.model.now + hours * HOUR - this.made.length * 1000
        );
        return {
          call: "grant",
          user: this.#people[step.who],
          amount: step.amount,
          kind: step.source % 2 ? "topup" : "grant",
          counter: ["promo", "stripe", "plan"][step.source % 3],
          ref: `checkout:${name}`,
          key: name,
          priority: [50, 50, 60, 70, 0, 100][step.priority % 6],
          effectiveAt: step.starts === 0 ? null : starts,
          expiresAt: step.lasts === 0 ? null : ends,
        };
      }
      case "reserve":
        // Names that sort as they were given: a batch goes by them, and the same seed must do the same again.
        this.holds.push(`${this.#run}-0000-4000-8000-${String(this.holds.length).padStart(12, "0")}`);
        return { call: "reserve", user: this.#people[step.who], amount: step.amount, hold: this.holds.at(-1)! };
      case "settle": {
        const settlement = this.#settlement(step.hold, step.percent);
        return settlement && { call: "settle", ...settlement };
      }
      case "settle many": {
        const settlements = step.holds.map((hold) => this.#settlement(hold, step.percent)).filter((it) => it !== null);
        return settlements.length > 0 ? { call: "settle many", settlements } : null;
      }
      case "release": {
        const hold = this.#hold(step.hold);
        return hold ? { call: "release", hold, reason: "test" } : null;
      }
      case "claw back": {
        const lots = this.model.accounts.get(this.#people[step.who])?.lots ?? [];
        return {
          call: "claw back",
          user: this.#people[step.who],
          amount: step.amount,
          kind: step.dispute ? "dispute" : "refund",
          ref: `refund:${name}`,
          key: name,
          grantRef: step.lot % 3 === 0 ? null : this.#pick(lots, step.lot)?.ref ?? null,
        };
      }
      case "adjust":
        return {
          call: "adjust",
          user: this.#people[step.who],
          amount: step.amount,
          ref: `adjustment:${name}`,
          key: name,
        };
      case "transfer": {
        const [from, to] = [this.#people[step.who], this.#people[step.to]];
        return { call: "transfer", from, to, amount: step.amount, ref: `transfer:${name}`, key: name };
      }
      case "activate":
      case "expire": {
        const due = this.model.due(step.do);
        // Of two that are due at the same moment either may be taken.
        const fair = due[step.limit - 1]?.at !== due[step.limit]?.at;
        return { call: step.do, limit: fair ? step.limit : 1000 };
      }
      case "repeat": {
        const request = this.#pick(this.made, step.request);
        if (!request || step.how === "the same") return request ?? null;
        return step.how === "under another key" && "key" in request
          ? { ...request, key: randomUUID() }
          : changed(request);
      }
    }
  }

  /** Part of a reservation, in percent of what the model says it holds; more than 100 asks for too much. */
  #settlement(number: number, percent: number) {
    const hold = this.#hold(number);
    if (!hold) return null;
    const amount = this.model.holds.get(hold)?.amount ?? 1;
    return { hold, amount: Math.ceil(amount * percent / 100), ref: `job:${hold}` };
  }

  /** Mostly one that is still held; of the others it is seen that they stay as they are. */
  #hold(number: number): string | undefined {
    const live = this.holds.filter((hold) => this.model.holds.get(hold)?.state === "held");
    return number % 4 === 0 || live.length === 0 ? this.#pick(this.holds, number >> 2) : this.#pick(live, number >> 2);
  }

  #pick<T>(from: readonly T[], number: number): T | undefined {
    return from[number % from.length];
  }
}

/** The same key, another request. */
export function changed(request: Request): Request {
  switch (request.call) {
    case "grant":
      return request.amount % 2 ? { ...request, amount: request.amount + 1 } : { ...request, priority: 99 };
    case "claw back":
      return request.amount % 2
        ? { ...request, amount: request.amount + 1 }
        : { ...request, grantRef: "checkout:other" };
    case "adjust":
      return { ...request, amount: request.amount * 2 };
    case "transfer":
    case "reserve":
    case "settle":
      return { ...request, amount: request.amount + 1 };
    default:
      return request;
  }
}
