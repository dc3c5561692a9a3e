-- The ground rules of this database, before its first table:
--   public   what a signed-in person may read under row-level security, and the functions they may call
--   private  money internals, the job engine, webhook payloads; never exposed through the API
-- Everything is denied first. Each later migration grants by name.

create extension if not exists pgcrypto with schema extensions;
create extension if not exists pgmq;
create extension if not exists pg_cron with schema pg_catalog;
create extension if not exists pg_net with schema extensions;
create extension if not exists supabase_vault with schema vault;

create schema if not exists private;
comment on schema private is 'Internals. Reached only through functions granted one by one.';
revoke all on schema private from public, anon, authenticated, service_role;

alter default privileges in schema public revoke all on tables from anon, authenticated, service_role;
alter default privileges in schema public revoke all on sequences from anon, authenticated, service_role;
alter default privileges in schema public revoke execute on functions from anon, authenticated, service_role;
-- Postgres gives EXECUTE to PUBLIC by a global default, which a per-schema revoke does not undo.
alter default privileges revoke execute on functions from public;

-- The web server logs in as this role. NOINHERIT: until it says `set local role authenticated` it has
-- only the rights granted to kredo_web by name, and it can never become service_role.
-- It has no password here; the operator gives it one (README, production).
do $$
begin
  if not exists (select from pg_roles where rolname = 'kredo_web') then
    create role kredo_web nologin noinherit;
  end if;
end
$$;
grant anon, authenticated to kredo_web;
grant usage on schema private to kredo_web, service_role;

create table private.settings (
  key text primary key,
  value jsonb not null,
  description text not null
);
comment on table private.settings is 'Business settings an operator may change without a deploy.';
alter table private.settings enable row level security;

insert into private.settings (key, value, description) values
  ('free_allowance_credits', '10', 'Credits granted once to a new account.'),
  ('live_jobs_per_user', '200', 'Jobs one person may have queued or running at once.'),
  ('attempt_deadline_seconds', '300', 'An attempt without a result is given up after this long.'),
  ('attempt_check_seconds', '5', 'First poll of a running attempt; the interval doubles up to a minute.'),
  ('retry_base_seconds', '2', 'Delay before the first retry; it quadruples, with jitter.');

create function private.setting_int(p_key text) returns bigint
language sql stable set search_path = ''
return (select (value #>> '{}')::bigint from private.settings where key = p_key);
comment on function private.setting_int is 'A whole-number setting. Null when the key does not exist.';

-- One place raises expected errors. The codes are mirrored in domain/errors.ts:
--   KR001 insufficient_credits  KR002 idempotency_conflict  KR003 not_found  KR004 validation_failed
--   KR005 account_suspended     KR006 account_in_debt       KR007 rate_limited  KR008 conflict
create function private.refuse(p_code text, p_message text, p_detail jsonb default '{}') returns void
language plpgsql set search_path = ''
as $$
begin
  raise exception using errcode = p_code, message = p_message, detail = p_detail::text;
end
$$;
comment on function private.refuse is 'Raises an expected error: a stable code, a sentence, machine-readable detail.';

-- What was promised under an idempotency key. Rows are kept for ever: Stripe forgets its keys after a
-- day, ours must outlive that.
create table private.idempotency_keys (
  scope text not null check (char_length(scope) between 1 and 100),
  key text not null check (char_length(key) between 1 and 255),
  request_hash text not null,
  ref text not null,
  created_at timestamptz not null default now(),
  primary key (scope, key)
);
comment on table private.idempotency_keys is 'First result of each write per scope and key; the same key with another request is refused.';
alter table private.idempotency_keys enable row level security;

create function private.claim_idempotency_key(p_scope text, p_key text, p_request_hash text, p_ref text) returns text
language plpgsql set search_path = ''
as $$
declare
  v_first private.idempotency_keys;
begin
  -- A concurrent holder of the same key makes this insert wait for its commit, so that of many
  -- parallel calls one acts and the others read its result.
  insert into private.idempotency_keys (scope, key, request_hash, ref)
  values (p_scope, p_key, p_request_hash, p_ref)
  on conflict do nothing;
  if found then
    return null;
  end if;
  select * into v_first from private.idempotency_keys where scope = p_scope and key = p_key;
  if v_first.request_hash is distinct from p_request_hash then
    perform private.refuse('KR002', 'This idempotency key was used for a different request.');
  end if;
  return v_first.ref;
end
$$;
comment on function private.claim_idempotency_key is 'Null when this call is the first; otherwise the ref of the first. KR002 when the request differs.';

-- Fixed windows. Unlogged: a crash forgets counters, never money.
create unlogged table private.rate_limits (
  bucket text not null,
  key text not null,
  window_start timestamptz not null,
  hits int not null,
  primary key (bucket, key)
);
comment on table private.rate_limits is 'Requests per bucket and key in the current window.';
alter table private.rate_limits enable row level security;
create index rate_limits_window_start on private.rate_limits (window_start);

-- Checking and counting is one statement, so two requests cannot both take the last place.
create function private.take_rate_limit(p_bucket text, p_key text, p_limit int, p_window_seconds int)
returns table (allowed boolean, remaining int, retry_after_seconds int)
language sql volatile security definer set search_path = ''
begin atomic
  insert into private.rate_limits as r (bucket, key, window_start, hits)
  values (p_bucket, p_key, now(), 1)
  on conflict (bucket, key) do update set
    window_start = case when r.window_start <= now() - make_interval(secs => p_window_seconds) then now() else r.window_start end,
    hits = case when r.window_start <= now() - make_interval(secs => p_window_seconds) then 1 else least(r.hits, p_limit) + 1 end
  returning
    hits <= p_limit,
    greatest(p_limit - hits, 0),
    case when hits <= p_limit then 0
      else greatest(1, ceil(extract(epoch from window_start + make_interval(secs => p_window_seconds) - now()))::int) end;
end;
comment on function private.take_rate_limit is 'Counts one request and says whether it fits. Definer: the web role has no rights on the table.';
revoke execute on function private.take_rate_limit from public;
grant execute on function private.take_rate_limit to kredo_web;

create function private.give_back_rate_limit(p_bucket text, p_key text) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update private.rate_limits set hits = greatest(hits - 1, 0) where bucket = p_bucket and key = p_key;
end;
comment on function private.give_back_rate_limit is 'Uncounts one request. Log-ins count before the password is checked, so that parallel guesses cannot slip through, and those that succeed are given back. Definer: as take_rate_limit.';
revoke execute on function private.give_back_rate_limit from public;
grant execute on function private.give_back_rate_limit to kredo_web;
