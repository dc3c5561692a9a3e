-- The walkers of the invariants, in the shape that 1400 describes. Each looks at one slice in one snapshot and locks
-- nothing.

-- Walkers over accounts --------------------------------------------------------------------------------------

create function private.account_slice(p_from text, p_limit int, out first uuid, out last uuid, out next text, out checked int)
language plpgsql stable set search_path = ''
as $$
begin
  first := coalesce(nullif(p_from, ''), '00000000-0000-0000-0000-000000000000')::uuid;
  select s.user_id, s.n into last, checked from (
    select user_id, row_number() over (order by user_id) as n from public.credit_accounts
    where user_id >= first order by user_id limit p_limit
  ) s order by s.n desc limit 1;
  checked := coalesce(checked, 0);
  select user_id::text into next from public.credit_accounts where user_id > last order by user_id limit 1;
end
$$;
comment on function private.account_slice is 'The next p_limit accounts: the first and last id of the range, how many there are, and where to go on.';

create function private.check_balance(p_from text, p_limit int, out checked int, out next text, out breaches jsonb)
language plpgsql stable set search_path = ''
as $$
declare
  v_slice record := private.account_slice(p_from, p_limit);
begin
  checked := v_slice.checked;
  next := v_slice.next;
  -- The last entry alone decides: that its balance is the sum of all before it is what `chain` holds, row by row.
  select coalesce(jsonb_agg(jsonb_build_object('place', w.user_id, 'user_id', w.user_id, 'seq', w.seq,
    'detail', jsonb_build_object('wrong', w.wrong, 'account_balance', w.balance, 'entries_balance', w.balance_after,
      'account_seq', w.account_seq, 'entries_seq', w.entry_seq))), '[]')
  into breaches
  from (
    select a.user_id, greatest(a.seq, e.seq) as seq, a.available + a.held - a.debt as balance,
      coalesce(e.balance_after, 0) as balance_after, a.seq as account_seq, coalesce(e.seq, 0) as entry_seq,
      array_remove(array[
        case when a.seq <> coalesce(e.seq, 0) then 'seq' end,
        case when a.head_hash <> coalesce(e.hash, decode(repeat('00', 32), 'hex')) then 'head_hash' end,
        case when a.available + a.held - a.debt <> coalesce(e.balance_after, 0) then 'balance' end], null) as wrong
    from public.credit_accounts a
    left join lateral (
      select l.seq, l.hash, l.balance_after from public.credit_entries l
      where l.user_id = a.user_id order by l.seq desc limit 1
    ) e on true
    where a.user_id between v_slice.first and v_slice.last
  ) w
  where w.wrong <> '{}';
end
$$;
comment on function private.check_balance is 'Walks accounts. By induction with `chain`: Σ entries = available + held − debt.';

create function private.check_lots(p_from text, p_limit int, out checked int, out next text, out breaches jsonb)
language plpgsql stable set search_path = ''
as $$
declare
  v_slice record := private.account_slice(p_from, p_limit);
begin
  checked := v_slice.checked;
  next := v_slice.next;
  select coalesce(jsonb_agg(jsonb_build_object('place', w.user_id, 'user_id', w.user_id, 'seq', w.seq,
    'detail', jsonb_build_object('wrong', w.wrong, 'available', w.available, 'debt', w.debt,
      'lots_remaining', w.remaining, 'lots', w.lots, 'holds', w.holds))), '[]')
  into breaches
  from (
    select a.user_id, coalesce(b.seq, a.seq) as seq, a.available, a.debt, coalesce(g.remaining, 0) as remaining, b.lots, h.holds,
      array_remove(array[
        case when a.available <> coalesce(g.remaining, 0) then 'remaining' end,
        case when a.debt > 0 and a.available > 0 then 'owns_and_owes' end,
        case when b.lots is not null then 'lot_amount' end,
        case when h.holds is not null then 'hold_draws' end], null) as wrong
    from public.credit_accounts a
    left join (
      select user_id, sum(remaining)::bigint as remaining from public.credit_grants
      where user_id between v_slice.first and v_slice.last group by user_id
    ) g on g.user_id = a.user_id
    left join (
      select d.user_id, min(d.entry_seq) as seq, jsonb_agg(d.numbers order by d.entry_seq) as lots
      from (
        select l.user_id, l.entry_seq, array_agg(l.number order by l.number) as numbers
        from public.credit_grants l
        left join public.credit_entries e on e.user_id = l.user_id and e.seq = l.entry_seq
        where l.user_id between v_slice.first and v_slice.last and l.entry_seq is not null
        group by l.user_id, l.entry_seq, e.amount, e.counter_account
        having sum(l.amount) is distinct from e.amount or bool_or(l.source is distinct from e.counter_account)
      ) d
      group by d.user_id
    ) b on b.user_id = a.user_id
    left join (
      select h.user_id, jsonb_agg(h.id) as holds
      from public.credit_holds h
      where h.user_id between v_slice.first and v_slice.last and h.state = 'held'
        and (select coalesce(sum(part), 0) from unnest(h.grant_amounts) as part) <> h.amount
      group by h.user_id
    ) h on h.user_id = a.user_id
    where a.user_id between v_slice.first and v_slice.last
  ) w
  where w.wrong <> '{}';
end
$$;
comment on function private.check_lots is 'Walks accounts. Σ remaining = available; debt or available is zero; Σ lots of an entry = its amount; what an open reservation drew = its amount.';

create function private.check_holds(p_from text, p_limit int, out checked int, out next text, out breaches jsonb)
language plpgsql stable set search_path = ''
as $$
declare
  v_slice record := private.account_slice(p_from, p_limit);
begin
  checked := v_slice.checked;
  next := v_slice.next;
  select coalesce(jsonb_agg(jsonb_build_object('place', w.user_id, 'user_id', w.user_id, 'seq', w.seq,
    'detail', jsonb_build_object('wrong', w.wrong, 'account_held', w.held, 'holds_sum', w.holds_sum,
      'holds_without_job', w.without_job, 'jobs_without_hold', w.without_hold))), '[]')
  into breaches
  from (
    select a.user_id, a.seq, a.held, coalesce(h.amount, 0) as holds_sum, h.without_job, j.without_hold,
      array_remove(array[
        case when a.held <> coalesce(h.amount, 0) then 'held' end,
        case when h.without_job is not null then 'hold_without_job' end,
        case when j.without_hold is not null then 'job_without_hold' end], null) as wrong
    from public.credit_accounts a
    left join (
      select h.user_id, sum(h.amount)::bigint as amount,
        jsonb_agg(h.id) filter (where j.status is null or j.status not in ('queued', 'running')
          or j.user_id <> h.user_id or j.credits_reserved <> h.amount) as without_job
      from public.credit_holds h left join public.jobs j on j.id = h.id
      where h.user_id between v_slice.first and v_slice.last and h.state = 'held'
      group by h.user_id
    ) h on h.user_id = a.user_id
    left join (
      select j.user_id, jsonb_agg(j.id) as without_hold
      from public.jobs j left join public.credit_holds h on h.id = j.id
      where j.user_id between v_slice.first and v_slice.last and j.status in ('queued', 'running')
        and h.state is distinct from 'held'
      group by j.user_id
    ) j on j.user_id = a.user_id
    where a.user_id between v_slice.first and v_slice.last
  ) w
  where w.wrong <> '{}';
end
$$;
comment on function private.check_holds is 'Walks accounts. held = Σ open reservations; each has a live job of the same person and price, and each live job an open reservation.';

create function private.check_payments(p_from text, p_limit int, out checked int, out next text, out breaches jsonb)
language plpgsql stable set search_path = ''
as $$
declare
  v_slice record := private.account_slice(p_from, p_limit);
begin
  checked := v_slice.checked;
  next := v_slice.next;
  select coalesce(jsonb_agg(jsonb_build_object('place', w.user_id, 'user_id', w.user_id, 'seq', w.seq,
    'detail', jsonb_build_object('wrong', w.wrong, 'payments', w.payments))), '[]')
  into breaches
  from (
    select p.user_id, min(p.seq) as seq, jsonb_agg(distinct p.wrong) as wrong,
      jsonb_agg(jsonb_build_object('ref', p.ref, 'seq', p.seq, 'paid_credits', p.paid, 'topup_credits', p.credited)) as payments
    from (
      select coalesce(c.user_id, t.user_id) as user_id, coalesce(c.ref, t.ref) as ref, t.seq, c.credits as paid, t.amount as credited,
        case
          when t.ref is null then 'paid_without_topup'
          when c.ref is null then 'topup_without_payment'
          when t.entries > 1 then 'topped_up_twice'
          when t.amount <> c.credits then 'credits_differ'
        end as wrong
      from (
        select user_id, concat('checkout:', id) as ref, credits from public.checkout_sessions
        where user_id between v_slice.first and v_slice.last and status = 'paid'
      ) c
      full join (
        select user_id, ref, min(seq) as seq, count(*) as entries, sum(amount)::bigint as amount from public.credit_entries
        where user_id between v_slice.first and v_slice.last and kind in ('topup', 'grant') and counter_account = 'stripe'
        group by user_id, ref
      ) t on t.user_id = c.user_id and t.ref = c.ref
    ) p
    where p.wrong is not null
    group by p.user_id
  ) w;
end
$$;
comment on function private.check_payments is 'Walks accounts. One top-up of the same credits for each paid purchase, and the other way round.';

-- Walkers over entries ---------------------------------------------------------------------------------------

create function private.check_chain(p_from text, p_limit int, out checked int, out next text, out breaches jsonb)
language plpgsql stable set search_path = ''
as $$
declare
  v_user uuid := coalesce(nullif(split_part(p_from, '/', 1), ''), '00000000-0000-0000-0000-000000000000');
  v_seq bigint := coalesce(nullif(split_part(p_from, '/', 2), ''), '1');
begin
  select concat(user_id, '/', seq) into next from public.credit_entries
  where (user_id, seq) >= (v_user, v_seq) order by user_id, seq offset p_limit limit 1;
  select count(*), coalesce(jsonb_agg(jsonb_build_object('place', concat(w.user_id, '/', w.seq), 'user_id', w.user_id, 'seq', w.seq,
    'detail', jsonb_build_object('wrong', w.wrong, 'kind', w.kind, 'ref', w.ref, 'previous_seq', w.previous_seq,
      'stored_hash', encode(w.hash, 'hex'), 'computed_hash', encode(w.computed, 'hex'))))
    filter (where w.wrong <> '{}'), '[]')
  into checked, breaches
  from (
    select l.user_id, l.seq, l.kind, l.ref, l.previous_seq, l.hash, c.computed,
      array_remove(array[
        case when l.seq <> coalesce(l.previous_seq, 0) + 1 then 'seq' end,
        case when l.balance_after <> coalesce(l.previous_balance, 0) + l.amount then 'balance' end,
        case when l.hash <> c.computed then 'hash' end,
        case when l.previous_seq is null
          and not exists (select from public.credit_accounts a where a.user_id = l.user_id) then 'account' end], null) as wrong
    from (
      select e.*, lag(e.seq) over own as previous_seq, lag(e.balance_after) over own as previous_balance,
        lag(e.hash) over own as previous_hash
      from (
        -- A slice may begin in the middle of an account: its first entry is held against the one before it.
        (select * from public.credit_entries where user_id = v_user and seq < v_seq order by seq desc limit 1)
        union all
        (select * from public.credit_entries where (user_id, seq) >= (v_user, v_seq) order by user_id, seq limit p_limit)
      ) e
      window own as (partition by e.user_id order by e.seq)
    ) l
    cross join lateral (
      select private.entry_hash(coalesce(l.previous_hash, decode(repeat('00', 32), 'hex')), l.user_id, l.seq, l.kind,
        l.amount, l.counter_account, l.balance_after, l.ref, l.cause, l.created_at) as computed
      offset 0 -- computed once a row
    ) c
    where (l.user_id, l.seq) >= (v_user, v_seq)
  ) w;
end
$$;
comment on function private.check_chain is 'Walks entries in the order of their key and computes each again from the one before: number, running balance, hash.';

create function private.charged_before(p_user uuid, p_seq bigint, p_ref text, p_since timestamptz) returns boolean
language plpgsql stable set search_path = ''
as $$
declare
  v_entry record;
begin
  for v_entry in
    select kind, ref, created_at from public.credit_entries where user_id = p_user and seq < p_seq order by seq desc
  loop
    exit when v_entry.created_at < p_since;
    if v_entry.kind = 'settle' and v_entry.ref = p_ref then
      return true;
    end if;
  end loop;
  return false;
end
$$;
comment on function private.charged_before is 'Whether an earlier entry, since a time, charged the same reservation.';

create function private.check_settlements(p_from text, p_limit int, out checked int, out next text, out breaches jsonb)
language plpgsql stable set search_path = ''
as $$
declare
  v_user uuid;
  v_seq bigint;
  v_hold uuid;
  v_last uuid;
begin
  if p_from like 'hold/%' then
    v_hold := coalesce(nullif(split_part(p_from, '/', 2), ''), '00000000-0000-0000-0000-000000000000');
    select s.id, s.n into v_last, checked from (
      select id, row_number() over (order by id) as n from public.credit_holds where id >= v_hold order by id limit p_limit
    ) s order by s.n desc limit 1;
    checked := coalesce(checked, 0);
    select concat('hold/', id) into next from public.credit_holds where id > v_last order by id limit 1;
    -- Charges have no index by reservation: every settlement would pay for it. But entries of an account follow one
    -- another in time, and a charge is written right after its transaction began, so halving finds its place.
    with recursive halving as (
      select h.id, h.user_id, h.settled_amount, h.resolved_at, a.user_id is null as orphan, 1::bigint as low,
        case h.state when 'settled' then coalesce(a.seq, 0) else 0 end + 1 as high
      from public.credit_holds h left join public.credit_accounts a on a.user_id = h.user_id
      where h.id between v_hold and v_last
      union all
      select c.id, c.user_id, c.settled_amount, c.resolved_at, c.orphan,
        case when c.at < c.resolved_at then c.middle + 1 else c.low end,
        case when c.at < c.resolved_at then c.high else c.middle end
      from (
        select b.*, (b.low + b.high) / 2 as middle, (
          select e.created_at from public.credit_entries e
          where e.user_id = b.user_id and e.seq >= (b.low + b.high) / 2 order by e.seq limit 1) as at
        from halving b where b.low < b.high
        offset 0 -- computed once a row
      ) c
    )
    select coalesce(jsonb_agg(jsonb_build_object('place', concat('hold/', w.id), 'user_id', w.user_id,
      'detail', jsonb_build_object('wrong', array[case when w.orphan then 'no_account' else 'settled_without_entry' end],
        'hold', w.id, 'settled_amount', w.settled_amount, 'resolved_at', w.resolved_at))), '[]')
    into breaches
    from halving w
    where w.low = w.high
      and case
        when w.orphan then true
        when w.settled_amount is null then false
        when (select e.seq from public.credit_entries e where e.user_id = w.user_id and e.seq between w.low and w.low + 500
          and e.kind = 'settle' and e.ref = concat('job:', w.id) order by e.seq limit 1) is not null then false
        -- Should a clock have been set back, all entries of the person are searched: slow, rare, no false alarm.
        else (select e.seq from public.credit_entries e where e.user_id = w.user_id
          and e.kind = 'settle' and e.ref = concat('job:', w.id) order by e.seq limit 1) is null
      end;
    return;
  end if;

  v_user := coalesce(nullif(split_part(p_from, '/', 2), ''), '00000000-0000-0000-0000-000000000000');
  v_seq := coalesce(nullif(split_part(p_from, '/', 3), ''), '1');
  select concat('entry/', user_id, '/', seq) into next from public.credit_entries
  where (user_id, seq) >= (v_user, v_seq) order by user_id, seq offset p_limit limit 1;
  next := coalesce(next, 'hold/');
  select count(*), coalesce(jsonb_agg(jsonb_build_object('place', concat('entry/', w.user_id, '/', w.seq), 'user_id', w.user_id,
    'seq', w.seq, 'detail', jsonb_build_object('wrong', array[w.wrong], 'ref', w.ref, 'charged', -w.amount, 'hold_state', w.state,
      'settled_amount', w.settled_amount, 'reserved', w.reserved))) filter (where w.wrong is not null), '[]')
  into checked, breaches
  from (
    select e.user_id, e.seq, e.ref, e.amount, h.state, h.settled_amount, h.amount as reserved,
      case
        when e.kind <> 'settle' then null
        when h.id is null then 'no_reservation'
        when h.user_id <> e.user_id then 'reservation_of_another'
        when h.state <> 'settled' then 'reservation_not_settled'
        when h.settled_amount <> -e.amount then 'amount_differs'
        when -e.amount > h.amount then 'above_reserved'
        -- A second charge comes after the reservation was settled, where mostly there is nothing else yet; or it settled
        -- the reservation anew, and then the first charge is older than that.
        when e.previous_at >= h.resolved_at and private.charged_before(e.user_id, e.seq, e.ref, h.resolved_at) then 'charged_twice'
        when e.created_at < h.resolved_at and exists (select from public.credit_entries o
          where o.user_id = e.user_id and o.seq <> e.seq and o.kind = 'settle' and o.ref = e.ref) then 'charged_twice'
      end as wrong
    from (
      select s.user_id, s.seq, s.kind, s.ref, s.amount, s.created_at,
        lag(s.created_at) over (partition by s.user_id order by s.seq) as previous_at,
        case when s.kind = 'settle' and s.ref like 'job:%' then private.uuid_or_null(substr(s.ref, 5)) end as hold
      from (
        (select * from public.credit_entries where user_id = v_user and seq < v_seq order by seq desc limit 1)
        union all
        (select * from public.credit_entries where (user_id, seq) >= (v_user, v_seq) order by user_id, seq limit p_limit)
      ) s
    ) e
    left join public.credit_holds h on h.id = e.hold
    where (e.user_id, e.seq) >= (v_user, v_seq)
  ) w;
end
$$;
comment on function private.check_settlements is 'Walks entries, then reservations. Each charge is that of one reservation, settled at exactly this amount and not above what was reserved; each reservation belongs to an account, and each settled one has its charge.';

create function private.check_trial_balance(p_from text, p_limit int, out checked int, out next text, out breaches jsonb)
language plpgsql stable set search_path = ''
as $$
declare
  v_first date;
  v_last date;
  v_total bigint;
begin
  select sum(amount)::bigint into v_total from private.credit_trial_balance;
  checked := 1;
  breaches := case when v_total = 0 then '[]' else jsonb_build_array(jsonb_build_object('place', 'total',
    'detail', jsonb_build_object('wrong', array['not_zero'], 'amount', v_total))) end;
  if p_from = 'total' then
    return;
  end if;

  select min(day), max(day) into v_first, v_last from (
    select distinct day from private.credit_days where day >= coalesce(nullif(p_from, ''), '-infinity')::date order by day limit p_limit
  ) days;
  if v_last is null then
    return;
  end if;
  select min(day)::text into next from private.credit_days where day > v_last;
  select checked + count(distinct d.day), breaches || coalesce(jsonb_agg(jsonb_build_object('place', d.day,
    'detail', jsonb_build_object('wrong', array['closed_day'], 'counter_account', d.counter_account, 'kind', d.kind,
      'stored', d.stored, 'entries', d.now))) filter (where d.rank = 1 and d.stored is distinct from d.now), '[]')
  into checked, breaches
  from (
    select day, counter_account, kind, s.sums as stored, n.sums as now,
      row_number() over (partition by day order by s.sums is not distinct from n.sums, counter_account, kind) as rank
    from (
      select day, counter_account, kind, jsonb_build_array(entries, amount) as sums from private.credit_days
      where day between v_first and v_last
    ) s
    full join (
      select day, counter_account, kind, jsonb_build_array(entries, amount) as sums
      from private.credit_totals_between(v_first::timestamp at time zone 'UTC', (v_last + 1)::timestamp at time zone 'UTC')
    ) n using (day, counter_account, kind)
  ) d;
end
$$;
comment on function private.check_trial_balance is 'The sum of all accounts, each time; and closed days summed again, in rotation. A slice is counted in days.';

do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid::regprocedure from pg_proc p
    where p.pronamespace = 'private'::regnamespace
      and p.proname in ('account_slice', 'check_balance', 'check_lots', 'check_holds', 'check_payments', 'check_chain',
        'charged_before', 'check_settlements', 'check_trial_balance')
  loop
    execute format('revoke execute on function %s from public, anon, authenticated, service_role', v_function);
  end loop;
end
$$;
