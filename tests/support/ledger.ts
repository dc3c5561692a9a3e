import type { TestDatabase } from "./database.ts";

export interface Balance {
  available: number;
  held: number;
  debt: number;
}

export interface Entry {
  seq: number;
  kind: string;
  amount: number;
  counter_account: string;
  balance_after: number;
  ref: string;
}

/** Credits of a person, as they see them themselves. */
export async function balanceOf(db: TestDatabase, user: string): Promise<Balance> {
  const [row] = await db.asUser(user, (sql) => sql<Balance[]>`select available, held, debt from credit_accounts`);
  return { available: row.available, held: row.held, debt: row.debt };
}

export function entriesOf(db: TestDatabase, user: string): Promise<Entry[]> {
  return db.asUser(
    user,
    (sql) =>
      sql<Entry[]>`select seq, kind, amount, counter_account, balance_after, ref from credit_entries order by seq`,
  );
}

/** The SQLSTATE a query was refused with. Fails when it went through. */
export async function refusal(query: PromiseLike<unknown>): Promise<string> {
  try {
    await query;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
  throw new Error("The query went through.");
}

/** The three sums that must hold at every commit, over all accounts; the accounts that break one. */
export async function brokenAccounts(db: Pick<TestDatabase, "sql">): Promise<string[]> {
  const rows = await db.sql<{ user_id: string }[]>`
    select a.user_id from public.credit_accounts a
    where a.available + a.held - a.debt
        <> (select coalesce(sum(e.amount), 0) from public.credit_entries e where e.user_id = a.user_id)
      or a.held <> (select coalesce(sum(h.amount), 0) from public.credit_holds h where h.user_id = a.user_id and h.state = 'held')
      or exists (select from public.credit_holds h join public.jobs j on j.id = h.id
        where h.user_id = a.user_id and (h.state = 'held') <> (j.status in ('queued', 'running')))`;
  return rows.map((row) => row.user_id);
}
