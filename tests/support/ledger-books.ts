import type { TestDatabase } from "./database.ts";
import type { LedgerModel } from "./ledger-model.ts";

/** Everything the ledger keeps of some people, in a shape that the database and the model can both be brought into. */
export interface Books {
  /** available, held, debt */
  accounts: [number, number, number][];
  /** Whose, number, source, priority, amount, remaining, ref, effective and expiring in hours from `now`, seq, closed. */
  lots: unknown[][];
  /** Whose, id, amount, state, settled amount, lots drawn, and how much of each. */
  holds: unknown[][];
  /** Whose, seq, kind, amount, counter-account, balance after, ref: those after `since`. */
  entries: unknown[][];
}

export const HOUR = 3_600_000;

/** What the database has, in one question. `since` says per person up to which entry was read before. */
export async function booksInDatabase(
  sql: TestDatabase["sql"],
  users: string[],
  now: number,
  since: number[],
): Promise<Books> {
  const [{ books }] = await sql<{ books: Books }[]>`
    with who as (
      select * from unnest(${users}::uuid[], ${since}::bigint[]) with ordinality as w(user_id, since, place)
    ), start as (select extract(epoch from ${new Date(now)}::timestamptz) as seconds)
    select json_build_object(
      'accounts', (select json_agg(json_build_array(a.available, a.held, a.debt) order by w.place)
        from who w join public.credit_accounts a using (user_id)),
      'lots', (select coalesce(json_agg(json_build_array(w.place - 1, g.number, g.source, g.priority, g.amount, g.remaining, g.ref,
          round((extract(epoch from g.effective_at) - s.seconds) / 3600),
          round((extract(epoch from g.expires_at) - s.seconds) / 3600), g.entry_seq, g.closed_at is not null)
          order by w.place, g.number), '[]')
        from start s, who w join public.credit_grants g using (user_id)),
      'holds', (select coalesce(json_agg(json_build_array(w.place - 1, h.id, h.amount, h.state, h.settled_amount, h.grants, h.grant_amounts)
          order by h.id), '[]')
        from who w join public.credit_holds h using (user_id)),
      'entries', (select coalesce(json_agg(json_build_array(w.place - 1, e.seq, e.kind, e.amount, e.counter_account, e.balance_after, e.ref)
          order by w.place, e.seq), '[]')
        from who w join public.credit_entries e on e.user_id = w.user_id and e.seq > w.since)
    ) as books`;
  return books;
}

/** What the model says it has to be. */
export function booksInModel(model: LedgerModel, users: string[], since: number[]): Books {
  const accounts = users.map((user) => model.accounts.get(user)!);
  // + 0, for rounding makes a −0 that is not deeply equal to 0.
  const hours = (time: number | null) => time === null ? null : Math.round((time - model.now) / HOUR) + 0;
  return {
    accounts: accounts.map(({ available, held, debt }) => [available, held, debt]),
    lots: accounts.flatMap(({ lots }, place) =>
      lots.map((lot) => [
        place,
        lot.number,
        lot.source,
        lot.priority,
        lot.amount,
        lot.remaining,
        lot.ref,
        hours(lot.effectiveAt),
        hours(lot.expiresAt),
        lot.entrySeq,
        lot.entrySeq !== null && lot.remaining === 0,
      ])
    ),
    holds: [...model.holds.values()].toSorted((a, b) => a.id < b.id ? -1 : 1).map((hold) => [
      users.indexOf(hold.user),
      hold.id,
      hold.amount,
      hold.state,
      hold.settled,
      hold.draws.map(({ lot }) => lot.number),
      hold.draws.map(({ amount }) => amount),
    ]),
    entries: accounts.flatMap(({ entries }, place) =>
      entries.map((
        entry,
        at,
      ) => [place, at + 1, entry.kind, entry.amount, entry.counter, entry.balanceAfter, entry.ref])
        .slice(since[place])
    ),
  };
}

/** Lets time pass for these people, by moving everything that is stored of them into the past. Entries are history. */
export async function passTime(sql: TestDatabase["sql"], users: string[], hours: number): Promise<void> {
  const time = `${hours} hours`;
  await sql`
    with lots as (
      update public.credit_grants set effective_at = effective_at - ${time}::interval, expires_at = expires_at - ${time}::interval,
        created_at = created_at - ${time}::interval, closed_at = closed_at - ${time}::interval
      where user_id = any(${users}::uuid[])
    )
    update public.credit_holds set created_at = created_at - ${time}::interval, resolved_at = resolved_at - ${time}::interval
    where user_id = any(${users}::uuid[])`;
}
