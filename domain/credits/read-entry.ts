import type { Sql } from "../../platform/database.ts";
import { isUuid } from "../identifiers.ts";
import type { Entry } from "./list-entries.ts";
import type { Grant } from "./list-grants.ts";
import { entryHash, NO_ENTRY } from "./statement/entry.ts";

/** One price in force: of a model `credits` an output, of a pack `credits` in it for `price_cents`. */
export interface PriceVersion {
  /** `model:<slug>` or `pack:<id>` */
  subject: string;
  version: number;
  credits: number;
  price_cents: number | null;
  valid_from: Date;
}

/** A lot that an entry made, drew on or wrote off. */
export interface EntryLot extends Pick<Grant, "number" | "source" | "ref" | "expires_at" | "entry_seq"> {
  credits: number;
}

/** One line of the ledger with everything behind it. */
export interface EntryDetails {
  entry: Entry;
  /** SHA-256 in hex, over the entry and `previousHash`. */
  hash: string;
  /** Zeros before the first entry. */
  previousHash: string;
  /** Whether `hash` is what the entry and `previousHash` make. If not, somebody went around the ledger's functions. */
  intact: boolean;
  /** Whether a newer entry follows. */
  hasNewer: boolean;
  /** In the order in which they were drawn. Empty for what was spent before there were lots. */
  lots: EntryLot[];
  price: { then: PriceVersion; now: PriceVersion } | null;
}

/** One of the signed-in person's entries; `null` if there is none of that number. */
export async function readEntry(sql: Sql, seq: number): Promise<EntryDetails | null> {
  const [row] = await sql<(Entry & Chained)[]>`
    select e.seq, e.kind, e.amount, e.counter_account, e.balance_after, e.ref, e.cause, e.created_at,
      e.user_id as account, e.cause::text as cause_text, (extract(epoch from e.created_at) * 1000000)::bigint as created_at_us,
      encode(e.hash, 'hex') as hash, coalesce(encode(p.hash, 'hex'), ${NO_ENTRY}) as previous_hash,
      (select a.seq from public.credit_accounts a where a.user_id = e.user_id) as newest
    from public.credit_entries e
    left join public.credit_entries p on p.user_id = e.user_id and p.seq = e.seq - 1
    where e.user_id = (select auth.uid()) and e.seq = ${seq}`;
  if (!row) return null;
  const { account, cause_text, created_at_us, hash, previous_hash: previousHash, newest, ...entry } = row;
  const [lots, price] = await Promise.all([lotsOf(sql, entry), priceOf(sql, entry)]);
  const intact = hash === entryHash(account, { ...entry, cause: cause_text, created_at_us }, previousHash);
  return { entry, hash, previousHash, intact, hasNewer: newest > entry.seq, lots, price };
}

interface Chained {
  account: string;
  /** What the hash is made from where JavaScript would spell it differently: JSON, and a moment with microseconds. */
  cause_text: string;
  created_at_us: number;
  hash: string;
  previous_hash: string;
  /** seq of the last entry. */
  newest: number;
}

async function lotsOf(sql: Sql, entry: Entry): Promise<EntryLot[]> {
  if (entry.amount > 0) {
    return await sql<EntryLot[]>`
      select number, source, ref, expires_at, entry_seq, amount as credits
      from public.credit_grants where user_id = (select auth.uid()) and entry_seq = ${entry.seq} order by number`;
  }
  const drawn = entry.kind === "settle" ? drawnForJob(sql, entry) : drawnByCause(sql, entry);
  return await sql<EntryLot[]>`
    select g.number, g.source, g.ref, g.expires_at, g.entry_seq, d.credits
    from (${drawn}) as d
    join public.credit_grants g on g.user_id = (select auth.uid()) and g.number = d.number
    order by d.place`;
}

/** The reservation noted what it drew, in order; what was not charged went back from the end. */
function drawnForJob(sql: Sql, { ref }: Entry) {
  const job = idIn(ref, "job");
  return sql`
    select number, place, least(credits, settled_amount - before) as credits
    from (
      select u.number, u.place, u.credits, h.settled_amount,
        coalesce(sum(u.credits) over (order by u.place rows between unbounded preceding and 1 preceding), 0)::bigint as before
      from public.credit_holds h, unnest(h.grants, h.grant_amounts) with ordinality as u (number, credits, place)
      where h.user_id = (select auth.uid()) and h.id = ${job}::uuid
    ) as u
    where settled_amount > before`;
}

function drawnByCause(sql: Sql, { cause, amount }: Entry) {
  const expired = typeof cause.grant === "number" ? [{ grant: cause.grant, credits: -amount }] : [];
  const drawn = Array.isArray(cause.drawn) ? cause.drawn : expired;
  return sql`
    select (x.value ->> 'grant')::int as number, (x.value ->> 'credits')::bigint as credits, x.place
    from jsonb_array_elements(${sql.json(drawn as never)}) with ordinality as x (value, place)`;
}

/** The price that the cause names; for entries from before causes did, that of the job or the purchase. */
async function priceOf(sql: Sql, { kind, ref, cause }: Entry): Promise<EntryDetails["price"]> {
  const [, subject, version] = /^(.+)@(\d+)$/.exec(String(cause.price ?? "")) ?? [];
  const [job, checkout] = [idIn(ref, "job"), idIn(ref, "checkout")];
  const named = subject
    ? sql`select ${subject} as subject, ${Number(version)}::int as version`
    : kind === "settle" && job
    ? sql`select 'model:' || model as subject, price_version as version from public.jobs where id = ${job}`
    : kind === "topup" && checkout
    ? sql`select 'pack:' || pack as subject, price_version as version from public.checkout_sessions where id = ${checkout}`
    : null;
  if (!named) return null;
  const versions = await sql<(PriceVersion & { named: boolean })[]>`
    select p.subject, p.version, p.credits, p.price_cents, p.valid_from, p.version = named.version as named
    from (${named}) as named
    join public.credit_prices p on p.subject = named.subject and (p.version = named.version
      or p.version = (select max(n.version) from public.credit_prices n where n.subject = named.subject))
    order by p.version`;
  const [then, now] = [versions.find(({ named }) => named), versions.at(-1)];
  return then && now ? { then, now } : null;
}

/** `idIn("job:<uuid>", "job")` → the uuid; null for any other ref. */
function idIn(ref: string, noun: string): string | null {
  const [of, id] = ref.split(":");
  return of === noun && id && isUuid(id) ? id : null;
}
