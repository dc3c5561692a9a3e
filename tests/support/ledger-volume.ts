import type { Sql } from "./database.ts";

export interface Volume {
  accounts: number;
  /** Entries of each account: a signup grant, a top-up, and charges of one credit. At least 3. */
  entriesEach: number;
  /** Days over which they are spread, the last of them being today (UTC). */
  days: number;
}

/**
 * Books as years of use would leave them, valid in every respect and written in the order of time: 1e6 entries
 * take under a minute. The connection must be a superuser's inside a transaction: triggers and foreign keys
 * rest while it writes. Account n (from 0) has the id `volumeAccount(n)`.
 */
export async function fillLedger(sql: Sql, { accounts, entriesEach, days }: Volume): Promise<void> {
  const credits = entriesEach;
  const total = accounts * entriesEach;
  await sql`set local session_replication_role = replica`;
  await sql`set local timezone = 'UTC'`;
  await sql`
    create temp table volume_accounts on commit drop as
    select n, md5('volume account ' || n)::uuid as user_id, md5('volume purchase ' || n)::uuid as checkout
    from generate_series(0, ${accounts}::int - 1) as n`;
  await sql`insert into public.credit_accounts (user_id) select user_id from volume_accounts order by n`;
  // All accounts go forward one entry at a time, so that the table is in the order of time and each hash
  // finds the one before it in the round before.
  await sql.unsafe(`
    with recursive times as (
      select date_trunc('day', now()) - make_interval(days => ${days - 1}) as first,
        (now() - date_trunc('day', now()) + make_interval(days => ${days - 1})) / ${total} as step
    ), rounds as (
      select a.n, a.user_id, a.checkout, 0::bigint as seq, decode(repeat('00', 32), 'hex') as hash, f.*, null::timestamptz as at
      from volume_accounts a, lateral (
        select null::text as kind, 0::bigint as amount, null::text as counter_account, 0::bigint as balance, null::text as ref, null::jsonb as cause
      ) f
      union all
      select r.n, r.user_id, r.checkout, r.seq + 1,
        private.entry_hash(r.hash, r.user_id, r.seq + 1, f.kind, f.amount, f.counter_account, r.balance + f.amount, f.ref, f.cause, t.at),
        f.kind, f.amount, f.counter_account, r.balance + f.amount, f.ref, f.cause, t.at
      from rounds r, times,
        lateral (select date_trunc('microseconds', times.first + times.step * (r.seq * ${accounts} + r.n)) as at) t,
        lateral (
          select 'grant' as kind, 10::bigint as amount, 'promo' as counter_account, 'signup' as ref,
            '{"rule": "free allowance of a new account"}'::jsonb as cause where r.seq = 0
          union all
          select 'topup', ${credits}, 'stripe', concat('checkout:', r.checkout), '{"pack": "pack_10"}'::jsonb where r.seq = 1
          union all
          select 'settle', -1, 'usage', concat('job:', md5('volume job ' || r.n || ' ' || r.seq + 1)::uuid),
            '{"model": "seedream-4-5", "outputs": 1}'::jsonb where r.seq > 1
        ) f
      where r.seq < ${entriesEach}
    )
    insert into public.credit_entries (user_id, seq, kind, amount, counter_account, balance_after, ref, cause, created_at, hash)
    select user_id, seq, kind, amount, counter_account, balance, ref, cause, at, hash from rounds where seq > 0`);
  await sql`
    insert into public.credit_holds (id, user_id, amount, settled_amount, state, created_at, resolved_at, grants, grant_amounts)
    select substr(e.ref, 5)::uuid, e.user_id, 1, 1, 'settled', e.created_at - interval '5 s', e.created_at, '{2}', '{1}'
    from public.credit_entries e join volume_accounts a using (user_id) where e.kind = 'settle'`;
  await sql`
    insert into public.credit_grants
      (user_id, number, source, priority, amount, remaining, ref, effective_at, entry_seq, created_at, closed_at)
    select e.user_id, e.seq, e.counter_account, 50, e.amount, e.amount - case e.seq when 2 then ${
    entriesEach - 2
  } else 0 end,
      e.ref, e.created_at, e.seq, e.created_at, null
    from public.credit_entries e join volume_accounts a using (user_id) where e.seq <= 2`;
  await sql`
    insert into public.checkout_sessions
      (id, user_id, pack, credits, price_cents, price_version, status, stripe_session_id, created_at, credited_at)
    select a.checkout, a.user_id, 'pack_10', ${credits}, 1000, 1, 'paid', concat('cs_volume_', a.n), e.created_at, e.created_at
    from volume_accounts a join public.credit_entries e on e.user_id = a.user_id and e.seq = 2`;
  await sql`
    update public.credit_accounts c set available = e.balance_after, seq = e.seq, head_hash = e.hash, updated_at = e.created_at
    from volume_accounts a join public.credit_entries e on e.user_id = a.user_id and e.seq = ${entriesEach}
    where c.user_id = a.user_id`;
}
