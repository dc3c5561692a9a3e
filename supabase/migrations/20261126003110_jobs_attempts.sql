-- The engine's verbs over line and leases. As before: a claim makes an attempt, its id is the fencing token, and whatever names
-- an attempt that is not its job's current one changes nothing. Locks in one order: job, attempt, hold, account, turns;
-- a claim locks the count of what was begun first.
-- Jobs are locked for no key update: to let a job into line checks its reference, and must not wait for whoever ends it and waits
-- for its place in line.

-- Called by every verb, so planned once (20261126002098_platform_kept_plans.sql).
create or replace function private.setting_int(p_key text) returns bigint
language plpgsql stable set search_path = ''
as $$
begin
  return (select (value #>> '{}')::bigint from private.settings where key = p_key);
end
$$;

drop function private.claim_jobs(text, int, int);
drop function private.due_attempts(int);
drop function private.canceled_attempts(int);
drop function private.record_prediction(uuid, text, text);
drop function private.extend_lease(uuid, int);
drop function private.beat_worker(text, jsonb);
drop index private.job_attempts_due;
alter table private.job_attempts drop column next_check_at, drop column checks;

create function private.provider_room(p_wanted int, out room int, out closed text[], out few text[], out few_free int[])
language plpgsql set search_path = ''
as $$
declare
  v_all bigint := private.setting_int('provider_creates_per_minute');
  v_limited boolean := v_all > 0 or exists (select from private.provider_limits where creates_per_minute is not null);
  v_since timestamptz;
  v_model record;
begin
  room := p_wanted;
  few := '{}';
  few_free := '{}';
  if v_limited then
    -- One claim at a time counts, or two would both find the last place free.
    perform pg_advisory_xact_lock(hashtextextended('kredo.creates', 0));
  end if;
  -- After the wait for that, in which a model may have been paused.
  closed := array(select model from private.provider_limits where paused_until > clock_timestamp());
  if not v_limited then
    return;
  end if;
  -- As a value, for an index is not searched for a volatile function, and all of history would be looked through.
  v_since := clock_timestamp() - interval '1 minute';
  if v_all > 0 then
    room := least(room, v_all - (select count(*) from (
      select from private.job_attempts where started_at > v_since limit v_all) used));
  end if;
  for v_model in
    select l.model, l.creates_per_minute - (
      select count(*) from private.job_attempts a
      where a.started_at > v_since and a.model = l.model) as free
    from private.provider_limits l where l.creates_per_minute is not null
  loop
    if v_model.free <= 0 then
      closed := closed || v_model.model;
    elsif v_model.free < room then
      few := few || v_model.model;
      few_free := few_free || v_model.free::int;
    end if;
  end loop;
end
$$;
comment on function private.provider_room is 'How many predictions may be begun now, at most as many as wanted; of which models none; and of which few, with how many of each.';

create function private.claim_jobs(p_worker text, p_limit int) returns table (
  attempt_id uuid, job_id uuid, user_id uuid, number int, model text, kind text, provider_model text,
  provider_version text, provider_input jsonb, input jsonb, outputs_requested int, deadline_at timestamptz
)
language plpgsql security definer set search_path = ''
  -- As complete_jobs (20261126003115_jobs_completion.sql); and a plan that was kept while the line was short would sort all of it. Nor
  -- are joins materialized, which would be all jobs; of completions they may be, which are searched for by their keys.
  set plan_cache_mode = force_generic_plan set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set jit = off
  set enable_bitmapscan = off set enable_sort = off set enable_material = off
as $$
#variable_conflict use_column
declare
  v_room record;
  v_head bigint;
  v_of_few uuid[] := '{}';
  v_lease interval := make_interval(secs => private.setting_int('lease_seconds'));
  v_began timestamptz := clock_timestamp();
  v_claimed int;
  v_waiting uuid[];
  v_user uuid;
  v_in_order boolean := true;
begin
  v_room := private.provider_room(p_limit);
  if exists (select from private.job_line where waits_for = 'time' and run_at <= now()) then
    perform private.admit_due(100);
    v_in_order := false;
  end if;
  if v_room.room <= 0 then
    return;
  end if;
  v_head := (select last_value from private.line_head);
  -- Of a model with few places left only so many are taken, and the claim stays as large for all others. Nobody else counts
  -- meanwhile: provider_room holds the lock. Not the whole line is searched for them, which may be long and without any.
  if cardinality(v_room.few) > 0 then
    v_of_few := array(
      select c.job_id
      from unnest(v_room.few, v_room.few_free) as f (model, free)
      cross join lateral (
        select l.job_id from private.job_line l where l.place between v_head and v_head + 1000 and l.model = f.model
        order by l.place limit f.free
      ) c);
  end if;

  return query with next as (
    select l.job_id, l.place, gen_random_uuid() as attempt_id, clock_timestamp() as begun_at, m.kind, m.provider_model,
      m.provider_version, m.provider_input, m.deadline_seconds
    from private.job_line l join public.jobs j on j.id = l.job_id join public.models m on m.slug = l.model
    where l.place >= v_head and l.model <> all (v_room.closed) and j.status = 'queued'
      and (l.model <> all (v_room.few) or l.job_id = any (v_of_few))
    order by l.place limit v_room.room for update of l skip locked for no key update of j skip locked
  ), gone as (
    delete from private.job_line l using next n where l.job_id = n.job_id
  ), started as (
    update public.jobs j set status = 'running', attempts = j.attempts + 1, attempt_id = n.attempt_id,
      started_at = coalesce(j.started_at, now())
    from next n where j.id = n.job_id
    returning j.id, j.user_id, j.attempts, j.model, j.input, j.outputs_requested, n.place, n.attempt_id, n.begun_at, n.kind,
      n.provider_model, n.provider_version, n.provider_input, n.begun_at + make_interval(secs => n.deadline_seconds) as deadline_at
  ), made as (
    insert into private.job_attempts (id, job_id, number, worker, model, started_at, deadline_at)
    select s.attempt_id, s.id, s.attempts, p_worker, s.model, s.begun_at, s.deadline_at from started s
  ), leased as (
    insert into private.job_leases (job_id, attempt_id, user_id, worker, next_check_at, deadline_at)
    select s.id, s.attempt_id, s.user_id, p_worker, s.begun_at + v_lease, s.deadline_at from started s
  ), told as (
    insert into public.job_events (job_id, user_id, event, actor, attempt, detail)
    select s.id, s.user_id, 'started', 'worker', s.attempts, jsonb_build_object('worker', p_worker) from started s
  )
  select s.attempt_id, s.id, s.user_id, s.attempts, s.model, s.kind, s.provider_model, s.provider_version, s.provider_input, s.input,
    s.outputs_requested, s.deadline_at
  from started s order by s.place;
  get diagnostics v_claimed = row_count;

  -- Whoever has other jobs that wait for their turn, now that one was taken: the leases just made tell who that is. One that was
  -- extended meanwhile does no harm.
  if v_claimed > 0 and exists (select from private.job_line where waits_for = 'turn') then
    -- Materialized, or all leases would be read in the order of their people, and not the newest.
    v_waiting := (
      with newest as materialized (
        select l.user_id from private.job_leases l where l.next_check_at >= v_began + v_lease and l.worker = p_worker
      )
      select array_agg(distinct n.user_id order by n.user_id) from newest n
      where exists (select from private.job_line w where w.user_id = n.user_id and w.waits_for = 'turn'));
    foreach v_user in array coalesce(v_waiting, '{}') loop
      perform private.admit(v_user, v_in_order);
    end loop;
  end if;
  -- Now and then is enough: between two looks a claim steps over what the last ones took.
  if v_claimed = 0 or random() < 0.05 then
    perform private.move_line_head();
  end if;
end
$$;
comment on function private.claim_jobs is 'Takes the next jobs in line, at most p_limit and what the provider allows; one new attempt each, written before the provider is called. Definer: the engine''s tables are nobody''s to write.';

create function private.pause_model(p_model text, p_seconds int) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  insert into private.provider_limits as l (model, paused_until)
  values (p_model, clock_timestamp() + make_interval(secs => least(p_seconds, 600)))
  on conflict (model) do update set paused_until = greatest(l.paused_until, excluded.paused_until);
end
$$;
comment on function private.pause_model is 'The provider answered 429: nothing of this model is begun for so long. Definer: as claim_jobs.';

create function private.record_prediction(p_attempt uuid, p_prediction_id text, p_provider_status text, p_stream_url text default null)
returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
  v_attempt private.job_attempts;
  v_known text;
  v_user uuid;
begin
  perform from public.jobs where id = (select job_id from private.job_attempts where id = p_attempt) for no key update;
  select prediction_id into v_known from private.job_attempts where id = p_attempt for update;
  if not found then
    return false;
  end if;
  update private.job_attempts set
    prediction_id = coalesce(prediction_id, p_prediction_id),
    provider_status = p_provider_status,
    stream_url = coalesce(stream_url, p_stream_url),
    state = case when state = 'starting' then 'running' else state end
  where id = p_attempt
  returning * into v_attempt;
  -- An attempt given up in the meantime keeps its prediction on record, so that it gets cancelled.
  if v_attempt.state <> 'running' or v_attempt.prediction_id <> p_prediction_id then
    update private.job_attempts set cancel_wanted_at = coalesce(cancel_wanted_at, now())
    where id = p_attempt and state in ('failed', 'canceled');
    return v_attempt.state = 'succeeded' and v_attempt.prediction_id = p_prediction_id;
  end if;
  update private.job_leases l set next_check_at = clock_timestamp() + make_interval(secs => private.setting_int('attempt_check_seconds'))
  where l.job_id = v_attempt.job_id and l.attempt_id = p_attempt
  returning l.user_id into v_user;
  if v_known is null and v_user is not null then
    perform private.note_job(v_attempt.job_id, v_user, 'accepted', 'provider', v_attempt.number, null,
      jsonb_build_object('prediction', p_prediction_id));
    -- A line of its story is news about a job, though its status stays.
    update public.jobs set attempt_id = p_attempt where id = v_attempt.job_id;
    perform pg_notify('kredo_jobs', json_build_object('user_id', v_user, 'job_id', v_attempt.job_id)::text);
  end if;
  return true;
end
$$;
comment on function private.record_prediction is 'Notes which prediction serves an attempt. False: the attempt is over or has another one, and the caller must cancel this. Definer: as claim_jobs.';

create function private.note_late(p_attempt uuid, p_status text, p_outputs int, p_metrics jsonb) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
  v_attempt private.job_attempts;
begin
  update private.job_attempts set late_result = p_status, metrics = p_metrics,
    cost_micros = private.provider_cost(model, started_at, p_outputs, p_metrics)
  where id = p_attempt and state in ('failed', 'canceled') and late_result is null and metrics = '{}'
  returning * into v_attempt;
  if not found then
    return false;
  end if;
  perform private.note_job(v_attempt.job_id, j.user_id, 'late', 'provider', v_attempt.number, null, jsonb_build_object('status', p_status))
  from public.jobs j where j.id = v_attempt.job_id;
  return true;
end
$$;
comment on function private.note_late is 'What came of an attempt after it was given up, and what the provider charges for it: written down once, never charged on. Definer: as claim_jobs.';

create table private.dead_letters (
  job_id uuid primary key references public.jobs (id) on delete cascade,
  user_id uuid not null,
  model text not null references public.models (slug),
  died_at timestamptz not null default clock_timestamp(),
  attempts int not null,
  error_code text not null references private.failure_reasons (code),
  error_message text,
  state text not null default 'open' check (state in ('open', 'requeued', 'discarded')),
  handled_at timestamptz,
  handled_by uuid,
  requeued_as uuid references public.jobs (id),
  check ((state = 'open') = (handled_at is null)),
  check ((state = 'requeued') = (requeued_as is not null))
);
comment on table private.dead_letters is 'Jobs that ended by the provider''s fault or ours, after every try. Their credits went back at once; here they wait for a person to look.';
alter table private.dead_letters enable row level security;
create index dead_letters_open on private.dead_letters (died_at desc, job_id) where state = 'open';
create index dead_letters_died on private.dead_letters (died_at desc, job_id);
create index dead_letters_error on private.dead_letters (error_code, died_at desc, job_id);
create index dead_letters_model on private.dead_letters (model, died_at desc, job_id);
create index dead_letters_user on private.dead_letters (user_id, died_at desc, job_id);
create index dead_letters_requeued on private.dead_letters (requeued_as) where requeued_as is not null;
revoke all on private.dead_letters from public, anon, authenticated, service_role;

create function private.end_unpaid(p_job public.jobs, p_status text, p_code text, p_message text, p_actor text) returns void
language plpgsql set search_path = ''
as $$
begin
  delete from private.job_line where job_id = p_job.id;
  delete from private.job_leases where job_id = p_job.id;
  update public.jobs set status = p_status, finished_at = clock_timestamp(), credits_charged = 0,
    error_code = p_code, error_message = left(p_message, 1000)
  where id = p_job.id;
  perform private.note_job(p_job.id, p_job.user_id, p_status, p_actor, nullif(p_job.attempts, 0), p_code);
  if (select dead_letter from private.failure_reasons where code = p_code) then
    insert into private.dead_letters (job_id, user_id, model, attempts, error_code, error_message)
    values (p_job.id, p_job.user_id, p_job.model, p_job.attempts, p_code, left(p_message, 1000));
  end if;
  perform private.release_hold(p_job.id, coalesce(p_code, p_status));
  perform private.admit(p_job.user_id);
end
$$;
comment on function private.end_unpaid is 'Ends a live job without a charge: everything held goes back, and what a person should look at is a dead letter. The caller has locked the job.';

drop function private.fail_attempt(uuid, text, text, boolean, int);
create function private.queue_again(p_job public.jobs, p_attempts int, p_seconds numeric, p_actor text, p_reason text, p_detail jsonb)
returns void
language plpgsql set search_path = ''
as $$
declare
  v_run_at timestamptz := now() + make_interval(secs => p_seconds);
begin
  delete from private.job_leases where job_id = p_job.id;
  update public.jobs set status = 'queued', attempts = p_attempts, attempt_id = null, run_at = v_run_at where id = p_job.id;
  insert into private.job_line (job_id, user_id, model, priority, waits_for, run_at)
  values (p_job.id, p_job.user_id, p_job.model, p_job.priority, 'time', v_run_at);
  perform private.note_job(p_job.id, p_job.user_id, 'retrying', p_actor, p_job.attempts, p_reason,
    jsonb_build_object('run_at', v_run_at) || p_detail);
  perform private.admit(p_job.user_id);
end
$$;
comment on function private.queue_again is 'Puts a running job back to wait for its time, with so many tries lost. The caller has locked it and ended its attempt.';

create function private.fail_attempt(
  p_attempt uuid, p_code text, p_message text, p_retry boolean, p_retry_after_seconds int default null,
  p_provider_status text default null, p_metrics jsonb default null
) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
  v_seconds numeric;
begin
  select j.* into v_job from public.jobs j
  where j.id = (select a.job_id from private.job_attempts a where a.id = p_attempt) for no key update;
  update private.job_attempts set state = 'failed', ended_at = clock_timestamp(), error_code = p_code,
    error_message = left(p_message, 1000),
    -- As long as nobody knows how its prediction ended, it may run, and will have cost something.
    cancel_wanted_at = case when p_metrics is null and (prediction_id is not null or p_code = 'timeout') then now()
      else cancel_wanted_at end,
    provider_status = coalesce(p_provider_status, provider_status), metrics = coalesce(p_metrics, metrics),
    cost_micros = case when p_metrics is not null then private.provider_cost(model, started_at, 0, p_metrics) end
  where id = p_attempt and state in ('starting', 'running')
    -- Whoever found no prediction looked before it was noted.
    and not (p_code = 'interrupted' and prediction_id is not null);
  if not found or v_job.status <> 'running' or v_job.attempt_id <> p_attempt then
    return 'late';
  end if;
  if not p_retry or v_job.attempts >= v_job.max_attempts then
    perform private.end_unpaid(v_job, 'failed', p_code, p_message,
      case (select fault from private.failure_reasons where code = p_code) when 'ours' then 'system' else 'provider' end);
    return 'failed';
  end if;
  -- 2 s, 8 s, 32 s, each ± a quarter, so that a provider that recovers is not hit by all at once.
  v_seconds := greatest(coalesce(p_retry_after_seconds, 0),
    private.setting_int('retry_base_seconds') * power(4, v_job.attempts - 1) * (0.75 + random() * 0.5));
  perform private.queue_again(v_job, v_job.attempts, v_seconds, 'system', p_code, jsonb_build_object('error', left(p_message, 200)));
  return 'retrying';
end
$$;
comment on function private.fail_attempt is 'Ends an attempt. retrying: the job waits for its next one; failed: nothing helps any more, and everything held goes back; late: it was over. When the provider is done with it, p_provider_status and p_metrics say how, and what that cost is on record. Definer: as claim_jobs.';

create or replace function public.cancel_job(p_job uuid) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
begin
  select * into v_job from public.jobs where id = p_job and user_id = (select auth.uid()) for no key update;
  if not found then
    perform private.refuse('KR003', 'There is no such job.');
  end if;
  if v_job.status not in ('queued', 'running') then
    return v_job.status;
  end if;
  update private.job_attempts set state = 'canceled', ended_at = clock_timestamp(), cancel_wanted_at = now()
  where id = v_job.attempt_id and state in ('starting', 'running');
  perform private.end_unpaid(v_job, 'canceled', null, null, 'customer');
  if v_job.status = 'running' then
    perform private.wake_worker();
  end if;
  return 'canceled';
end
$$;

create function private.due_attempts(p_limit int) returns table (
  attempt_id uuid, job_id uuid, prediction_id text, provider_model text, started_at timestamptz,
  deadline_at timestamptz, overdue boolean
)
language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set jit = off
as $$
#variable_conflict use_column
declare
  v_now timestamptz := clock_timestamp();
begin
  return query
    with due as (
      select l.job_id, l.next_check_at as due_at from private.job_leases l where l.next_check_at <= v_now
      order by l.next_check_at limit p_limit for update skip locked
    ), taken as (
      update private.job_leases l set checks = l.checks + 1,
        next_check_at = least(
          -- Never longer than a lease: whoever has taken it may die before the first sign of life.
          v_now + make_interval(secs => least(private.setting_int('lease_seconds'),
            private.setting_int('attempt_check_seconds') * power(2, least(l.checks, 6)))),
          greatest(l.deadline_at, v_now + interval '1 second'))
      from due where l.job_id = due.job_id
      returning l.attempt_id, l.job_id, l.deadline_at, due.due_at
    )
    select t.attempt_id, t.job_id, a.prediction_id, m.provider_model, a.started_at, t.deadline_at, t.deadline_at <= v_now
    from taken t join private.job_attempts a on a.id = t.attempt_id join public.models m on m.slug = a.model
    order by t.due_at;
end
$$;
comment on function private.due_attempts is 'Attempts whose result nobody brought yet, each handed to one caller per interval, the longest due first. prediction_id null: a crash between intent and call. Definer: as claim_jobs.';

create function private.canceled_attempts(p_limit int) returns table (attempt_id uuid, job_id uuid, prediction_id text)
language plpgsql stable security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set jit = off
as $$
#variable_conflict use_column
begin
  return query
    select a.id, a.job_id, a.prediction_id from private.job_attempts a
    where a.cancel_wanted_at is not null and a.cancel_sent_at is null and a.prediction_id is not null
    order by a.cancel_wanted_at limit p_limit;
end
$$;
comment on function private.canceled_attempts is 'Predictions that run on at the provider although nobody wants them. Cancelling twice is harmless. Definer: as claim_jobs.';

create function private.hand_back(p_attempt uuid, p_seconds int) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
begin
  select j.* into v_job from public.jobs j
  where j.id = (select a.job_id from private.job_attempts a where a.id = p_attempt) for no key update;
  if v_job.status is distinct from 'running' or v_job.attempt_id <> p_attempt then
    return 'late';
  end if;
  perform private.pause_model(v_job.model, p_seconds);
  -- Since it was first begun: what waited for its time or its turn until then, the provider did not keep.
  if v_job.started_at < now() - make_interval(secs => private.setting_int('provider_patience_seconds')) then
    return private.fail_attempt(p_attempt, 'provider_limited', null, false);
  end if;
  -- Not a try: the provider said that it did nothing. Whatever still names this attempt names nothing.
  delete from private.job_attempts where id = p_attempt and state = 'starting' and prediction_id is null;
  if not found then
    return 'late';
  end if;
  perform private.queue_again(v_job, v_job.attempts - 1, p_seconds, 'provider', 'provider_limited', '{}');
  return 'retrying';
end
$$;
comment on function private.hand_back is 'The provider answered 429: the job goes back into line without having lost a try, and its model pauses. After provider_patience_seconds of that it fails. Definer: as claim_jobs.';

create function private.extend_lease(p_attempt uuid) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
  update private.job_leases l set next_check_at = clock_timestamp() + make_interval(secs => private.setting_int('lease_seconds'))
  from private.job_attempts a
  where a.id = p_attempt and a.state in ('starting', 'running') and l.job_id = a.job_id and l.attempt_id = p_attempt;
  return found;
end
$$;
comment on function private.extend_lease is 'Heartbeat of an attempt that is being worked on: keeps the poller away for another lease. False when the attempt is over. Definer: as claim_jobs.';

drop function private.attempt_for_prediction(text);
create function private.attempt_for_prediction(p_prediction_id text) returns table (
  attempt_id uuid, job_id uuid, user_id uuid, job_status text, kind text, outputs_requested int
)
language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
    select a.id, j.id, j.user_id, j.status, j.kind, j.outputs_requested
    from private.job_attempts a join public.jobs j on j.id = a.job_id
    where a.prediction_id = p_prediction_id;
end
$$;
comment on function private.attempt_for_prediction is 'Whose prediction this is; no row when we know nothing of it. Definer: as claim_jobs.';

create or replace function private.guard_job_status() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if old.status in ('succeeded', 'failed', 'canceled') then
    perform private.refuse('KR008', 'This job has ended.');
  end if;
  -- Back from running to queued is a retry; nothing succeeds that nobody ran.
  if old.status = 'queued' and new.status = 'succeeded' then
    perform private.refuse('KR008', 'This job does not run.');
  end if;
  new.updated_at := clock_timestamp();
  return new;
end
$$;
comment on function private.guard_job_status is 'queued → running → succeeded | failed | canceled, and running → queued for a retry. An ended job never changes again, whoever writes.';

revoke execute on function private.queue_again, private.provider_room, private.claim_jobs, private.pause_model, private.record_prediction, private.note_late,
  private.fail_attempt, private.end_unpaid, private.due_attempts, private.canceled_attempts, private.extend_lease, private.hand_back,
  private.attempt_for_prediction
  from public, anon, authenticated, service_role;
grant execute on function private.claim_jobs, private.pause_model, private.record_prediction, private.note_late, private.fail_attempt,
  private.due_attempts, private.canceled_attempts, private.extend_lease, private.hand_back,
  private.attempt_for_prediction to service_role;
