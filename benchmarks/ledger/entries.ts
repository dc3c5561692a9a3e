import type postgres from "postgres";

/** Rows of one insert; more at once are no faster. */
const CHUNK = 250_000;
/** Side by side; the machine has two cores. */
const WRITERS = 2;

/**
 * Adds that many entries to an account, which is opened if need be: a grant and its spending, in bulk. No lots, no
 * reservations and no hashes, so only for what reads entries and does not judge them.
 */
export async function addEntries(
  sql: postgres.Sql,
  user: string,
  count: number,
  cause: Record<string, string | number> = {},
): Promise<void> {
  await sql`insert into public.credit_accounts (user_id) values (${user}) on conflict do nothing`;
  const [before] = await sql<{ seq: number; balance: number }[]>`
    select seq::int, (available + held - debt)::int as balance from public.credit_accounts where user_id = ${user}`;
  const chunks = Array.from({ length: Math.ceil(count / CHUNK) }, (_, index) => index * CHUNK);
  const write = async () => {
    for (let from = chunks.shift(); from !== undefined; from = chunks.shift()) {
      const [first, last] = [from + 1, Math.min(from + CHUNK, count)];
      await sql.begin(async (transaction) => {
        // No trigger and no look at the account for each of ten million rows.
        await transaction`set local session_replication_role = replica`;
        await transaction`
          insert into public.credit_entries (user_id, seq, kind, amount, counter_account, balance_after, ref, cause, created_at, hash)
          select ${user}, ${before.seq}::bigint + n, case n when 1 then 'grant' else 'settle' end,
            case n when 1 then 2 * ${count}::bigint - 1 else -1 end, case n when 1 then 'promo' else 'usage' end,
            ${before.balance}::bigint + 2 * ${count}::bigint - n, concat('job:00000000-0000-4000-8000-', lpad(n::text, 12, '0')),
            ${sql.json(cause)}, timestamptz '2026-01-01' + n * interval '1 second', ${new Uint8Array(32)}
          from generate_series(${first}::bigint, ${last}::bigint) as n`;
      });
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  await sql`
    update public.credit_accounts set available = available + ${count}, seq = seq + ${count} where user_id = ${user}`;
}
