-- Predictions that nobody wants any more, among them those whose ids nobody has heard: a worker asked for one and died, or got no
-- answer and could not look for it either, and then its job was canceled; or it was stopped for so long that its attempt had been
-- given up before it asked. Each attempt that may have one has a time at which a worker sees to it.

alter table private.job_attempts
  add column cancel_due_at timestamptz,
  add check (cancel_due_at is null or (cancel_wanted_at is not null and cancel_sent_at is null));
comment on column private.job_attempts.cancel_due_at is 'When a worker sees to it next that no prediction of this attempt runs on; null when none is to be stopped.';
comment on column private.job_attempts.cancel_sent_at is 'When the provider had said that it runs no more.';
update private.job_attempts set cancel_due_at = case when prediction_id is null then cancel_wanted_at + interval '40 seconds' else now() end
where cancel_wanted_at is not null and cancel_sent_at is null
  -- Older ones have long ended by themselves, and the provider's list does not reach back to them.
  and (prediction_id is not null or cancel_wanted_at > now() - interval '5 minutes');
drop index private.job_attempts_cancel;
create index job_attempts_cancel on private.job_attempts (cancel_due_at) where cancel_due_at is not null;

create function private.plan_cancel() returns trigger
language plpgsql set search_path = ''
as $$
declare
  -- Whoever asks for a prediction has heard of it or is gone, and the provider's list shows it.
  v_patience interval := make_interval(secs => 2 * private.setting_int('lease_seconds'));
begin
  new.cancel_due_at := case
    when new.prediction_id is not null then now()
    -- Looked for a moment ago, and not found; see mark_never_created.
    when new.error_code = 'interrupted' then new.deadline_at + v_patience
    else now() + v_patience end;
  return new;
end
$$;
comment on function private.plan_cancel is 'Whoever ends an attempt says that its prediction is not wanted; this says when a worker sees to it. Whoever names cancel_wanted_at in an update plans anew.';
revoke execute on function private.plan_cancel from public, anon, authenticated, service_role;
-- Not of updates that do not name the column, completions above all.
create trigger job_attempts_plan_cancel before update of cancel_wanted_at on private.job_attempts for each row
  when (new.cancel_wanted_at is not null and new.cancel_sent_at is null)
  execute function private.plan_cancel();

drop function private.canceled_attempts(int);
create function private.canceled_attempts(p_limit int)
returns table (attempt_id uuid, job_id uuid, prediction_id text, started_at timestamptz)
language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set jit = off
as $$
#variable_conflict use_column
declare
  v_now timestamptz := clock_timestamp();
begin
  return query
    with due as (
      select a.id from private.job_attempts a where a.cancel_due_at <= v_now
      order by a.cancel_due_at limit p_limit for update skip locked
    )
    -- Again after as long as it has been unwanted, for to look for one is dear; but one that is known is soon told to stop.
    update private.job_attempts a set
      cancel_due_at = v_now + greatest(make_interval(secs => private.setting_int('lease_seconds')),
        least(v_now - a.cancel_wanted_at, case when a.prediction_id is not null then interval '2 minutes' end))
    from due where a.id = due.id
    returning a.id, a.job_id, a.prediction_id, a.started_at;
end
$$;
comment on function private.canceled_attempts is 'Attempts whose predictions may run on at the provider although nobody wants them, each handed to one caller per interval. prediction_id null: nobody has heard whether there is one. Definer: as claim_jobs.';

create or replace function private.mark_cancel_sent(p_attempt uuid) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  update private.job_attempts set cancel_sent_at = now(), cancel_due_at = null
  where id = p_attempt and prediction_id is not null and cancel_wanted_at is not null and cancel_sent_at is null;
end
$$;
comment on function private.mark_cancel_sent is 'The prediction of an attempt runs no more. Nothing happens while nobody wants it stopped, or none is known. Definer: as claim_jobs.';

create function private.mark_never_created(p_attempt uuid) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  v_patience interval := make_interval(secs => 2 * private.setting_int('lease_seconds'));
begin
  -- Whoever is stopped between the claim and the call may ask for it yet, until the deadline.
  update private.job_attempts set cancel_due_at = case when now() < deadline_at + v_patience then deadline_at + v_patience end
  where id = p_attempt and prediction_id is null and cancel_due_at is not null;
end
$$;
comment on function private.mark_never_created is 'The provider''s list has no prediction of an attempt that nobody wants; looked at once more when none can be begun any more. One that turns up after all is noted by record_prediction, and then stopped. Definer: as claim_jobs.';

create or replace function private.fail_attempt(
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
    cancel_wanted_at = case when p_metrics is null and (prediction_id is not null or p_code in ('timeout', 'interrupted')) then now()
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

create or replace function private.next_turn_at() returns timestamptz
language plpgsql stable set search_path = ''
as $$
begin
  return least(
    (select min(run_at) from private.job_line where waits_for = 'time'),
    (select min(next_check_at) from private.job_leases),
    (select min(cancel_due_at) from private.job_attempts where cancel_due_at is not null),
    (select min(paused_until) from private.provider_limits where paused_until > clock_timestamp()));
end
$$;
comment on function private.next_turn_at is 'When something becomes due by itself: a retry, a look at a running attempt, the end of one that nobody wants, the end of a pause.';

create or replace function private.take_turn(p_worker text, p_limit int, p_concurrency int, p_running int) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_jobs jsonb;
  v_due jsonb;
  v_unwanted jsonb;
begin
  perform private.beat_worker(p_worker, p_concurrency, p_running);
  -- Those under way first: whoever paid for them waits longest.
  select coalesce(jsonb_agg(to_jsonb(d)), '[]') into v_due from private.due_attempts(greatest(p_limit, 1)) d;
  select coalesce(jsonb_agg(to_jsonb(j)), '[]') into v_jobs from private.claim_jobs(p_worker, p_limit) j;
  select coalesce(jsonb_agg(to_jsonb(c)), '[]') into v_unwanted from private.canceled_attempts(least(greatest(p_limit, 1), 20)) c;
  return jsonb_build_object('jobs', v_jobs, 'due', v_due, 'unwanted', v_unwanted,
    'next_ms', ceil(extract(epoch from private.next_turn_at() - clock_timestamp()) * 1000),
    'tasks', exists (select from private.tasks where state = 'open' and run_at <= now())
      or exists (select from private.webhook_events where retry_at <= now()),
    'checkpoints', exists (select from public.credit_checkpoints where signature is null));
end
$$;

create or replace function private.sweep_jobs() returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_user uuid;
  v_admitted int := 0;
  v_put_back int;
  v_due boolean;
begin
  v_admitted := private.admit_due(1000);
  -- Nobody should wait for a turn while there is room; whoever let nobody in has died in between, or the plan has changed.
  -- Not patiently, for turns of those who were due are held from here on; where the lock is taken, the next sweep looks.
  for v_user in select distinct user_id from private.job_line where waits_for = 'turn' order by user_id limit 200 loop
    v_admitted := v_admitted + private.admit(v_user, false);
  end loop;
  -- Drawn long before it was committed, so that the head had moved on.
  -- Whoever holds one of them is ending or claiming it, and may wait for a person whose turn was just taken here.
  update private.job_line l set place = private.next_place(l.priority)
  from (
    select job_id from private.job_line where place < (select last_value from private.line_head) for update skip locked
  ) late
  where l.job_id = late.job_id;
  get diagnostics v_put_back = row_count;
  perform private.move_line_head();

  v_due := exists (select from private.job_line l where l.place is not null
      and not exists (select from private.provider_limits p where p.model = l.model and p.paused_until > clock_timestamp()))
    or exists (select from private.job_leases where next_check_at <= clock_timestamp())
    -- Not compared in the search, for an index is not searched for a volatile function, and all of history would be looked through.
    or coalesce((select min(cancel_due_at) from private.job_attempts where cancel_due_at is not null) <= clock_timestamp(), false)
    -- With nothing to do a worker still shows itself now and then; its silence then means something.
    or not exists (select from private.workers where seen_at > now() - interval '30 seconds');
  if v_due then
    perform private.wake_worker();
  end if;
  return jsonb_build_object('admitted', v_admitted, 'put_back', v_put_back, 'woke', v_due);
end
$$;

revoke execute on function private.canceled_attempts, private.mark_never_created from public, anon, authenticated, service_role;
grant execute on function private.canceled_attempts, private.mark_never_created to service_role;
