-- The ledger. Three rules, each held by the database alone:
--   1. Σ amount of a person's entries = available + held − debt, at every commit.
--   2. An entry is never changed or removed; each carries the hash of the one before it.
--   3. Credits are reserved before work, and a reservation is resolved exactly once.

create table public.credit_accounts (
  -- No foreign key to profiles: when a person is erased the books stay, under a number without a name.
  user_id uuid primary key,
  available bigint not null default 0 check (available >= 0),
  held bigint not null default 0 check (held >= 0),
  debt bigint not null default 0 check (debt >= 0),
  seq bigint not null default 0 check (seq >= 0),
  head_hash bytea not null default decode(repeat('00', 32), 'hex') check (octet_length(head_hash) = 32),
  updated_at timestamptz not null default now()
) with (fillfactor = 60);
comment on table public.credit_accounts is 'Checked cache of the ledger: what a person can spend, has reserved and owes. Narrow, without an index on what changes, so that updates stay HOT.';
alter table public.credit_accounts enable row level security;
create policy "people read their own balance" on public.credit_accounts
  for select to authenticated using ((select auth.uid()) = user_id);

create table public.credit_entries (
  user_id uuid not null references public.credit_accounts (user_id),
  seq bigint not null check (seq > 0),
  kind text not null check (kind in ('grant', 'topup', 'settle', 'expiry', 'refund', 'dispute', 'adjustment', 'transfer')),
  amount bigint not null check (amount <> 0),
  counter_account text not null check (counter_account in
    ('promo', 'stripe', 'plan', 'usage', 'expiry', 'refund', 'dispute', 'adjustment', 'creator')),
  balance_after bigint not null,
  ref text not null check (ref ~ '^[a-z]+(:[[:alnum:]_:.-]+)?$' and char_length(ref) <= 200),
  cause jsonb not null default '{}',
  created_at timestamptz not null,
  previous_hash bytea not null,
  hash bytea not null,
  primary key (user_id, seq),
  check ((kind in ('grant', 'topup')) <= (amount > 0)),
  check ((kind in ('settle', 'expiry')) <= (amount < 0))
);
comment on table public.credit_entries is 'Append-only. amount in credits, signed; ref names what it was for; cause holds the rule and price behind it.';
alter table public.credit_entries enable row level security;
create policy "people read their own entries" on public.credit_entries
  for select to authenticated using ((select auth.uid()) = user_id);
-- The last line against crediting one payment or one allowance twice.
create unique index credit_entries_once on public.credit_entries (user_id, kind, ref) where kind in ('grant', 'topup');

create table public.credit_holds (
  id uuid primary key,
  user_id uuid not null references public.credit_accounts (user_id),
  amount bigint not null check (amount > 0),
  settled_amount bigint check (settled_amount between 0 and amount),
  state text not null default 'held' check (state in ('held', 'settled', 'released')),
  reason text not null default '',
  created_at timestamptz not null default now(),
  resolved_at timestamptz,
  check ((state = 'held') = (resolved_at is null)),
  check ((state = 'settled') = (settled_amount is not null))
) with (fillfactor = 80);
comment on table public.credit_holds is 'A reservation; its id is the job''s. held → settled | released, once.';
alter table public.credit_holds enable row level security;
create policy "people read their own reservations" on public.credit_holds
  for select to authenticated using ((select auth.uid()) = user_id);
create index credit_holds_user on public.credit_holds (user_id) where state = 'held';

revoke all on public.credit_accounts, public.credit_entries, public.credit_holds
  from public, anon, authenticated, service_role;
grant select (user_id, available, held, debt, seq, updated_at) on public.credit_accounts to authenticated;
grant select on public.credit_entries, public.credit_holds to authenticated;

create function private.refuse_change() returns trigger
language plpgsql set search_path = ''
as $$
begin
  raise exception 'Entries of the ledger are never changed; append a correction.' using errcode = 'KR008';
end
$$;
comment on function private.refuse_change is 'Stops update, delete and truncate on append-only tables, for every role.';
create trigger credit_entries_append_only before update or delete on public.credit_entries
  for each row execute function private.refuse_change();
create trigger credit_entries_no_truncate before truncate on public.credit_entries
  for each statement execute function private.refuse_change();

create function private.entry_hash(
  p_previous bytea, p_user uuid, p_seq bigint, p_kind text, p_amount bigint, p_counter_account text,
  p_balance_after bigint, p_ref text, p_cause jsonb, p_created_at timestamptz
) returns bytea
language sql immutable set search_path = ''
return sha256(convert_to(concat_ws(E'\n',
  'kredo.entry.v1', encode(p_previous, 'hex'), p_user, p_seq, p_kind, p_amount, p_counter_account,
  p_balance_after, p_ref, p_cause::text, (extract(epoch from p_created_at) * 1000000)::bigint), 'UTF8'));
comment on function private.entry_hash is 'SHA-256 over eleven lines: format, previous hash in hex, user, seq, kind, amount, counter-account, balance after, ref, cause as jsonb text, microseconds since 1970.';

-- The only writer of entries. Moves available, held and debt by the deltas given and records their sum.
create function private.append_entry(
  p_user uuid, p_kind text, p_counter_account text, p_ref text, p_cause jsonb,
  p_available_delta bigint, p_held_delta bigint, p_debt_delta bigint
) returns bigint
language plpgsql set search_path = ''
as $$
declare
  v_account public.credit_accounts;
  v_amount bigint := p_available_delta + p_held_delta - p_debt_delta;
  v_balance bigint;
  v_at timestamptz;
  v_hash bytea;
begin
  -- The hash needs the head as it is under the lock, so here the row is read first, locked.
  select * into v_account from public.credit_accounts where user_id = p_user for update;
  if not found then
    perform private.refuse('KR003', 'There is no such credit account.');
  end if;
  -- Not now(): that is the start of the transaction, and entries would go back in time behind a lock.
  v_at := clock_timestamp();
  v_balance := v_account.available + v_account.held - v_account.debt + v_amount;
  v_hash := private.entry_hash(v_account.head_hash, p_user, v_account.seq + 1, p_kind, v_amount,
    p_counter_account, v_balance, p_ref, p_cause, v_at);
  update public.credit_accounts set
    available = available + p_available_delta,
    held = held + p_held_delta,
    debt = debt + p_debt_delta,
    seq = v_account.seq + 1,
    head_hash = v_hash,
    updated_at = v_at
  where user_id = p_user;
  insert into public.credit_entries
    (user_id, seq, kind, amount, counter_account, balance_after, ref, cause, created_at, previous_hash, hash)
  values
    (p_user, v_account.seq + 1, p_kind, v_amount, p_counter_account, v_balance, p_ref, p_cause, v_at,
      v_account.head_hash, v_hash);
  return v_account.seq + 1;
end
$$;
comment on function private.append_entry is 'Appends one entry and moves the balance with it; returns its seq. Callers decide the deltas.';

create function private.grant_credits(
  p_user uuid, p_amount bigint, p_kind text, p_counter_account text, p_ref text, p_cause jsonb, p_key text
) returns bigint
language plpgsql security definer set search_path = ''
as $$
declare
  v_first text;
  v_seq bigint;
  v_debt bigint;
  v_paid bigint;
begin
  if p_amount is null or p_amount <= 0 then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"amount": "Grant at least one credit."}');
  end if;
  if p_kind not in ('grant', 'topup') then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"kind": "Only grant and topup add credits."}');
  end if;
  v_first := private.claim_idempotency_key('credits', p_key,
    encode(sha256(convert_to(concat_ws(E'\n', p_user, p_amount, p_kind, p_counter_account, p_ref), 'UTF8')), 'hex'),
    concat(p_user, '/', p_ref));
  if v_first is not null then
    select seq into strict v_seq from public.credit_entries
    where user_id = p_user and kind = p_kind and ref = p_ref;
    return v_seq;
  end if;
  -- What is owed is paid first; only the rest can be spent.
  select debt into v_debt from public.credit_accounts where user_id = p_user for update;
  v_paid := least(coalesce(v_debt, 0), p_amount);
  return private.append_entry(p_user, p_kind, p_counter_account, p_ref, p_cause, p_amount - v_paid, 0, -v_paid);
end
$$;
comment on function private.grant_credits is 'Adds credits once per key and returns the entry''s seq; a repeat returns the first. Definer: no role may write the ledger itself.';
revoke execute on function private.grant_credits from public, anon, authenticated, service_role;
grant execute on function private.grant_credits to service_role;

create function private.reserve_credits(p_user uuid, p_amount bigint, p_hold uuid) returns void
language plpgsql set search_path = ''
as $$
declare
  v_account public.credit_accounts;
begin
  -- One conditional update: of two that race for the last credit, the second sees the first's result.
  update public.credit_accounts set available = available - p_amount, held = held + p_amount, updated_at = now()
  where user_id = p_user and available >= p_amount and debt = 0;
  if not found then
    select * into v_account from public.credit_accounts where user_id = p_user;
    if v_account.debt > 0 then
      perform private.refuse('KR006', 'This account owes credits; buy a pack to clear the debt first.',
        jsonb_build_object('debt', v_account.debt));
    end if;
    perform private.refuse('KR001', 'There are not enough credits for this.', jsonb_build_object(
      'required', p_amount,
      'available', coalesce(v_account.available, 0),
      'missing', p_amount - coalesce(v_account.available, 0)));
  end if;
  insert into public.credit_holds (id, user_id, amount) values (p_hold, p_user, p_amount);
end
$$;
comment on function private.reserve_credits is 'Moves credits from available to held, or refuses: KR001 too few, KR006 in debt.';

create function private.settle_hold(p_hold uuid, p_amount bigint, p_ref text, p_cause jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  v_hold public.credit_holds;
begin
  update public.credit_holds set state = 'settled', settled_amount = p_amount, resolved_at = now()
  where id = p_hold and state = 'held' and p_amount between 1 and amount
  returning * into v_hold;
  if not found then
    perform private.refuse('KR008', 'This reservation was resolved before, or is smaller than the price.');
  end if;
  perform private.append_entry(v_hold.user_id, 'settle', 'usage', p_ref, p_cause,
    v_hold.amount - p_amount, -v_hold.amount, 0);
end
$$;
comment on function private.settle_hold is 'Charges at most what was reserved and returns the rest. A hold is settled or released once; KR008 otherwise.';

create function private.release_hold(p_hold uuid, p_reason text) returns void
language plpgsql set search_path = ''
as $$
declare
  v_hold public.credit_holds;
begin
  update public.credit_holds set state = 'released', reason = p_reason, resolved_at = now()
  where id = p_hold and state = 'held'
  returning * into v_hold;
  if not found then
    perform private.refuse('KR008', 'This reservation was resolved before.');
  end if;
  update public.credit_accounts set available = available + v_hold.amount, held = held - v_hold.amount, updated_at = now()
  where user_id = v_hold.user_id;
end
$$;
comment on function private.release_hold is 'Gives all that was reserved back. KR008 when the hold was resolved before.';

-- A new person in Auth: a profile, an account and the free allowance, in Auth's own transaction.
create function private.open_account() returns trigger
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
    jsonb_build_object('rule', 'free allowance of a new account'), concat('grant:', new.id, ':signup'));
  return new;
end
$$;
comment on function private.open_account is 'Opens profile and credit account for a new Auth user. Definer: Auth''s role has no rights on them.';
revoke execute on function private.open_account from public, anon, authenticated, service_role;
create trigger kredo_open_account after insert on auth.users
  for each row execute function private.open_account();
