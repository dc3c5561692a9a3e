-- Lots. Every addition of credits is a grant of its own, with a source, a priority and perhaps an end;
-- spending draws on grants in one fixed order, and what is given back returns to where it came from.
-- The account stays the one row that decides who may spend; grants are read and written only under its lock.
-- Locks are taken in one order: idempotency key, hold, account (several: by user_id), grants.
-- One long file, because it is one transaction: no credit is spent by the old functions once the lots are there.

-- Check constraints are read from the catalogue anew for each statement, and with five writes to every generation
-- that was a third of its time in the database (benchmarks/RESULTS.md). So closed lists are domains, which
-- Postgres keeps ready, several conditions are one where they can be, and rows point at their account by the one
-- function that writes them rather than by two foreign keys: accounts with grants cannot be deleted.
create domain public.credit_entry_kind as text
  check (value in ('grant', 'topup', 'settle', 'expiry', 'refund', 'dispute', 'adjustment', 'transfer'));
comment on domain public.credit_entry_kind is 'What an entry of the ledger is for.';
create domain public.credit_counter_account as text
  check (value in ('promo', 'stripe', 'plan', 'usage', 'expiry', 'refund', 'dispute', 'adjustment', 'creator'));
comment on domain public.credit_counter_account is 'Where credits come from or go to: the other side of an entry.';
create domain public.credit_ref as text check (value ~ '^[a-z]+(:[[:alnum:]_:.-]+)?$' and char_length(value) <= 200);
comment on domain public.credit_ref is 'What an entry is for, as a name. No line breaks: the chain is over lines.';
create domain public.credit_hold_state as text check (value in ('held', 'settled', 'released'));
comment on domain public.credit_hold_state is 'held → settled | released, once.';
create domain public.credit_amount as bigint check (value > 0);
comment on domain public.credit_amount is 'Credits granted or reserved: at least one.';
create domain public.credit_priority as smallint check (value between 0 and 100);
comment on domain public.credit_priority is 'Higher is spent first.';

alter table public.credit_accounts
  drop constraint credit_accounts_available_check,
  drop constraint credit_accounts_debt_check,
  drop constraint credit_accounts_seq_check,
  drop constraint credit_accounts_head_hash_check,
  -- None is negative, and whoever owes, owns nothing: what comes in or back pays the debt first.
  add constraint credit_accounts_owes_or_owns check (least(available, debt) = 0);

-- Each entry's predecessor is the row before it; to keep its hash twice cost 33 bytes an entry and proved nothing more.
drop index public.credit_entries_once;
alter table public.credit_entries
  drop column previous_hash,
  drop constraint credit_entries_user_id_fkey,
  drop constraint credit_entries_kind_check,
  drop constraint credit_entries_counter_account_check,
  drop constraint credit_entries_ref_check,
  drop constraint credit_entries_seq_check,
  drop constraint credit_entries_check,
  drop constraint credit_entries_check1,
  alter column kind type public.credit_entry_kind,
  alter column ref type public.credit_ref,
  alter column counter_account type public.credit_counter_account;

alter table public.credit_holds
  drop constraint credit_holds_user_id_fkey,
  drop constraint credit_holds_amount_check,
  drop constraint credit_holds_state_check,
  drop constraint credit_holds_check,
  drop constraint credit_holds_check1,
  drop constraint credit_holds_check2;
drop index public.credit_holds_user;
alter table public.credit_holds
  alter column amount type public.credit_amount,
  alter column state type public.credit_hold_state,
  add column grants int[] not null default '{}',
  add column grant_amounts bigint[] not null default '{}',
  add constraint credit_holds_once check (case state
    when 'held' then resolved_at is null and settled_amount is null
    when 'settled' then settled_amount <= amount
    else settled_amount is null end);
comment on table public.credit_holds is 'A reservation; its id is the job''s. held → settled | released, once. grants and grant_amounts say which lots it drew and how much of each, in the order drawn.';
create index credit_holds_user on public.credit_holds (user_id) where state = 'held';

-- The last line against doing anything twice that has a name of its own. A job settles under its hold's
-- one-way state, and one grant may expire in several pieces.
create unique index credit_entries_once on public.credit_entries (user_id, kind, ref) where kind not in ('settle', 'expiry');

create table public.credit_grants (
  user_id uuid not null references public.credit_accounts (user_id),
  number int not null,
  source public.credit_counter_account not null,
  priority public.credit_priority not null default 50,
  amount public.credit_amount not null,
  remaining bigint not null check (remaining between 0 and amount),
  ref public.credit_ref not null,
  effective_at timestamptz not null,
  expires_at timestamptz,
  entry_seq bigint,
  scheduled jsonb,
  created_at timestamptz not null default now(),
  closed_at timestamptz,
  primary key (user_id, number),
  foreign key (user_id, entry_seq) references public.credit_entries (user_id, seq),
  check ((scheduled is null) = (entry_seq is not null)),
  check ((closed_at is null) = (remaining > 0 or entry_seq is null))
) with (fillfactor = 70);
comment on table public.credit_grants is 'Lots of credits, numbered per account. remaining excludes what holds have drawn. Higher priority is spent first. A grant whose time has not come has no entry yet and keeps in scheduled what to write then; closed_at is set while nothing remains.';
alter table public.credit_grants enable row level security;
create policy "people read their own grants" on public.credit_grants
  for select to authenticated using ((select auth.uid()) = user_id);
revoke all on public.credit_grants from public, anon, authenticated, service_role;
grant select on public.credit_grants to authenticated;
-- The order of spending. No column of it changes while credits are drawn, so those updates stay HOT.
create index credit_grants_spendable on public.credit_grants (user_id, priority desc, expires_at, number)
  where closed_at is null and entry_seq is not null;
create index credit_grants_expiring on public.credit_grants (expires_at)
  where closed_at is null and entry_seq is not null and expires_at is not null;
create index credit_grants_scheduled on public.credit_grants (effective_at) where entry_seq is null;
create index credit_grants_entry on public.credit_grants (user_id, entry_seq);
-- What an entry does once, a scheduled grant promises once.
create unique index credit_grants_scheduled_once on public.credit_grants (user_id, ref) where entry_seq is null;

-- One statement, so the account is touched once: its new values, and the hash that chains the entry to the
-- head, are computed from the row as it is under the lock.
create or replace function private.append_entry(
  p_user uuid, p_kind text, p_counter_account text, p_ref text, p_cause jsonb,
  p_available_delta bigint, p_held_delta bigint, p_debt_delta bigint
) returns bigint
language plpgsql set search_path = ''
as $$
declare
  v_amount bigint := p_available_delta + p_held_delta - p_debt_delta;
  -- Not now(): that is the start of the transaction. Behind a lock even this may be late, hence greatest() below.
  v_at timestamptz := clock_timestamp();
  v_seq bigint;
begin
  with moved as (
    update public.credit_accounts a set
      available = a.available + p_available_delta,
      held = a.held + p_held_delta,
      debt = a.debt + p_debt_delta,
      seq = a.seq + 1,
      updated_at = greatest(v_at, a.updated_at),
      -- private.entry_hash, written out: to call it costs four times what it computes. A test compares the two.
      head_hash = sha256(convert_to(concat_ws(E'\n', 'kredo.entry.v1', encode(a.head_hash, 'hex'), p_user, a.seq + 1, p_kind,
        v_amount, p_counter_account, a.available + a.held - a.debt + v_amount, p_ref, p_cause::text,
        (extract(epoch from greatest(v_at, a.updated_at)) * 1000000)::bigint), 'UTF8'))
    where a.user_id = p_user
    returning a.seq, a.available + a.held - a.debt as balance, a.updated_at, a.head_hash
  )
  insert into public.credit_entries
    (user_id, seq, kind, amount, counter_account, balance_after, ref, cause, created_at, hash)
  select p_user, m.seq, p_kind, v_amount, p_counter_account, m.balance, p_ref, p_cause, m.updated_at, m.head_hash
  from moved m
  returning seq into v_seq;
  if v_seq is null then
    perform private.refuse('KR003', 'There is no such credit account.');
  end if;
  return v_seq;
end
$$;
comment on function private.append_entry is 'The only writer of entries: appends one and moves the balance with it; returns its seq. Callers decide the deltas.';

create function private.lock_account(p_user uuid) returns public.credit_accounts
language plpgsql set search_path = ''
as $$
declare
  v_account public.credit_accounts;
begin
  select * into v_account from public.credit_accounts where user_id = p_user for update;
  if not found then
    perform private.refuse('KR003', 'There is no such credit account.');
  end if;
  return v_account;
end
$$;
comment on function private.lock_account is 'The account, locked until the transaction ends. KR003 when there is none.';

create function private.draw_grants(
  p_user uuid, p_amount bigint, p_first_ref text default null, out grants int[], out amounts bigint[], out drawn bigint
)
language plpgsql set search_path = ''
as $$
declare
  v_grant record;
  v_part bigint;
begin
  grants := '{}';
  amounts := '{}';
  drawn := 0;
  for v_grant in
    select g.number, g.remaining from public.credit_grants g
    where g.user_id = p_user and g.closed_at is null and g.entry_seq is not null
      and (g.expires_at is null or g.expires_at > now())
    order by g.ref is not distinct from p_first_ref desc, g.priority desc, g.expires_at, g.number
  loop
    exit when drawn = p_amount;
    v_part := least(v_grant.remaining, p_amount - drawn);
    update public.credit_grants g set remaining = g.remaining - v_part,
      closed_at = case when g.remaining = v_part then now() end
    where g.user_id = p_user and g.number = v_grant.number;
    grants := grants || v_grant.number;
    amounts := amounts || v_part;
    drawn := drawn + v_part;
  end loop;
end
$$;
comment on function private.draw_grants is 'Takes up to p_amount from the lots in spending order: p_first_ref''s before all others, then higher priority, earlier expiry, older. The caller holds the account''s lock and decides what a shortfall means.';

create function private.drawn_facts(p_grants int[], p_amounts bigint[]) returns jsonb
language sql immutable set search_path = ''
return (
  select coalesce(jsonb_agg(jsonb_build_object('grant', d.number, 'credits', d.credits) order by d.position), '[]')
  from unnest(p_grants, p_amounts) with ordinality as d(number, credits, position)
);
comment on function private.drawn_facts is 'Which lots an entry drew on, for its cause.';

create function private.expire_grant(p_user uuid, p_number int) returns boolean
language plpgsql set search_path = ''
as $$
declare
  v_grant public.credit_grants;
begin
  select * into v_grant from public.credit_grants
  where user_id = p_user and number = p_number and remaining > 0 and expires_at <= now();
  if not found then
    return false;
  end if;
  update public.credit_grants set remaining = 0, closed_at = now() where user_id = p_user and number = p_number;
  perform private.append_entry(p_user, 'expiry', 'expiry', concat('grant:', p_number), jsonb_build_object(
    'rule', 'unspent credits of a grant end with it', 'grant', p_number, 'source', v_grant.source, 'expires_at', v_grant.expires_at),
    -v_grant.remaining, 0, 0);
  return true;
end
$$;
comment on function private.expire_grant is 'Writes off what remains of one lot past its end. The caller holds the account''s lock; what holds have drawn is not touched.';

create function private.expire_account(p_user uuid) returns void
language plpgsql set search_path = ''
as $$
declare
  v_number int;
begin
  for v_number in
    select g.number from public.credit_grants g
    where g.user_id = p_user and g.closed_at is null and g.entry_seq is not null and g.expires_at <= now()
    order by g.expires_at, g.number
  loop
    perform private.expire_grant(p_user, v_number);
  end loop;
end
$$;
comment on function private.expire_account is 'Expires what is due of one account, for writes that must know what is really left. The caller holds the account''s lock.';

create function private.return_to_grants(p_user uuid, p_grants int[], p_amounts bigint[], p_amount bigint) returns void
language plpgsql set search_path = ''
as $$
declare
  v_left bigint := p_amount;
  v_part bigint;
begin
  -- Last drawn, first returned: what stays spent is what the order of spending would have spent.
  for i in reverse cardinality(p_grants)..1 loop
    exit when v_left = 0;
    v_part := least(v_left, p_amounts[i]);
    update public.credit_grants set remaining = remaining + v_part, closed_at = null
    where user_id = p_user and number = p_grants[i];
    perform private.expire_grant(p_user, p_grants[i]);
    v_left := v_left - v_part;
  end loop;
end
$$;
comment on function private.return_to_grants is 'Puts credits back into the lots they were drawn from; a lot whose end has passed meanwhile loses them at once. The caller has made them available and holds the account''s lock.';

create function private.receive_credits(
  p_user uuid, p_amount bigint, p_kind text, p_counter_account text, p_ref text, p_cause jsonb, out seq bigint, out repaid bigint
)
language plpgsql set search_path = ''
as $$
begin
  repaid := least((private.lock_account(p_user)).debt, p_amount);
  seq := private.append_entry(p_user, p_kind, p_counter_account, p_ref, p_cause, p_amount - repaid, 0, -repaid);
end
$$;
comment on function private.receive_credits is 'Appends an entry that adds credits. What is owed is paid first; only the rest can be spent, and belongs into a lot.';

create function private.next_grant_number(p_user uuid) returns int
language sql stable set search_path = ''
return (select coalesce(max(number), 0) + 1 from public.credit_grants where user_id = p_user);
comment on function private.next_grant_number is 'Under the account''s lock nobody else takes the same.';

create function private.add_grant(
  p_user uuid, p_amount bigint, p_kind text, p_source text, p_ref text, p_cause jsonb, p_priority int,
  p_effective_at timestamptz, p_expires_at timestamptz
) returns bigint
language plpgsql set search_path = ''
as $$
declare
  v_received record;
begin
  v_received := private.receive_credits(p_user, p_amount, p_kind, p_source, p_ref, p_cause);
  insert into public.credit_grants
    (user_id, number, source, priority, amount, remaining, ref, effective_at, expires_at, entry_seq, closed_at)
  values (p_user, private.next_grant_number(p_user), p_source, p_priority, p_amount, p_amount - v_received.repaid, p_ref,
    p_effective_at, p_expires_at, v_received.seq, case when p_amount = v_received.repaid then now() end);
  return v_received.seq;
end
$$;
comment on function private.add_grant is 'One entry and its lot; returns the entry''s seq.';

-- The request behind a key, as one hash: the same key with any of these different is another request.
create function private.request_hash(variadic p_parts text[]) returns text
language sql immutable set search_path = ''
return encode(sha256(convert_to(array_to_string(p_parts, E'\n', '∅'), 'UTF8')), 'hex');
comment on function private.request_hash is 'SHA-256 over the parts of a request.';

create function private.first_entry(p_user uuid, p_kind text, p_ref text) returns bigint
language sql stable set search_path = ''
return (select seq from public.credit_entries where user_id = p_user and kind = p_kind and ref = p_ref and kind not in ('settle', 'expiry'));
comment on function private.first_entry is 'The seq that the first call under a key wrote; null while its grant is scheduled.';

create function private.check_first(p_user uuid, p_kind text, p_ref text) returns void
language plpgsql set search_path = ''
as $$
begin
  -- What is scheduled counts: it could not be kept if another key brought the same now.
  if private.first_entry(p_user, p_kind, p_ref) is not null
      or exists (select from public.credit_grants where user_id = p_user and ref = p_ref and entry_seq is null) then
    perform private.refuse('KR002', 'This was entered before, under another idempotency key.');
  end if;
end
$$;
comment on function private.check_first is 'Refuses with KR002 what the unique index would refuse with an error of Postgres. The caller holds the account''s lock.';

-- The new parameters have defaults, so the old function would make every call ambiguous.
drop function private.grant_credits(uuid, bigint, text, text, text, jsonb, text);
create function private.grant_credits(
  p_user uuid, p_amount bigint, p_kind text, p_counter_account text, p_ref text, p_cause jsonb, p_key text,
  p_priority int default 50, p_effective_at timestamptz default null, p_expires_at timestamptz default null
) returns bigint
language plpgsql security definer set search_path = ''
as $$
declare
  v_effective timestamptz := coalesce(p_effective_at, now());
begin
  if p_amount is null or p_amount <= 0 then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"amount": "Grant at least one credit."}');
  end if;
  if p_kind is null or p_kind not in ('grant', 'topup') then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"kind": "Only grant and topup add credits."}');
  end if;
  if p_counter_account is null or p_counter_account not in ('promo', 'stripe', 'plan') then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"counter_account": "Credits are granted from promo, stripe or plan."}');
  end if;
  if private.claim_idempotency_key('credits', p_key,
      private.request_hash(p_user::text, p_amount::text, p_kind, p_counter_account, p_ref, p_priority::text,
        extract(epoch from p_effective_at)::text, extract(epoch from p_expires_at)::text),
      concat(p_user, '/', p_ref)) is not null then
    return private.first_entry(p_user, p_kind, p_ref);
  end if;
  -- Only of a first request: a repeat comes when it comes.
  if p_expires_at <= greatest(v_effective, now()) then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"expires_at": "A grant ends after it begins, and not in the past."}');
  end if;
  perform private.lock_account(p_user);
  perform private.check_first(p_user, p_kind, p_ref);
  if v_effective <= now() then
    return private.add_grant(p_user, p_amount, p_kind, p_counter_account, p_ref, p_cause, p_priority, v_effective, p_expires_at);
  end if;
  insert into public.credit_grants
    (user_id, number, source, priority, amount, remaining, ref, effective_at, expires_at, scheduled)
  values (p_user, private.next_grant_number(p_user), p_counter_account, p_priority, p_amount, 0, p_ref, v_effective, p_expires_at,
    jsonb_build_object('kind', p_kind, 'cause', p_cause));
  return null;
end
$$;
comment on function private.grant_credits is 'Adds a lot of credits once per key and returns its entry''s seq, or null when it takes effect later; a repeat returns the first. KR002, KR003, KR004. Definer: no role may write the ledger itself.';
revoke execute on function private.grant_credits from public, anon, authenticated, service_role;
grant execute on function private.grant_credits to service_role;

create function private.activate_grants(p_limit int) returns int
language plpgsql security definer set search_path = ''
as $$
declare
  v_due record;
  v_grant public.credit_grants;
  v_received record;
  v_count int := 0;
begin
  for v_due in
    select d.user_id, d.number from (
      select g.user_id, g.number from public.credit_grants g
      where g.entry_seq is null and g.effective_at <= now() order by g.effective_at limit p_limit
    ) d order by d.user_id, d.number
  loop
    begin
      perform private.lock_account(v_due.user_id);
      select * into v_grant from public.credit_grants
      where user_id = v_due.user_id and number = v_due.number and entry_seq is null;
      continue when not found;
      v_received := private.receive_credits(v_grant.user_id, v_grant.amount, v_grant.scheduled ->> 'kind', v_grant.source,
        v_grant.ref, v_grant.scheduled -> 'cause');
      update public.credit_grants set entry_seq = v_received.seq, scheduled = null, remaining = amount - v_received.repaid,
        closed_at = case when amount = v_received.repaid then now() end
      where user_id = v_grant.user_id and number = v_grant.number;
      v_count := v_count + 1;
    exception when others then
      -- An account that cannot be written must not keep everybody else's waiting. It stays due.
      raise warning 'grant % of % could not be activated: %', v_due.number, v_due.user_id, sqlerrm;
    end;
  end loop;
  return v_count;
end
$$;
comment on function private.activate_grants is 'Brings scheduled grants into the balance when their time has come; says how many. Run by pg_cron. Definer: as grant_credits.';

create function private.expire_grants(p_limit int) returns int
language plpgsql security definer set search_path = ''
as $$
declare
  v_due record;
  v_count int := 0;
begin
  for v_due in
    select d.user_id, d.number from (
      select g.user_id, g.number from public.credit_grants g
      where g.closed_at is null and g.entry_seq is not null and g.expires_at <= now() order by g.expires_at limit p_limit
    ) d order by d.user_id, d.number
  loop
    begin
      perform private.lock_account(v_due.user_id);
      if private.expire_grant(v_due.user_id, v_due.number) then
        v_count := v_count + 1;
      end if;
    exception when others then
      raise warning 'grant % of % could not be expired: %', v_due.number, v_due.user_id, sqlerrm;
    end;
  end loop;
  return v_count;
end
$$;
comment on function private.expire_grants is 'Expires up to p_limit lots that are past their end; says how many. Spending never waits for it: no draw takes an expired lot. Run by pg_cron. Definer: as grant_credits.';
revoke execute on function private.activate_grants, private.expire_grants from public, anon, authenticated, service_role;

create or replace function private.reserve_credits(p_user uuid, p_amount bigint, p_hold uuid) returns void
language plpgsql set search_path = ''
as $$
declare
  v_account public.credit_accounts;
  v_hold public.credit_holds;
  v_number int;
  v_draw record;
begin
  -- One conditional update: of two that race for the last credit, the second sees the first's result.
  -- It also takes the lock under which the lots below are read, by statements that start after it.
  update public.credit_accounts set available = available - p_amount, held = held + p_amount
  where user_id = p_user and available >= p_amount and p_amount > 0;
  if not found then
    select * into v_hold from public.credit_holds where id = p_hold;
    if found then
      perform private.check_same_hold(v_hold, p_user, p_amount);
      return;
    end if;
    select * into v_account from public.credit_accounts where user_id = p_user;
    if v_account.debt > 0 then
      perform private.refuse('KR006', 'This account owes credits; buy a pack to clear the debt first.',
        jsonb_build_object('debt', v_account.debt));
    elsif p_amount is null or p_amount <= 0 then
      perform private.refuse('KR004', 'Some fields are not valid.', '{"amount": "Reserve at least one credit."}');
    end if;
    perform private.refuse_too_few(p_amount, coalesce(v_account.available, 0));
  end if;

  -- Nearly always the first lot has enough: one statement, and the same one sees a repeated request.
  update public.credit_grants g set remaining = g.remaining - p_amount,
    closed_at = case when g.remaining = p_amount then now() end
  where g.user_id = p_user and g.remaining >= p_amount
    and g.number = (
      select f.number from public.credit_grants f
      where f.user_id = p_user and f.closed_at is null and f.entry_seq is not null
        and (f.expires_at is null or f.expires_at > now())
      order by f.priority desc, f.expires_at, f.number limit 1)
    and not exists (select from public.credit_holds h where h.id = p_hold)
  returning g.number into v_number;
  if found then
    insert into public.credit_holds (id, user_id, amount, grants, grant_amounts)
    values (p_hold, p_user, p_amount, array[v_number], array[p_amount])
    on conflict (id) do nothing;
    if not found then
      perform private.refuse('KR002', 'This reservation was made for a different request.');
    end if;
    return;
  end if;

  select * into v_hold from public.credit_holds where id = p_hold;
  if found then
    perform private.check_same_hold(v_hold, p_user, p_amount);
    update public.credit_accounts set available = available + p_amount, held = held - p_amount where user_id = p_user;
    return;
  end if;
  v_draw := private.draw_grants(p_user, p_amount);
  if v_draw.drawn < p_amount then
    -- The balance still counts lots that have ended since the last sweep.
    perform private.refuse_too_few(p_amount, v_draw.drawn);
  end if;
  insert into public.credit_holds (id, user_id, amount, grants, grant_amounts)
  values (p_hold, p_user, p_amount, v_draw.grants, v_draw.amounts)
  on conflict (id) do nothing;
  if not found then
    perform private.refuse('KR002', 'This reservation was made for a different request.');
  end if;
end
$$;
comment on function private.reserve_credits is 'Moves credits from available to held and notes the lots they came from, or refuses: KR001 too few, KR004, KR006 in debt. The hold''s id is the idempotency key: a repeat changes nothing, with another person or amount KR002.';

create function private.check_same_hold(p_hold public.credit_holds, p_user uuid, p_amount bigint) returns void
language plpgsql set search_path = ''
as $$
begin
  if p_hold.user_id <> p_user or p_hold.amount is distinct from p_amount then
    perform private.refuse('KR002', 'This reservation was made for a different request.');
  end if;
end
$$;
comment on function private.check_same_hold is 'Whether a repeated reservation asks for what the first one did. KR002 otherwise.';

create function private.refuse_too_few(p_required bigint, p_available bigint) returns void
language sql volatile set search_path = ''
return private.refuse('KR001', 'There are not enough credits for this.', jsonb_build_object(
  'required', p_required, 'available', p_available, 'missing', p_required - p_available));
comment on function private.refuse_too_few is 'KR001, with the figures a client needs to say how many are missing.';

drop function private.settle_hold(uuid, bigint, text, jsonb);
create function private.settle_hold(p_hold uuid, p_amount bigint, p_ref text, p_cause jsonb) returns bigint
language plpgsql set search_path = ''
as $$
declare
  v_hold public.credit_holds;
  v_return bigint;
  v_repaid bigint := 0;
begin
  update public.credit_holds set state = 'settled', settled_amount = p_amount, resolved_at = now()
  where id = p_hold and state = 'held' and p_amount between 1 and amount
  returning * into v_hold;
  if not found then
    select * into v_hold from public.credit_holds where id = p_hold;
    if v_hold.state = 'settled' and v_hold.settled_amount = p_amount then
      return p_amount;
    elsif v_hold.state = 'settled' then
      perform private.refuse('KR002', 'This reservation was settled at another price.');
    end if;
    perform private.refuse('KR008', 'This reservation was released before, or is smaller than the price.');
  end if;

  v_return := v_hold.amount - p_amount;
  if v_return > 0 then
    v_repaid := least((private.lock_account(v_hold.user_id)).debt, v_return);
  end if;
  perform private.append_entry(v_hold.user_id, 'settle', 'usage', p_ref, p_cause,
    v_return - v_repaid, -v_hold.amount, -v_repaid);
  if v_return > v_repaid then
    perform private.return_to_grants(v_hold.user_id, v_hold.grants, v_hold.grant_amounts, v_return - v_repaid);
  end if;
  return p_amount;
end
$$;
comment on function private.settle_hold is 'Charges at most what was reserved and returns the rest to its lots, after debt; gives the credits charged. Once: a repeat gives the same answer, another price KR002, a released or too small hold KR008.';

create function private.settle_holds(p_holds uuid[], p_amounts bigint[], p_refs text[], p_causes jsonb[]) returns int
language plpgsql set search_path = ''
as $$
declare
  v_settlement record;
  v_count int := 0;
  v_locked uuid[];
begin
  -- All reservations before the first account, as everybody locks them; or a single charge that has one of
  -- these and waits for its account would wait for us, and we for it.
  v_locked := array(select id from public.credit_holds where id = any(p_holds) order by id for update);
  -- One that is being made just now was not seen, hence not locked: it must not be met further down.
  if not p_holds <@ v_locked then
    perform private.refuse('KR008', 'One of these reservations was never made.');
  end if;
  for v_settlement in
    select s.hold, s.amount, s.ref, s.cause
    from unnest(p_holds, p_amounts, p_refs, p_causes) as s(hold, amount, ref, cause)
    left join public.credit_holds h on h.id = s.hold
    -- By account, so that two batches over the same people wait for each other instead of deadlocking.
    order by h.user_id, s.hold
  loop
    perform private.settle_hold(v_settlement.hold, v_settlement.amount, v_settlement.ref, v_settlement.cause);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function private.settle_holds is 'Settles a batch in one transaction, all or none; says how many. Each as settle_hold.';

drop function private.release_hold(uuid, text);
create function private.release_hold(p_hold uuid, p_reason text) returns bigint
language plpgsql set search_path = ''
as $$
declare
  v_hold public.credit_holds;
  v_repaid bigint;
begin
  update public.credit_holds set state = 'released', reason = p_reason, resolved_at = now()
  where id = p_hold and state = 'held'
  returning * into v_hold;
  if not found then
    select * into v_hold from public.credit_holds where id = p_hold;
    if v_hold.state = 'released' then
      return v_hold.amount;
    end if;
    perform private.refuse('KR008', 'This reservation was settled before.');
  end if;
  v_repaid := least((private.lock_account(v_hold.user_id)).debt, v_hold.amount);
  update public.credit_accounts set
    available = available + v_hold.amount - v_repaid, held = held - v_hold.amount, debt = debt - v_repaid
  where user_id = v_hold.user_id;
  perform private.return_to_grants(v_hold.user_id, v_hold.grants, v_hold.grant_amounts, v_hold.amount - v_repaid);
  return v_hold.amount;
end
$$;
comment on function private.release_hold is 'Gives all that was reserved back to its lots, after debt; returns the credits. A repeat gives the same answer; KR008 when it was settled or never made.';

create function private.claw_back_credits(
  p_user uuid, p_amount bigint, p_kind text, p_ref text, p_cause jsonb, p_key text, p_grant_ref text default null
) returns bigint
language plpgsql security definer set search_path = ''
as $$
declare
  v_draw record;
begin
  if p_amount is null or p_amount <= 0 then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"amount": "Take back at least one credit."}');
  end if;
  if p_kind is null or p_kind not in ('refund', 'dispute') then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"kind": "Credits are taken back for a refund or a dispute."}');
  end if;
  if private.claim_idempotency_key('credits', p_key,
      private.request_hash(p_user::text, p_amount::text, p_kind, p_ref, p_grant_ref), concat(p_user, '/', p_ref)) is not null then
    return private.first_entry(p_user, p_kind, p_ref);
  end if;
  perform private.lock_account(p_user);
  perform private.check_first(p_user, p_kind, p_ref);
  perform private.expire_account(p_user);
  v_draw := private.draw_grants(p_user, p_amount, p_grant_ref);
  return private.append_entry(p_user, p_kind, p_kind, p_ref,
    p_cause || jsonb_build_object('drawn', private.drawn_facts(v_draw.grants, v_draw.amounts), 'owed', p_amount - v_draw.drawn),
    -v_draw.drawn, 0, p_amount - v_draw.drawn);
end
$$;
comment on function private.claw_back_credits is 'Takes credits back after a refund or dispute: from the lot of that payment first, then from the others; what is spent already becomes debt, what is reserved stays reserved. Returns the entry''s seq, once per key. KR002, KR003, KR004. Definer: as grant_credits.';
revoke execute on function private.claw_back_credits from public, anon, authenticated, service_role;
grant execute on function private.claw_back_credits to service_role;

create function private.adjust_credits(p_user uuid, p_amount bigint, p_ref text, p_cause jsonb, p_key text) returns bigint
language plpgsql set search_path = ''
as $$
declare
  v_available bigint;
  v_draw record;
begin
  if p_amount is null or p_amount = 0 then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"amount": "Add or remove at least one credit."}');
  end if;
  if private.claim_idempotency_key('credits', p_key, private.request_hash(p_user::text, p_amount::text, p_ref),
      concat(p_user, '/', p_ref)) is not null then
    return private.first_entry(p_user, 'adjustment', p_ref);
  end if;
  perform private.lock_account(p_user);
  perform private.check_first(p_user, 'adjustment', p_ref);
  if p_amount > 0 then
    return private.add_grant(p_user, p_amount, 'adjustment', 'adjustment', p_ref, p_cause, 50, now(), null);
  end if;
  perform private.expire_account(p_user);
  select available into v_available from public.credit_accounts where user_id = p_user;
  if v_available < -p_amount then
    perform private.refuse_too_few(-p_amount, v_available);
  end if;
  v_draw := private.draw_grants(p_user, -p_amount);
  return private.append_entry(p_user, 'adjustment', 'adjustment', p_ref,
    p_cause || jsonb_build_object('drawn', private.drawn_facts(v_draw.grants, v_draw.amounts)), p_amount, 0, 0);
end
$$;
comment on function private.adjust_credits is 'A correction: adds a lot, or removes credits that are available and never more (KR001). Returns the entry''s seq, once per key. KR002, KR003, KR004.';

create function private.transfer_credits(p_from uuid, p_to uuid, p_amount bigint, p_ref text, p_cause jsonb, p_key text)
returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_account public.credit_accounts;
  v_draw record;
  v_received record;
  v_from_seq bigint;
  v_repaid bigint;
  v_number int;
begin
  if p_amount is null or p_amount <= 0 then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"amount": "Transfer at least one credit."}');
  end if;
  if p_from is null or p_to is null or p_from = p_to then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"to": "Name two different accounts."}');
  end if;
  if private.claim_idempotency_key('credits', p_key,
      private.request_hash(p_from::text, p_to::text, p_amount::text, p_ref), concat(p_from, '/', p_ref)) is not null then
    return jsonb_build_object('from_seq', private.first_entry(p_from, 'transfer', p_ref),
      'to_seq', private.first_entry(p_to, 'transfer', p_ref));
  end if;
  -- Whichever way two people pay each other, the smaller id is locked first.
  perform private.lock_account(least(p_from, p_to));
  perform private.lock_account(greatest(p_from, p_to));
  perform private.check_first(p_from, 'transfer', p_ref);
  perform private.check_first(p_to, 'transfer', p_ref);
  perform private.expire_account(p_from);
  select * into v_account from public.credit_accounts where user_id = p_from;
  if v_account.debt > 0 then
    perform private.refuse('KR006', 'This account owes credits; buy a pack to clear the debt first.',
      jsonb_build_object('debt', v_account.debt));
  elsif v_account.available < p_amount then
    perform private.refuse_too_few(p_amount, v_account.available);
  end if;

  v_draw := private.draw_grants(p_from, p_amount);
  v_from_seq := private.append_entry(p_from, 'transfer', 'creator', p_ref, p_cause || jsonb_build_object(
    'to', p_to, 'drawn', private.drawn_facts(v_draw.grants, v_draw.amounts)), -p_amount, 0, 0);
  v_received := private.receive_credits(p_to, p_amount, 'transfer', 'creator', p_ref, p_cause || jsonb_build_object('from', p_from));
  -- Priority and end travel with the credits, so that nobody makes a free month last by passing it around.
  v_repaid := v_received.repaid;
  v_number := private.next_grant_number(p_to);
  for i in 1..cardinality(v_draw.grants) loop
    insert into public.credit_grants
      (user_id, number, source, priority, amount, remaining, ref, effective_at, expires_at, entry_seq, closed_at)
    select p_to, v_number + i - 1, 'creator', g.priority, v_draw.amounts[i],
      v_draw.amounts[i] - least(v_repaid, v_draw.amounts[i]), p_ref, now(), g.expires_at, v_received.seq,
      case when v_repaid >= v_draw.amounts[i] then now() end
    from public.credit_grants g where g.user_id = p_from and g.number = v_draw.grants[i];
    v_repaid := v_repaid - least(v_repaid, v_draw.amounts[i]);
  end loop;
  return jsonb_build_object('from_seq', v_from_seq, 'to_seq', v_received.seq);
end
$$;
comment on function private.transfer_credits is 'Moves available credits from one person to another, with the ends of their lots; gives {from_seq, to_seq}, once per key. KR001, KR002, KR003, KR004, KR006. Definer: as grant_credits.';
revoke execute on function private.transfer_credits from public, anon, authenticated, service_role;
grant execute on function private.transfer_credits to service_role;

-- Free credits go before bought ones, which can be refunded.
create or replace function private.open_account() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  insert into public.profiles (id, email, display_name, locale)
  values (
    new.id,
    coalesce(new.email, ''),
    left(coalesce(new.raw_user_meta_data ->> 'display_name', ''), 80),
    case when new.raw_user_meta_data ->> 'locale' = 'pl' then 'pl' else 'en' end
  );
  insert into public.credit_accounts (user_id) values (new.id);
  perform private.grant_credits(new.id, private.setting_int('free_allowance_credits'), 'grant', 'promo', 'signup',
    jsonb_build_object('rule', 'free allowance of a new account'), concat('grant:', new.id, ':signup'), p_priority => 70);
  return new;
end
$$;

-- What was granted before there were lots: one lot for each addition, then everything spent or reserved is
-- drawn in the order of spending. Nothing had expired, been refunded or moved between people yet.
do $$
declare
  v_account public.credit_accounts;
  v_hold record;
  v_draw record;
begin
  for v_account in select * from public.credit_accounts where seq > 0 for update loop
    insert into public.credit_grants (user_id, number, source, priority, amount, remaining, ref, effective_at, entry_seq, created_at)
    select e.user_id, row_number() over (order by e.seq), e.counter_account,
      case e.counter_account when 'promo' then 70 when 'plan' then 60 else 50 end,
      e.amount, e.amount, e.ref, e.created_at, e.seq, e.created_at
    from public.credit_entries e where e.user_id = v_account.user_id and e.amount > 0;
    perform private.draw_grants(v_account.user_id,
      -(select coalesce(sum(e.amount), 0)::bigint from public.credit_entries e where e.user_id = v_account.user_id and e.amount < 0));
    for v_hold in select id, amount from public.credit_holds where user_id = v_account.user_id and state = 'held' order by created_at, id loop
      v_draw := private.draw_grants(v_account.user_id, v_hold.amount);
      update public.credit_holds set grants = v_draw.grants, grant_amounts = v_draw.amounts where id = v_hold.id;
    end loop;
  end loop;
end
$$;
