-- The business's time. It is the transaction's, plus an offset that only the offline sandbox sets (on its own database, as
-- superuser): there a month must pass at the press of a button, in Stripe's stand-in and in our books alike. On a real
-- project nothing sets it, and private.clock() is now(). What is about machines rather than about business, such as
-- leases, deadlines, log-ins and limits, stays with now().
-- Any session may set such a setting for itself, also one that somebody has taken over, and a lot that ends in ten years or a
-- month without a limit yet would be theirs. So it counts in a database that is marked as a sandbox's, and nowhere else: the
-- mark is read from the catalogue, where only a superuser can put it.

create function private.clock() returns timestamptz
language plpgsql stable set search_path = ''
as $$
declare
  v_offset text := nullif(current_setting('kredo.clock_offset', true), '');
begin
  if v_offset is null or not exists (
    select from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
    where d.datname = current_database() and s.setrole = 0 and 'kredo.sandbox=on' = any(s.setconfig)) then
    return now();
  end if;
  return now() + v_offset::interval;
end
$$;
comment on function private.clock is 'The business''s time: when grants begin and end, periods roll over and grace runs out.';
grant execute on function private.clock to service_role, kredo_web;

-- The ledger's functions as they are, with the business's clock for now(). Rewritten here and not copied, so that this
-- file says what changed and nothing else; supabase/schema.sql shows the result.
do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid::regprocedure from pg_proc p
    where p.pronamespace = 'private'::regnamespace
      and p.proname in ('draw_grants', 'expire_grant', 'expire_account', 'add_grant', 'grant_credits', 'activate_grants',
        'expire_grants', 'reserve_credits', 'settle_hold', 'release_hold', 'adjust_credits', 'transfer_credits')
  loop
    execute regexp_replace(pg_get_functiondef(v_function), '\mnow\(\)', 'private.clock()', 'g');
  end loop;
  -- What is written about a person refers to their account, and shares its key until the end: to lock the account with its
  -- key after that, two who write about one person would wait for each other. The key never changes, so it need not be locked.
  execute replace(pg_get_functiondef('private.lock_account'::regproc), 'for update', 'for no key update');
  execute replace(pg_get_functiondef('private.append_entry'::regproc), ':= clock_timestamp()',
    ':= clock_timestamp() + (private.clock() - now())');
end
$$;

alter table public.credit_grants
  alter column created_at set default private.clock(),
  add column expired bigint not null default 0;
comment on column public.credit_grants.expired is 'Credits of the lot that ended unspent: what a refund need not take back any more.';
alter table public.credit_holds alter column created_at set default private.clock();

create or replace function private.expire_grant(p_user uuid, p_number int) returns boolean
language plpgsql set search_path = ''
as $$
declare
  v_grant public.credit_grants;
begin
  select * into v_grant from public.credit_grants
  where user_id = p_user and number = p_number and remaining > 0 and expires_at <= private.clock();
  if not found then
    return false;
  end if;
  update public.credit_grants set remaining = 0, expired = expired + v_grant.remaining, closed_at = private.clock()
  where user_id = p_user and number = p_number;
  perform private.append_entry(p_user, 'expiry', 'expiry', concat('grant:', p_number), jsonb_build_object(
    'rule', 'unspent credits of a grant end with it', 'grant', p_number, 'source', v_grant.source, 'expires_at', v_grant.expires_at),
    -v_grant.remaining, 0, 0);
  return true;
end
$$;

create function private.month_window(p_anchor timestamptz, p_at timestamptz, out starts timestamptz, out ends timestamptz)
language plpgsql immutable set search_path = ''
as $$
declare
  -- In UTC, whatever the session's zone; counted from the anchor each time, so that the 31st stays the 31st.
  v_anchor timestamp := p_anchor at time zone 'UTC';
  v_at timestamp := p_at at time zone 'UTC';
  v_months int := (extract(year from v_at) - extract(year from v_anchor)) * 12 + extract(month from v_at) - extract(month from v_anchor);
begin
  if v_anchor + make_interval(months => v_months) > v_at then
    v_months := v_months - 1;
  end if;
  starts := (v_anchor + make_interval(months => v_months)) at time zone 'UTC';
  ends := (v_anchor + make_interval(months => v_months + 1)) at time zone 'UTC';
end
$$;
comment on function private.month_window is 'The month, counted from an anchor, that holds a moment.';
