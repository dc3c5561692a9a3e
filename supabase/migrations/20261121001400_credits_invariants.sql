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
      and p.proname in ('note_breaches', 'recheck_breaches', 'run_invariant', 'run_invariants', 'restart_invariants', 'accept_breach')
  loop
    execute format('revoke execute on function %s from public, anon, authenticated, service_role', v_function);
  end loop;
end
$$;
