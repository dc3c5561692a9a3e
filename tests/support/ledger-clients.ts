import { randomUUID } from "node:crypto";
import type { Random } from "../../sandbox/faults/random.ts";
import type { Answer, Request } from "./ledger-requests.ts";

/** What clients that work side by side know of each other's doings. */
export interface Floor {
  users: string[];
  holds: { id: string; amount: number }[];
  asked: Request[];
  acknowledged: { request: Request; answer: Answer }[];
  /** Requests of which an attempt got lost, as JSON: a refusal that comes after it does not say that it did nothing. */
  lost: Set<string>;
}

export const newFloor = (users: string[]): Floor => ({
  users,
  holds: [],
  asked: [],
  acknowledged: [],
  lost: new Set(),
});

/** Keeps what a client was told. */
export function acknowledge(floor: Floor, request: Request, answer: Answer): void {
  floor.acknowledged.push({ request, answer });
}

/**
 * What a client asks for next, without looking at the books: some of it will be refused. Every sixth request is one that
 * somebody asked for before, or is just asking for. Times are fractions of a second, so that lots begin and end meanwhile.
 */
export function nextRequest(floor: Floor, random: Random): Request {
  if (random.below(6) === 0 && floor.asked.length > 0) {
    return floor.asked.at(-1 - random.below(Math.min(8, floor.asked.length)))!;
  }
  const request = newRequest(floor, random);
  floor.asked.push(request);
  return request;
}

function newRequest({ users, holds }: Floor, random: Random): Request {
  const name = randomUUID();
  const one = <T>(list: readonly T[]) => list[random.below(list.length)];
  const [user, amount] = [one(users), 1 + random.below(6)];
  const soon = () => Date.now() + 50 + random.below(500);
  const dice = random.below(100);
  if (dice < 22) {
    const starts = random.below(4) === 0 ? soon() : null;
    const ends = random.below(3) === 0 ? Math.max(starts ?? 0, soon()) + 100 + random.below(400) : null;
    const [kind, counter, ref] = ["topup", "stripe", `checkout:${name}`];
    const [priority, effectiveAt, expiresAt] = [50 + 10 * random.below(3), starts, ends];
    return { call: "grant", user, amount: 2 * amount, kind, counter, ref, key: name, priority, effectiveAt, expiresAt };
  }
  if (dice < 50 || holds.length === 0) {
    holds.push({ id: name, amount });
    return { call: "reserve", user, amount, hold: name };
  }
  const settlement = () => {
    const { id, amount } = holds.at(-1 - random.below(Math.min(20, holds.length)))!;
    // Mostly the price that everybody else would charge for it.
    const charged = random.below(5) === 0 ? random.below(amount) : parseInt(id[0], 16) % amount;
    return { hold: id, amount: 1 + charged, ref: `job:${id}` };
  };
  if (dice < 62) return { call: "settle", ...settlement() };
  if (dice < 67) return { call: "settle many", settlements: Array.from({ length: 1 + random.below(4) }, settlement) };
  if (dice < 74) return { call: "release", hold: settlement().hold, reason: "test" };
  if (dice < 79) {
    return { call: "claw back", user, amount, kind: "refund", ref: `refund:${name}`, key: name, grantRef: null };
  }
  if (dice < 84) {
    const change = one([-amount, amount]);
    return { call: "adjust", user, amount: change, ref: `adjustment:${name}`, key: name };
  }
  if (dice < 94) {
    const to = one(users.filter((other) => other !== user));
    return { call: "transfer", from: user, to, amount, ref: `transfer:${name}`, key: name };
  }
  return { call: dice < 97 ? "activate" : "expire", limit: 1 + random.below(20) };
}
