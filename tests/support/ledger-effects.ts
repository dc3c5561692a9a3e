import type { Floor } from "./ledger-clients.ts";
import type { Answer, Request } from "./ledger-requests.ts";
import type { Entry, Ledger } from "./ledger-rules.ts";

/**
 * Holds what clients were told against what the books say: all that was acknowledged is there, once and as asked; nothing
 * that was refused is; nothing is there that nobody asked for. Says what is wrong, as sentences.
 *
 * To be asked when every request has been acknowledged or refused. The order in which things happened does not matter. A
 * request that was refused after an attempt got lost may have been done by that attempt, but not twice.
 */
export function unexplained({ acknowledged, lost }: Floor, ledger: Ledger): string[] {
  const books = new Books(ledger);
  const wrong: string[] = [];
  const requests = Map.groupBy(acknowledged, ({ request }) => JSON.stringify(request));
  for (const [text, asked] of requests) {
    const [{ request }] = asked;
    const answers = asked.map(({ answer }) => answer);
    const say = (sentence: string) =>
      wrong.push(`${sentence}: ${JSON.stringify(request)} → ${JSON.stringify(answers)}`);
    check(request, { answers, maybe: lost.has(text) }, books, say);
  }
  checkHolds(acknowledged, lost, ledger, (sentence) => wrong.push(sentence));
  for (const { kind, ref, seq, user_id } of ledger.entries) {
    // Charges are held against reservations.
    if (["expiry", "settle"].includes(kind) || ref === "signup") continue;
    if (!books.explained.has(`${user_id} ${kind} ${ref}`)) {
      wrong.push(`nobody asked for entry ${seq} of ${user_id}, ${ref}`);
    }
  }
  return wrong;
}

class Books {
  readonly #entries: Map<string, Entry[]>;
  /** Entries that an acknowledged request accounts for. */
  readonly explained = new Set<string>();

  constructor(readonly ledger: Ledger) {
    this.#entries = Map.groupBy(ledger.entries, ({ user_id, kind, ref }) => `${user_id} ${kind} ${ref}`);
  }

  /** The amounts and numbers of a person's entries of this kind and ref. */
  of(user: string, kind: string, ref: string): { amounts: number[]; seqs: number[] } {
    const name = `${user} ${kind} ${ref}`;
    this.explained.add(name);
    const entries = this.#entries.get(name) ?? [];
    return { amounts: entries.map(({ amount }) => amount), seqs: entries.map(({ seq }) => seq) };
  }
}

type Say = (sentence: string) => void;

function check(request: Request, told: { answers: Answer[]; maybe: boolean }, books: Books, say: Say): void {
  const done = told.answers.flatMap((answer) => "answer" in answer ? [answer.answer] : []);
  const expect = (user: string, kind: string, ref: string, amount: number, seqs: unknown[]) => {
    const found = books.of(user, kind, ref);
    const there = done.length > 0 || (told.maybe && found.amounts.length > 0);
    if (String(found.amounts) !== String(there ? [amount] : [])) say(`the books have ${found.amounts}`);
    if (seqs.some((seq) => seq !== found.seqs[0])) say(`its entry is number ${found.seqs}`);
  };
  switch (request.call) {
    case "grant": {
      const { user, kind, ref, amount } = request;
      const scheduled = books.ledger.lots.filter((lot) => lot.ref === ref && lot.entry_seq === null);
      if (scheduled.length > 0) {
        if (scheduled.length > 1 || scheduled[0].amount !== amount || done.length === 0) {
          say("it is scheduled otherwise");
        }
        if (books.of(user, kind, ref).amounts.length > 0) say("it is scheduled and there");
      } else {
        // Null was the answer while its time had not come.
        expect(user, kind, ref, amount, done.filter((seq) => seq !== null));
      }
      return;
    }
    case "claw back":
      return expect(request.user, request.kind, request.ref, -request.amount, done);
    case "adjust":
      return expect(request.user, "adjustment", request.ref, request.amount, done);
    case "transfer": {
      const seqs = done as { from_seq: number; to_seq: number }[];
      expect(request.from, "transfer", request.ref, -request.amount, seqs.map(({ from_seq }) => from_seq));
      expect(request.to, "transfer", request.ref, request.amount, seqs.map(({ to_seq }) => to_seq));
    }
  }
}

/** Each reservation has the end that somebody was told of, and no two were told of different ends. */
function checkHolds(acknowledged: Floor["acknowledged"], lost: Set<string>, ledger: Ledger, say: Say): void {
  const told = new Outcomes();
  const possible = new Outcomes();
  for (const { request, answer } of acknowledged) {
    if ("answer" in answer) told.note(request);
    else if (lost.has(JSON.stringify(request))) possible.note(request);
  }
  const found = new Set(ledger.holds.map(({ id }) => id));
  for (const hold of told.makers.keys()) if (!found.has(hold)) say(`reservation ${hold} is gone`);
  for (const { id, user_id, amount, state, settled_amount } of ledger.holds) {
    const maker = told.makers.get(id) ?? possible.makers.get(id);
    if (maker !== `${user_id} ${amount}`) say(`nobody made the reservation ${id}`);
    const ends = [...told.ends.get(id) ?? []];
    const end = state === "held" ? [] : [`${state} ${settled_amount ?? ""}`];
    const unheard = ends.length === 0 && possible.ends.get(id)?.has(end[0]);
    if (String(ends) !== String(end) && !unheard) say(`reservation ${id} is ${end}, clients were told ${ends}`);
  }
}

/** What requests, if they were done, made of reservations. */
class Outcomes {
  readonly makers = new Map<string, string>();
  readonly ends = new Map<string, Set<string>>();

  note(request: Request): void {
    if (request.call === "reserve") this.makers.set(request.hold, `${request.user} ${request.amount}`);
    if (request.call === "settle") this.#end(request.hold, `settled ${request.amount}`);
    if (request.call === "settle many") {
      for (const { hold, amount } of request.settlements) this.#end(hold, `settled ${amount}`);
    }
    if (request.call === "release") this.#end(request.hold, "released ");
  }

  #end(hold: string, what: string): void {
    this.ends.set(hold, (this.ends.get(hold) ?? new Set()).add(what));
  }
}

/** What everybody together owns, by what they were told and what has expired: their own account of it. */
export function totalByReceipts({ acknowledged, users }: Floor, ledger: Ledger, allowance = 10): number {
  const first = new Map(acknowledged.map((it) => [JSON.stringify(it.request), it]));
  let total = users.length * allowance;
  for (const { amount, kind } of ledger.entries) if (kind === "expiry") total += amount;
  for (const { settled_amount } of ledger.holds) total -= settled_amount ?? 0;
  for (const { request, answer } of first.values()) {
    if ("refused" in answer) continue;
    if (request.call === "adjust") total += request.amount;
    if (request.call === "claw back") total -= request.amount;
    if (request.call !== "grant") continue;
    const there = ledger.lots.some(({ ref, entry_seq }) => ref === request.ref && entry_seq !== null);
    if (there) total += request.amount;
  }
  return total;
}
