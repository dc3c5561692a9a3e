-- What must be true of the books, checked without end. Each invariant is a walker over its tables: it looks at
-- a bounded slice, says what is wrong there and where the next slice begins, and starts again at the end. The
-- runner gives every invariant one slice a minute, keeps what it found, and readiness turns red while a breach
-- is open. Walkers only read, each slice in one snapshot (stable functions see that of the statement that
-- calls them), so they neither wait for payments nor see half of one.
--
-- A walker is   private.check_<name>(p_from text, p_limit int, out checked int, out next text, out breaches jsonb)
--   p_from    where to begin, inclusive: '' at the start, else a `next` or the `place` of a breach
--   next      where the next slice begins; null when this one reached the end
--   breaches  [{"place", "user_id", "seq", "detail": {"wrong": [rules broken], …}}], one per place at most

create table private.invariants (
  name text primary key check (name ~ '^[a-z_]+$'),
  description text not null,
  position text not null default '',
  pass_started_at timestamptz,
  pass_finished_at timestamptz,
  last_run_at timestamptz,
  last_checked int not null default 0,
  last_ms int not null default 0,
  passes bigint not null default 0
);
comment on table private.invariants is 'What is checked, how far the present pass over it has come, and what the last slice cost. pass_finished_at is the end of the last whole pass.';
alter table private.invariants enable row level security;

create table private.invariant_runs (
  id bigint generated always as identity primary key,
  invariant text not null references private.invariants (name),
  started_at timestamptz not null,
  finished_at timestamptz not null,
  checked int not null,
  breaches int not null,
  from_position text not null,
  to_position text,
  error text
);
comment on table private.invariant_runs is 'One slice of one invariant, kept for a week. to_position is null at the end of a pass; error is set when the check itself failed.';
alter table private.invariant_runs enable row level security;
create index invariant_runs_recent on private.invariant_runs (invariant, started_at desc);

create table private.invariant_breaches (
  id bigint generated always as identity primary key,
  invariant text not null references private.invariants (name),
  place text not null,
  user_id uuid,
  seq bigint,
  detail jsonb not null,
  first_seen_at timestamptz not null default clock_timestamp(),
  last_seen_at timestamptz not null default clock_timestamp(),
  resolved_at timestamptz,
  accepted text check (char_length(accepted) between 10 and 500),
  check (accepted is null or resolved_at is not null)
);
comment on table private.invariant_breaches is 'What was found wrong, where, and from when to when. Kept for ever. resolved_at is set when the same place is looked at again and is right, or when somebody accepts, with the reason given here, what cannot be mended without rewriting history.';
alter table private.invariant_breaches enable row level security;
create unique index invariant_breaches_open on private.invariant_breaches (invariant, place) where resolved_at is null;
create index invariant_breaches_accepted on private.invariant_breaches (invariant, place) where accepted is not null;
create index invariant_breaches_recent on private.invariant_breaches (first_seen_at desc);

insert into private.invariants (name, description) values
  ('balance', 'The last entry of an account is its head, and its running balance is available + held − debt.'),
  ('lots', 'What remains in the lots of an account is what it can spend; nobody owns and owes at once; a reservation names the lots it drew; lots add up to their entry.'),
  ('holds', 'What an account has reserved is the sum of its open reservations, and each of them has a live job.'),
  ('payments', 'Each paid purchase has exactly one top-up of its credits, and each top-up from Stripe a paid purchase.'),
  ('chain', 'No entry was changed, removed or slipped in: hashes, numbers and running balances follow from one another.'),
  ('settlements', 'Each charge is that of one settled reservation and at most what was reserved, and each settled reservation was charged.'),
  ('trial_balance', 'Both sides of the books cancel out, and days that were closed still sum to what was stored.');

insert into private.settings (key, value, description) values
  ('invariant_slice_balance', '5000', 'Accounts whose balance is compared with their last entry in one run.'),
  ('invariant_slice_lots', '2000', 'Accounts whose lots are summed in one run.'),
  ('invariant_slice_holds', '5000', 'Accounts whose reservations are compared with jobs in one run.'),
  ('invariant_slice_payments', '5000', 'Accounts whose purchases are compared with top-ups in one run.'),
  ('invariant_slice_chain', '20000', 'Entries whose hash is computed again in one run.'),
  ('invariant_slice_settlements', '5000', 'Entries, then reservations, that are compared with one another in one run.'),
  ('invariant_slice_trial_balance', '1', 'Closed days that are summed again in one run.');

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

-- The runner -------------------------------------------------------------------------------------------------

create function private.note_breaches(p_invariant text, p_breaches jsonb) returns void
language sql volatile set search_path = ''
begin atomic
  -- A hundred are enough to be alarmed by; the others are found again when these are mended.
  insert into private.invariant_breaches as b (invariant, place, user_id, seq, detail)
  select p_invariant, f.place, f.user_id, f.seq, f.detail
  from jsonb_to_recordset(p_breaches) as f (place text, user_id uuid, seq bigint, detail jsonb)
  where not exists (
    select from private.invariant_breaches a
    where a.invariant = p_invariant and a.place = f.place and a.detail = f.detail and a.accepted is not null)
  limit 100
  on conflict (invariant, place) where resolved_at is null
    do update set user_id = excluded.user_id, seq = excluded.seq, detail = excluded.detail, last_seen_at = clock_timestamp();
end;
comment on function private.note_breaches is 'Writes down what a walker found; what is known to be open is only seen again, and what was accepted just as it is now is left alone.';

create function private.recheck_breaches(p_invariant text) returns void
language plpgsql set search_path = ''
as $$
declare
  v_breach private.invariant_breaches;
  v_found record;
begin
  for v_breach in
    select * from private.invariant_breaches
    where invariant = p_invariant and resolved_at is null and place <> 'failed' order by last_seen_at limit 50
  loop
    execute format('select * from private.%I($1, 1)', 'check_' || p_invariant) into strict v_found using v_breach.place;
    perform private.note_breaches(p_invariant, v_found.breaches);
    update private.invariant_breaches set resolved_at = clock_timestamp()
    where id = v_breach.id
      and not exists (select from jsonb_array_elements(v_found.breaches) f where f ->> 'place' = v_breach.place);
  end loop;
end
$$;
comment on function private.recheck_breaches is 'Looks at the places of open breaches again, those first that were not looked at for longest; what is right there now is resolved.';

create function private.run_invariant(p_invariant text, p_recheck boolean) returns boolean
language plpgsql set search_path = ''
as $$
declare
  v_invariant private.invariants;
  v_begun timestamptz := clock_timestamp();
  v_checked int;
  v_next text;
  v_breaches jsonb;
  v_error text;
begin
  select * into strict v_invariant from private.invariants where name = p_invariant for update;
  begin
    if p_recheck then
      perform private.recheck_breaches(p_invariant);
    end if;
    execute format('select checked, next, breaches from private.%I($1, $2)', 'check_' || p_invariant)
      into strict v_checked, v_next, v_breaches
      using v_invariant.position, coalesce(private.setting_int('invariant_slice_' || p_invariant), 1000)::int;
    perform private.note_breaches(p_invariant, v_breaches);
    update private.invariant_breaches set resolved_at = clock_timestamp()
    where invariant = p_invariant and place = 'failed' and resolved_at is null;
    update private.invariants set
      position = coalesce(v_next, ''),
      pass_started_at = case when v_invariant.position = '' then v_begun else pass_started_at end,
      pass_finished_at = case when v_next is null then clock_timestamp() else pass_finished_at end,
      passes = passes + (v_next is null)::int,
      last_checked = v_checked
    where name = p_invariant;
  exception when others then
    -- A check that cannot be made is as bad as one that fails: it is a breach too, and the others go on.
    v_error := concat(sqlstate, ' ', sqlerrm);
    v_checked := 0;
    v_next := v_invariant.position;
    v_breaches := jsonb_build_array(jsonb_build_object('place', 'failed', 'detail',
      jsonb_build_object('wrong', array['check_failed'], 'error', v_error, 'position', v_invariant.position)));
    perform private.note_breaches(p_invariant, v_breaches);
  end;
  update private.invariants set last_run_at = clock_timestamp(),
    last_ms = round(extract(epoch from clock_timestamp() - v_begun) * 1000)
  where name = p_invariant;
  insert into private.invariant_runs (invariant, started_at, finished_at, checked, breaches, from_position, to_position, error)
  values (p_invariant, v_begun, clock_timestamp(), v_checked, jsonb_array_length(v_breaches), v_invariant.position, v_next, v_error);
  delete from private.invariant_runs where invariant = p_invariant and started_at < now() - interval '7 days';
  return v_error is not null or v_next is null;
end
$$;
comment on function private.run_invariant is 'One slice of one invariant, and its outcome. True when the pass is at its end or cannot go on.';

create function private.run_invariants(p_seconds int default null) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_invariant private.invariants;
  v_begun timestamptz := clock_timestamp();
  v_unfinished text[] := '{}';
  v_done boolean;
begin
  -- Two runs never overlap. The schedule leaves when one is under way; a person waits for it.
  if p_seconds is null then
    if not pg_try_advisory_xact_lock('private.invariants'::regclass::oid::bigint) then
      return jsonb_build_object('skipped', true);
    end if;
  else
    perform pg_advisory_xact_lock('private.invariants'::regclass::oid::bigint);
  end if;
  for v_invariant in select * from private.invariants order by name loop
    -- A slice that took long rests a hundred times as long: checks never take more than a hundredth of the time.
    continue when p_seconds is null and v_invariant.last_ms > 600
      and v_invariant.last_run_at > v_begun - make_interval(secs => v_invariant.last_ms / 10.0);
    v_done := private.run_invariant(v_invariant.name, true);
    while not v_done and clock_timestamp() < v_begun + make_interval(secs => p_seconds) loop
      v_done := private.run_invariant(v_invariant.name, false);
    end loop;
    if not v_done then
      v_unfinished := v_unfinished || v_invariant.name;
    end if;
  end loop;
  return jsonb_build_object('unfinished', v_unfinished,
    'open_breaches', (select count(*) from private.invariant_breaches where resolved_at is null));
end
$$;
comment on function private.run_invariants is 'One slice of every invariant; with p_seconds, on to the end of each pass while the time lasts. Says whose pass is not at its end. Run by pg_cron every minute.';

create function private.restart_invariants() returns void
language sql volatile set search_path = ''
begin atomic
  update private.invariants set position = '', pass_started_at = null;
end;
comment on function private.restart_invariants is 'Begins every pass anew, for who wants all of the books checked from now on.';

create function private.accept_breach(p_breach bigint, p_reason text) returns void
language plpgsql set search_path = ''
as $$
begin
  update private.invariant_breaches set resolved_at = clock_timestamp(), accepted = p_reason
  where id = p_breach and resolved_at is null;
  if not found then
    perform private.refuse('KR003', 'There is no such open breach.');
  end if;
  perform private.write_audit('breach.accepted', concat('breach:', p_breach), jsonb_build_object('reason', p_reason));
end
$$;
comment on function private.accept_breach is 'Ends an open breach that stays: its account was made whole, but entries are never rewritten. The same finding in the same place is not reported again; any other there is. KR003 when it is not open.';

create or replace function private.readiness() returns jsonb
language sql stable security definer set search_path = ''
begin atomic
  select jsonb_build_object(
    'worker_seen_seconds', (select extract(epoch from now() - max(seen_at))::int from private.workers),
    'oldest_queued_seconds', (select coalesce(extract(epoch from now() - min(run_at))::int, 0)
      from public.jobs where status = 'queued' and run_at <= now()),
    'failed_webhooks', (select count(*) from private.webhook_events
      where verdict = 'failed' and received_at > now() - interval '1 hour'),
    'ledger', (
      select jsonb_build_object(
        'ok', o.count = 0,
        'checked_seconds', (select case when bool_and(last_run_at is not null)
          then greatest(0, extract(epoch from clock_timestamp() - min(last_run_at))::int) end from private.invariants),
        'count', o.count,
        'breaches', o.breaches)
      from (
        select count(*) as count, coalesce(jsonb_agg(jsonb_build_object('invariant', b.invariant, 'account', b.user_id,
          'seq', b.seq, 'since', b.first_seen_at) order by b.n) filter (where b.n <= 10), '[]') as breaches
        from (
          select invariant, user_id, seq, first_seen_at, row_number() over (order by first_seen_at, id) as n
          from private.invariant_breaches where resolved_at is null
        ) b
      ) o));
end;
comment on function private.readiness is 'Whether work flows and the books agree: seconds since a worker was seen, age of the oldest due job, webhooks failed in the last hour, and what the invariants found: open breaches (the first ten), and how long ago the one that waits longest was checked. Definer: the web role sees nothing else of them.';

revoke all on private.invariants, private.invariant_runs, private.invariant_breaches from public, anon, authenticated, service_role;
do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid::regprocedure from pg_proc p
    where p.pronamespace = 'private'::regnamespace
      and p.proname in ('account_slice', 'check_balance', 'check_lots', 'check_holds', 'check_payments', 'check_chain',
        'charged_before', 'check_settlements', 'check_trial_balance', 'note_breaches', 'recheck_breaches',
        'run_invariant', 'run_invariants', 'restart_invariants', 'accept_breach')
  loop
    execute format('revoke execute on function %s from public, anon, authenticated, service_role', v_function);
  end loop;
end
$$;
