-- Double entry, read from the books as they are. Every entry names its counter-account; what customers have
-- is kept in credit_accounts, what came from or went to each counter-account follows from the entries. The
-- two sides are summed from different tables, so they cancel out only while entries and balances agree.
-- No row is shared between customers: a stored total per counter-account would make everybody wait for
-- everybody. So that the sums stay quick all the same, days that are over are summed once and kept.

-- Entries are written in the order of time, so a few bytes per block range replace a tree over all of them.
-- A range is summarised when it is full: the entry that is written never has to widen a summary.
create index credit_entries_created on public.credit_entries using brin (created_at) with (autosummarize = on);

create table private.credit_days (
  day date not null,
  counter_account text not null,
  kind text not null,
  entries bigint not null check (entries > 0),
  amount bigint not null,
  primary key (day, counter_account, kind)
);
comment on table private.credit_days is 'Sums of the entries of days (UTC) that are over: how many, and how many credits customers gained by them. Append-only.';
alter table private.credit_days enable row level security;
create trigger credit_days_append_only before update or delete on private.credit_days
  for each row execute function private.refuse_change();
create trigger credit_days_no_truncate before truncate on private.credit_days
  for each statement execute function private.refuse_change();

create table private.credit_closings (
  through date primary key,
  barrier xid8 not null,
  closed_at timestamptz
);
comment on table private.credit_closings is 'The days up to and including `through` are summed in credit_days once closed_at is set. That waits until every transaction before barrier has ended: any of them may still commit an entry of that day.';
alter table private.credit_closings enable row level security;

create function private.credits_open_since() returns timestamptz
language sql stable set search_path = ''
return coalesce(
  (select ((max(through) + 1)::timestamp at time zone 'UTC') from private.credit_closings where closed_at is not null),
  '-infinity');
comment on function private.credits_open_since is 'The first instant that is not summed in credit_days yet.';

-- plpgsql, because it hands the planner the instant itself: as a sub-select it would be planned as a third of the table.
create function private.credit_totals_between(p_since timestamptz, p_until timestamptz)
returns table (day date, counter_account text, kind text, entries bigint, amount bigint)
language plpgsql stable set search_path = ''
as $$
begin
  return query
    select (e.created_at at time zone 'UTC')::date, e.counter_account::text, e.kind::text, count(*), sum(e.amount)::bigint
    from public.credit_entries e
    where e.created_at >= p_since and e.created_at < p_until
    group by 1, 2, 3;
end
$$;
comment on function private.credit_totals_between is 'Sums of the entries of a time, from the entries themselves.';

create view private.credit_totals_by_day with (security_invoker = true) as
  select day, counter_account, kind, entries, amount from private.credit_days
  union all
  select day, counter_account, kind, entries, amount
  from private.credit_totals_between(private.credits_open_since(), 'infinity');
comment on view private.credit_totals_by_day is 'Entries per UTC day, counter-account and kind: how many, and their sum as customers see it (a settlement is negative).';

create view private.credit_trial_balance with (security_invoker = true) as
  select s.account, s.amount
  from (
    select coalesce(sum(available), 0)::bigint as available, coalesce(sum(held), 0)::bigint as held,
      coalesce(sum(debt), 0)::bigint as debt
    from public.credit_accounts
  ) a
  cross join lateral (values
    ('customers:available', a.available), ('customers:held', a.held), ('customers:debt', -a.debt)
  ) as s(account, amount)
  union all
  select counter_account, -sum(amount)::bigint from private.credit_totals_by_day group by 1;
comment on view private.credit_trial_balance is 'What all customers have, reserved and owe (negative), and the other side of every entry. Its sum is zero, or somebody''s balance and entries differ.';

create function private.close_credit_days() returns date
language plpgsql set search_path = ''
as $$
declare
  -- Five minutes late, so that a clock that is set back a little writes no entry into a closed day.
  v_through date := ((clock_timestamp() - interval '5 minutes') at time zone 'UTC')::date - 1;
  v_since timestamptz := private.credits_open_since();
  v_end timestamptz := (v_through + 1)::timestamp at time zone 'UTC';
  v_barrier xid8;
begin
  if v_since >= v_end then
    return null;
  end if;
  -- Whoever writes an entry has a transaction id before the entry has its time: keys, holds and accounts are
  -- written or locked first. So every entry of the day belongs to a transaction older than this one, whose id is
  -- the barrier. (The end of a snapshot would not do: whoever took the newest id is already beyond it.)
  -- In a restored database numbers start lower than the barrier somebody noted; nothing of then is still open.
  insert into private.credit_closings as c (through, barrier) values (v_through, pg_current_xact_id())
  on conflict (through) do update set barrier = least(c.barrier, excluded.barrier) where c.closed_at is null
  returning barrier into v_barrier;
  if v_barrier is null or pg_snapshot_xmin(pg_current_snapshot()) < v_barrier then
    return null;
  end if;
  insert into private.credit_days (day, counter_account, kind, entries, amount)
  select * from private.credit_totals_between(v_since, v_end);
  update private.credit_closings set closed_at = clock_timestamp() where through = v_through;
  return v_through;
end
$$;
comment on function private.close_credit_days is 'Sums the days that are over into credit_days and returns the last one; null while nothing is due, or a transaction from before midnight is still open. Blocks nobody. Run by pg_cron.';

revoke all on private.credit_days, private.credit_closings, private.credit_totals_by_day, private.credit_trial_balance
  from public, anon, authenticated, service_role;
revoke execute on function private.credits_open_since, private.credit_totals_between, private.close_credit_days from public, anon, authenticated, service_role;
