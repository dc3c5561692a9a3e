-- Predictions that nobody wants any more, among them those whose ids nobody has heard: a worker asked for one, got no answer and
-- died, or could not look for it either, and then its job was canceled. Each has a time at which a worker sees to it.

alter table private.job_attempts
  add column cancel_due_at timestamptz,
  add check (cancel_due_at is null or (cancel_wanted_at is not null and cancel_sent_at is null));
comment on column private.job_attempts.cancel_due_at is 'When a worker sees to it next that no prediction of this attempt runs on; null when none is to be stopped.';
update private.job_attempts set cancel_due_at = now()
where cancel_wanted_at is not null and cancel_sent_at is null
  -- Older ones have long ended by themselves, and the provider's list does not reach back to them.
  and (prediction_id is not null or cancel_wanted_at > now() - interval '5 minutes');
drop index private.job_attempts_cancel;
create index job_attempts_cancel on private.job_attempts (cancel_due_at) where cancel_due_at is not null;

create function private.plan_cancel() returns trigger
language plpgsql set search_path = ''
as $$
begin
  -- Without an id somebody may be asking for it just now, and will know what to do with the answer. After two leases whoever asked
  -- has it or is gone, and the provider's list shows it.
  new.cancel_due_at := now() + case when new.prediction_id is null
    then make_interval(secs => 2 * private.setting_int('lease_seconds')) else interval '0' end;
  return new;
end
$$;
comment on function private.plan_cancel is 'Whoever ends an attempt says that its prediction is not wanted; this says when a worker sees to it.';
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
    -- Again after as long as it has been unwanted: what cannot be told to stop for hours has stopped by itself.
    update private.job_attempts a set
      cancel_due_at = v_now + greatest(make_interval(secs => private.setting_int('lease_seconds')), v_now - a.cancel_wanted_at)
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
  where id = p_attempt and cancel_wanted_at is not null and cancel_sent_at is null;
end
$$;

create function private.mark_never_created(p_attempt uuid) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  update private.job_attempts set cancel_due_at = null where id = p_attempt and prediction_id is null;
end
$$;
comment on function private.mark_never_created is 'The provider''s list has no prediction of an attempt that nobody wants. One that turns up after all is noted by record_prediction, and then stopped. Definer: as claim_jobs.';

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
    or exists (select from private.job_attempts where cancel_due_at <= clock_timestamp())
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
