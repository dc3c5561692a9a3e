import { randomUUID } from "node:crypto";
import type postgres from "postgres";

/**
 * Lengthens a person's ledger by `entries`, hundreds of thousands in seconds: a grant, and as many small corrections,
 * chained as `private.append_entry` would have. As superuser, for nobody else may write entries. Every invariant
 * holds afterwards, so that a stack which others share stays ready.
 */
export async function lengthenLedger(sql: postgres.Sql, user: string, entries: number): Promise<void> {
  const grant = `gift:${randomUUID()}`;
  await sql.begin(async (sql) => {
    await sql`select private.grant_credits(${user}, ${3 * entries}, 'grant', 'promo', ${grant}, '{}', ${grant})`;
    await sql`
      with recursive chain as (
        select a.seq, 0::bigint as amount, a.available + a.held - a.debt as balance, ''::text as ref, '{}'::jsonb as cause,
          a.updated_at as at, a.head_hash as hash
        from public.credit_accounts a where a.user_id = ${user}
        union all
        select n.seq, n.amount, n.balance, n.ref, n.cause, n.at,
          private.entry_hash(n.hash, ${user}, n.seq, 'adjustment', n.amount, 'adjustment', n.balance, n.ref, n.cause, n.at)
        from (
          select c.seq + 1 as seq, -1 - c.seq % 3 as amount, c.balance - 1 - c.seq % 3 as balance,
            concat(${grant}::text, ':', c.seq) as ref,
            jsonb_build_object('reason', concat('Korekta; nr ', c.seq), 'operator', 'zażółć') as cause,
            c.at + interval '1 microsecond' as at, c.hash
          from chain c
          where c.seq < (select seq + ${entries - 1} from public.credit_accounts where user_id = ${user})
        ) as n
      ), written as (
        insert into public.credit_entries
          (user_id, seq, kind, amount, counter_account, balance_after, ref, cause, created_at, hash)
        select ${user}, seq, 'adjustment', amount, 'adjustment', balance, ref, cause, at, hash from chain where amount <> 0
        returning seq, amount, hash, created_at
      ), spent as (
        update public.credit_grants set remaining = remaining + (select sum(amount) from written)
        where user_id = ${user} and ref = ${grant}
      )
      update public.credit_accounts set
        available = available + (select sum(amount) from written),
        (seq, head_hash, updated_at) = (select w.seq, w.hash, w.created_at from written w order by w.seq desc limit 1)
      where user_id = ${user}`;
  });
}
