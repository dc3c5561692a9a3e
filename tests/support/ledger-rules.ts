import { createHash } from "node:crypto";
import type { TestDatabase } from "./database.ts";

/** All that the database keeps of some accounts, to be judged without the database's own functions. */
export interface Ledger {
  accounts: Account[];
  entries: Entry[];
  lots: StoredLot[];
  holds: StoredHold[];
}

interface Account {
  user_id: string;
  available: number;
  held: number;
  debt: number;
  seq: number;
  head: string;
}

export interface Entry {
  user_id: string;
  seq: number;
  kind: string;
  amount: number;
  counter_account: string;
  balance_after: number;
  ref: string;
  /** jsonb's own text. */
  cause: string;
  /** Microseconds since 1970, in digits. */
  at: string;
  hash: string;
}

interface StoredLot {
  user_id: string;
  number: number;
  amount: number;
  remaining: number;
  ref: string;
  entry_seq: number | null;
  closed: boolean;
}

interface StoredHold {
  id: string;
  user_id: string;
  amount: number;
  state: string;
  settled_amount: number | null;
  grants: number[];
  grant_amounts: number[];
}

/** One snapshot of the accounts of these people, or of everybody. */
export async function readLedger(sql: TestDatabase["sql"], users?: string[]): Promise<Ledger> {
  const whose = users ? sql`where user_id = any(${users}::uuid[])` : sql``;
  return await sql.begin("isolation level repeatable read", async (sql) => ({
    accounts: await sql<Account[]>`
      select user_id, available, held, debt, seq, encode(head_hash, 'hex') as head from public.credit_accounts ${whose}`,
    entries: await sql<Entry[]>`
      select user_id, seq, kind, amount, counter_account, balance_after, ref, cause::text as cause, encode(hash, 'hex') as hash,
        (extract(epoch from created_at) * 1000000)::bigint::text as at
      from public.credit_entries ${whose} order by user_id, seq`,
    lots: await sql<StoredLot[]>`
      select user_id, number, amount, remaining, ref, entry_seq, closed_at is not null as closed from public.credit_grants ${whose}`,
    holds: await sql<StoredHold[]>`
      select id, user_id, amount, state, settled_amount, grants, grant_amounts from public.credit_holds ${whose}`,
  }));
}

/** The rules of the ledger that these accounts break, as sentences. */
export async function brokenRules(sql: TestDatabase["sql"], users?: string[]): Promise<string[]> {
  return judge(await readLedger(sql, users));
}

export function judge({ accounts, entries, lots, holds }: Ledger): string[] {
  const broken: string[] = [];
  const per = <T extends { user_id: string }>(rows: T[]) => Map.groupBy(rows, ({ user_id }) => user_id);
  const [entriesOf, lotsOf, holdsOf] = [per(entries), per(lots), per(holds)];

  for (const account of accounts) {
    const rule = (holds: boolean, sentence: string) => void (holds || broken.push(`${account.user_id}: ${sentence}`));
    const mine = {
      entries: entriesOf.get(account.user_id) ?? [],
      lots: lotsOf.get(account.user_id) ?? [],
      holds: holdsOf.get(account.user_id) ?? [],
    };
    const { available, held, debt } = account;
    rule(available >= 0 && held >= 0 && debt >= 0, "nothing is negative");
    rule(debt === 0 || available === 0, "who owes owns nothing");
    rule(total(mine.entries, "amount") === available + held - debt, "the entries add up to the balance");
    rule(total(mine.lots, "remaining") === available, "the lots add up to what is available");
    const live = mine.holds.filter(({ state }) => state === "held");
    rule(total(live, "amount") === held, "the reservations add up to what is held");
    checkLots(mine.lots, live, mine.entries, rule);
    for (const hold of mine.holds) checkHold(hold, mine.lots, mine.entries, rule);
    const [charges, settled] = [mine.entries.filter(isCharge), mine.holds.filter(({ state }) => state === "settled")];
    rule(charges.length === settled.length, "each charge is that of a reservation");
    checkChain(account, mine.entries, rule);
  }
  return broken;
}

type Rule = (holds: boolean, sentence: string) => void;

function checkLots(lots: StoredLot[], live: StoredHold[], entries: Entry[], rule: Rule): void {
  rule(lots.every(({ number }) => number >= 1 && number <= lots.length), "lots are numbered without a gap");
  const drawn = new Map<number, number>();
  for (const { grants, grant_amounts } of live) {
    grants.forEach((number, at) => drawn.set(number, (drawn.get(number) ?? 0) + grant_amounts[at]));
  }
  for (const lot of lots) {
    const name = `lot ${lot.number}`;
    const inUse = lot.remaining + (drawn.get(lot.number) ?? 0);
    rule(lot.remaining >= 0 && inUse <= lot.amount, `${name} never has more than came in`);
    rule(lot.closed === (lot.remaining === 0 && lot.entry_seq !== null), `${name} is closed while nothing remains`);
    rule(lot.entry_seq !== null || inUse === 0, `${name} is spent only once it is in the balance`);
    if (lot.entry_seq === null) continue;
    const entry = entries[lot.entry_seq - 1];
    const together = lots.filter(({ entry_seq }) => entry_seq === lot.entry_seq);
    rule(entry?.ref === lot.ref && entry.amount === total(together, "amount"), `${name} came by its entry`);
  }
  const brought = new Set(lots.map(({ entry_seq }) => entry_seq));
  for (const { seq, amount } of entries) rule(amount < 0 || brought.has(seq), `what entry ${seq} brought is a lot`);
}

function checkHold(hold: StoredHold, lots: StoredLot[], entries: Entry[], rule: Rule): void {
  const name = `reservation ${hold.id}`;
  rule(hold.grant_amounts.every((amount) => amount > 0), `${name} drew something of each of its lots`);
  rule(sum(hold.grant_amounts) === hold.amount, `${name} is drawn from lots`);
  rule(new Set(hold.grants).size === hold.grants.length, `${name} drew each lot once`);
  rule(
    hold.grants.every((number) => lots.some((lot) => lot.number === number)),
    `${name} drew lots of its own account`,
  );
  const charges = entries.filter((entry) => isCharge(entry) && entry.ref === `job:${hold.id}`);
  const charged = hold.state === "settled" ? [-hold.settled_amount!] : [];
  rule(String(charges.map(({ amount }) => amount)) === String(charged), `${name} is charged once, when it was settled`);
  rule((hold.settled_amount ?? 0) <= hold.amount, `${name} is never charged more than it held`);
}

/** The chain as docs and product say it, computed here, not there. */
export function entryHash(previous: string, entry: Omit<Entry, "hash">): string {
  const { user_id, seq, kind, amount, counter_account, balance_after, ref, cause, at } = entry;
  const lines = [
    "kredo.entry.v1",
    previous,
    user_id,
    seq,
    kind,
    amount,
    counter_account,
    balance_after,
    ref,
    cause,
    at,
  ];
  return createHash("sha256").update(lines.join("\n"), "utf8").digest("hex");
}

function checkChain(account: Account, entries: Entry[], rule: Rule): void {
  let [previous, balance, at] = ["00".repeat(32), 0, 0n];
  const once = new Set<string>();
  entries.forEach((entry, index) => {
    const name = `entry ${entry.seq}`;
    balance += entry.amount;
    rule(entry.seq === index + 1, `${name} follows its predecessor`);
    rule(entry.balance_after === balance, `${name} says the balance after it`);
    rule(entry.hash === entryHash(previous, entry), `${name} is chained to its predecessor`);
    rule(BigInt(entry.at) >= at, `${name} is not older than its predecessor`);
    const repeatable = ["settle", "expiry"].includes(entry.kind);
    rule(repeatable || !once.has(`${entry.kind} ${entry.ref}`), `${name} is the only ${entry.kind} of ${entry.ref}`);
    once.add(`${entry.kind} ${entry.ref}`);
    [previous, at] = [entry.hash, BigInt(entry.at)];
  });
  rule(account.seq === entries.length, "the account knows how many entries it has");
  rule(account.head === previous, "the account's head is the hash of its last entry");
}

const isCharge = ({ kind }: Entry) => kind === "settle";
const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
const total = <K extends string>(rows: Record<K, number>[], column: K) => sum(rows.map((row) => row[column]));
