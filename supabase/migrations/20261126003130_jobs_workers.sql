-- Workers: one statement says what there is to do, and one sweep sees to it that somebody asks.

alter table private.workers
  add column started_at timestamptz not null default now(),
  add column concurrency int not null default 32 check (concurrency > 0),
  add column running int not null default 0;
comment on table private.workers is 'Heartbeats: a row for each process that works, and one for the edge function. A worker that stops takes its row with it.';

create function private.beat_worker(p_worker text, p_concurrency int, p_running int) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  insert into private.workers as w (name, seen_at, concurrency, running)
  values (p_worker, clock_timestamp(), p_concurrency, p_running)
  on conflict (name) do update set seen_at = excluded.seen_at, concurrency = excluded.concurrency, running = excluded.running;
end
$$;
comment on function private.beat_worker is 'A worker says that it lives, and how much it does. Definer: as claim_jobs.';

create function private.retire_worker(p_worker text) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  delete from private.workers where name = p_worker;
end
$$;
comment on function private.retire_worker is 'A worker has stopped and has nothing under way. Definer: as claim_jobs.';

create function private.next_turn_at() returns timestamptz
language plpgsql stable set search_path = ''
as $$
begin
  return least(
    (select min(run_at) from private.job_line where waits_for = 'time'),
    (select min(next_check_at) from private.job_leases),
    (select min(paused_until) from private.provider_limits where paused_until > clock_timestamp()));
end
$$;
comment on function private.next_turn_at is 'When something becomes due by itself: a retry, a look at a running attempt, the end of a pause.';

create function private.take_turn(p_worker text, p_limit int, p_concurrency int, p_running int) returns jsonb
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
  select coalesce(jsonb_agg(to_jsonb(c)), '[]') into v_unwanted from private.canceled_attempts(20) c;
  select coalesce(jsonb_agg(to_jsonb(j)), '[]') into v_jobs from private.claim_jobs(p_worker, p_limit) j;
  return jsonb_build_object('jobs', v_jobs, 'due', v_due, 'unwanted', v_unwanted,
    'next_ms', ceil(extract(epoch from private.next_turn_at() - clock_timestamp()) * 1000),
    'tasks', exists (select from private.tasks where state = 'open' and run_at <= now())
      or exists (select from private.webhook_events where retry_at <= now()),
    'checkpoints', exists (select from public.credit_checkpoints where signature is null));
end
$$;
comment on function private.take_turn is 'All that a worker has to ask, in one statement: jobs to start, attempts to look after, predictions to cancel, whether tasks or checkpoints wait, and in how many milliseconds something is due by itself (null: nothing is). It is its heartbeat as well. Definer: as claim_jobs.';

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
    or exists (select from private.job_attempts
      where cancel_wanted_at is not null and cancel_sent_at is null and prediction_id is not null)
    -- With nothing to do a worker still shows itself now and then; its silence then means something.
    or not exists (select from private.workers where seen_at > now() - interval '30 seconds');
  if v_due then
    perform private.wake_worker();
  end if;
  return jsonb_build_object('admitted', v_admitted, 'put_back', v_put_back, 'woke', v_due);
end
$$;

create or replace function private.readiness() returns jsonb
language sql stable security definer set search_path = ''
begin atomic
  select jsonb_build_object(
    'worker_seen_seconds', (select extract(epoch from now() - max(seen_at))::int from private.workers),
    'oldest_queued_seconds', (select coalesce(extract(epoch from now() - min(o.run_at))::int, 0) from (
      select run_at from private.job_line where place is not null order by place limit 100) o),
    'failed_webhooks', (select count(*) from private.webhook_events
      where verdict in ('received', 'failed') and verdict = 'failed'
        and (retry_at is not null or processed_at > now() - interval '1 hour')),
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

-- The invariant `holds`, over line and leases: a job that lives and is in neither would wait for ever.
create or replace function private.check_holds(p_from text, p_limit int, out checked int, out next text, out breaches jsonb)
language plpgsql stable set search_path = ''
as $$
declare
  v_slice record := private.account_slice(p_from, p_limit);
begin
  checked := v_slice.checked;
  next := v_slice.next;
  select coalesce(jsonb_agg(jsonb_build_object('place', w.user_id, 'user_id', w.user_id, 'seq', w.seq,
    'detail', jsonb_build_object('wrong', w.wrong, 'account_held', w.held, 'holds_sum', w.holds_sum,
      'holds_without_job', w.without_job, 'jobs_without_hold', w.without_hold, 'jobs_without_place', w.without_place))), '[]')
  into breaches
  from (
    select a.user_id, a.seq, a.held, coalesce(h.amount, 0) as holds_sum, h.without_job, j.without_hold, h.without_place,
      array_remove(array[
        case when a.held <> coalesce(h.amount, 0) then 'held' end,
        case when h.without_job is not null then 'hold_without_job' end,
        case when h.without_place is not null then 'job_without_place' end,
        case when j.without_hold is not null then 'job_without_hold' end], null) as wrong
    from public.credit_accounts a
    left join (
      select h.user_id, sum(h.amount)::bigint as amount,
        jsonb_agg(h.id) filter (where j.status is null or j.status not in ('queued', 'running')
          or j.user_id <> h.user_id or j.credits_reserved <> h.amount) as without_job,
        jsonb_agg(h.id) filter (where j.status = 'queued' and l.job_id is null
          or j.status = 'running' and r.attempt_id is distinct from j.attempt_id) as without_place
      from public.credit_holds h
      left join public.jobs j on j.id = h.id
      left join private.job_line l on l.job_id = h.id
      left join private.job_leases r on r.job_id = h.id
      where h.user_id between v_slice.first and v_slice.last and h.state = 'held'
      group by h.user_id
    ) h on h.user_id = a.user_id
    left join (
      select p.user_id, jsonb_agg(p.job_id) as without_hold
      from (
        select user_id, job_id from private.job_line where user_id between v_slice.first and v_slice.last
        union all
        select user_id, job_id from private.job_leases where user_id between v_slice.first and v_slice.last
      ) p left join public.credit_holds h on h.id = p.job_id
      where h.state is distinct from 'held'
      group by p.user_id
    ) j on j.user_id = a.user_id
    where a.user_id between v_slice.first and v_slice.last
  ) w
  where w.wrong <> '{}';
end
$$;
comment on function private.check_holds is 'Walks accounts. held = Σ open reservations; each has a live job of the same person and price, which is in line or leased; and each of those has an open reservation.';

revoke execute on function private.beat_worker, private.retire_worker, private.next_turn_at, private.take_turn
  from public, anon, authenticated, service_role;
grant execute on function private.beat_worker, private.retire_worker, private.take_turn to service_role;
