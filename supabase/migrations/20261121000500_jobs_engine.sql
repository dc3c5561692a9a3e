-- The job engine. The job row is the truth; a pgmq message is only a wake-up.
--   queued → running → succeeded | failed | canceled, and running → queued for a retry.
-- A claim makes an attempt. Its id is a fencing token: every later write names it, and changes
-- nothing unless it is still the job's current attempt. So a late worker, a repeated webhook and the
-- poller may all report the same prediction, and exactly one of settle and release happens.
-- Locks are taken in one order: job, attempt, hold, account.

create table public.jobs (
  id uuid primary key references public.credit_holds (id),
  user_id uuid not null references public.credit_accounts (user_id),
  model text not null references public.models (slug),
  kind text not null,
  input jsonb not null check (octet_length(input::text) <= 65536),
  outputs_requested int not null check (outputs_requested between 1 and 10),
  credits_per_output bigint not null check (credits_per_output > 0),
  credits_reserved bigint not null check (credits_reserved = credits_per_output * outputs_requested),
  credits_charged bigint check (credits_charged between 0 and credits_reserved),
  status text not null default 'queued' check (status in ('queued', 'running', 'succeeded', 'failed', 'canceled')),
  attempts int not null default 0 check (attempts between 0 and max_attempts),
  max_attempts int not null default 3 check (max_attempts > 0),
  attempt_id uuid,
  run_at timestamptz not null default now(),
  woken_at timestamptz not null default now(),
  error_code text,
  error_message text,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  updated_at timestamptz not null default now(),
  check ((status in ('succeeded', 'failed', 'canceled')) = (finished_at is not null)),
  check ((finished_at is not null) = (credits_charged is not null)),
  check ((status = 'failed') = (error_code is not null))
) with (fillfactor = 80);
comment on table public.jobs is 'One paid request. credits_reserved while it lives, credits_charged once it ended.';
alter table public.jobs enable row level security;
create policy "people read their own jobs" on public.jobs
  for select to authenticated using ((select auth.uid()) = user_id);
create index jobs_user_created on public.jobs (user_id, created_at desc, id desc);
create index jobs_live on public.jobs (user_id) where status in ('queued', 'running');
create index jobs_due on public.jobs (run_at) where status = 'queued';
create index jobs_model on public.jobs (model);

create table public.job_outputs (
  job_id uuid not null references public.jobs (id) on delete cascade,
  position int not null check (position >= 0),
  user_id uuid not null,
  bucket text not null default 'outputs',
  path text not null,
  content_type text not null check (content_type in ('image/png', 'image/jpeg', 'image/webp')),
  bytes bigint not null check (bytes > 0),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  width int not null check (width > 0),
  height int not null check (height > 0),
  created_at timestamptz not null default now(),
  primary key (job_id, position)
);
comment on table public.job_outputs is 'Pictures in private storage. A job succeeds only when its outputs are here.';
alter table public.job_outputs enable row level security;
create policy "people read their own outputs" on public.job_outputs
  for select to authenticated using ((select auth.uid()) = user_id);

revoke all on public.jobs, public.job_outputs from public, anon, authenticated, service_role;
grant select (id, user_id, model, kind, input, outputs_requested, credits_per_output, credits_reserved, credits_charged,
    status, attempts, max_attempts, run_at, error_code, error_message, created_at, started_at, finished_at, updated_at)
  on public.jobs to authenticated;
grant select on public.job_outputs to authenticated;

create table private.job_attempts (
  id uuid primary key default gen_random_uuid(),
  job_id uuid not null references public.jobs (id),
  number int not null,
  worker text not null,
  state text not null default 'starting' check (state in ('starting', 'running', 'succeeded', 'failed', 'canceled')),
  prediction_id text unique,
  provider_status text,
  error_code text,
  error_message text,
  started_at timestamptz not null default now(),
  deadline_at timestamptz not null,
  next_check_at timestamptz not null,
  checks int not null default 0,
  ended_at timestamptz,
  cancel_wanted_at timestamptz,
  cancel_sent_at timestamptz,
  late_result text,
  metrics jsonb not null default '{}',
  cost_micros bigint,
  unique (job_id, number)
) with (fillfactor = 80);
comment on table private.job_attempts is 'One try at the provider. The row is the intent: it exists before the provider is called. cost_micros is what the provider charges us, in µUSD.';
alter table private.job_attempts enable row level security;
create index job_attempts_due on private.job_attempts (next_check_at) where state in ('starting', 'running');
create index job_attempts_cancel on private.job_attempts (cancel_wanted_at)
  where cancel_wanted_at is not null and cancel_sent_at is null and prediction_id is not null;

create table private.workers (
  name text primary key check (char_length(name) <= 100),
  seen_at timestamptz not null,
  detail jsonb not null default '{}'
);
comment on table private.workers is 'Heartbeats.';
alter table private.workers enable row level security;

select pgmq.create('jobs');

create function private.guard_job_status() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if old.status in ('succeeded', 'failed', 'canceled') then
    perform private.refuse('KR008', 'This job has ended.');
  end if;
  new.updated_at := clock_timestamp();
  return new;
end
$$;
comment on function private.guard_job_status is 'An ended job never changes again, whoever writes.';
create trigger jobs_guard_status before update on public.jobs
  for each row execute function private.guard_job_status();

create function private.announce_job() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform pg_notify('kredo_jobs', json_build_object('user_id', new.user_id, 'job_id', new.id)::text);
  return null;
end
$$;
comment on function private.announce_job is 'Tells listening web processes that a job changed; they read it again under the reader''s rights.';
create trigger jobs_announce after insert or update of status, attempts on public.jobs
  for each row execute function private.announce_job();

-- Where the worker function lives and what it wants to hear are in Vault. Without them this is a no-op,
-- and a long-running worker that listens on kredo_work does the job.
create function private.wake_worker() returns void
language plpgsql security definer set search_path = ''
as $$
declare
  v_url text;
  v_key text;
begin
  perform pg_notify('kredo_work', '');
  select decrypted_secret into v_url from vault.decrypted_secrets where name = 'functions_url';
  select decrypted_secret into v_key from vault.decrypted_secrets where name = 'worker_key';
  if v_url is not null and v_key is not null then
    perform net.http_post(
      url := v_url || '/worker',
      headers := jsonb_build_object('content-type', 'application/json', 'authorization', 'Bearer ' || v_key),
      timeout_milliseconds := 30000);
  end if;
end
$$;
comment on function private.wake_worker is 'Wakes workers after commit. Definer: reads the worker''s address and key from Vault.';
revoke execute on function private.wake_worker from public, anon, authenticated, service_role;

create function private.queue_job(p_job uuid, p_delay_seconds int) returns void
language plpgsql set search_path = ''
as $$
begin
  perform pgmq.send('jobs', jsonb_build_object('job_id', p_job), p_delay_seconds);
end
$$;
comment on function private.queue_job is 'Puts a wake-up for a job on the queue, visible after the delay.';

create function public.enqueue_job(
  p_model text, p_input jsonb, p_idempotency_key text default null, p_request_hash text default null
) returns table (job_id uuid, replayed boolean)
language plpgsql security definer set search_path = ''
as $$
declare
  v_user uuid := auth.uid();
  v_job uuid := gen_random_uuid();
  v_first text;
  v_status text;
  v_model public.models;
  v_outputs int;
begin
  if p_idempotency_key is not null then
    v_first := private.claim_idempotency_key(concat('job:', v_user), p_idempotency_key,
      coalesce(p_request_hash, ''), v_job::text);
    if v_first is not null then
      return query select v_first::uuid, true;
      return;
    end if;
  end if;

  select status into v_status from public.profiles where id = v_user;
  if not found then
    perform private.refuse('KR003', 'There is no such account.');
  elsif v_status <> 'active' then
    perform private.refuse('KR005', 'This account cannot spend credits at the moment.');
  end if;

  select * into v_model from public.models where slug = p_model and active;
  if not found then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"model": "There is no such model."}');
  elsif not v_model.runnable then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"model": "This model is not available yet."}');
  end if;
  v_outputs := private.check_job_input(v_model, p_input);

  perform private.reserve_credits(v_user, v_model.credits * v_outputs, v_job);
  -- After the reservation, whose lock on the account lets one request of a person count at a time.
  if (select count(*) from public.jobs where user_id = v_user and status in ('queued', 'running'))
      >= private.setting_int('live_jobs_per_user') then
    perform private.refuse('KR007', 'Too many jobs are running; wait for one to end.', '{"retry_after": 10}');
  end if;

  insert into public.jobs (id, user_id, model, kind, input, outputs_requested, credits_per_output, credits_reserved)
  values (v_job, v_user, v_model.slug, v_model.kind, p_input, v_outputs, v_model.credits, v_model.credits * v_outputs);
  perform private.queue_job(v_job, 0);
  perform private.wake_worker();
  return query select v_job, false;
end
$$;
comment on function public.enqueue_job is 'Reserves the price and queues the job, both or neither. Same key: the first job, replayed true. KR001, KR002, KR004–KR007. Definer: people hold no write right on jobs or ledger.';
revoke execute on function public.enqueue_job from public, anon, authenticated, service_role;
grant execute on function public.enqueue_job to authenticated;

create function public.cancel_job(p_job uuid) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
begin
  select * into v_job from public.jobs where id = p_job and user_id = (select auth.uid()) for update;
  if not found then
    perform private.refuse('KR003', 'There is no such job.');
  end if;
  if v_job.status not in ('queued', 'running') then
    return v_job.status;
  end if;
  update private.job_attempts set state = 'canceled', ended_at = now(), cancel_wanted_at = now()
  where id = v_job.attempt_id and state in ('starting', 'running');
  update public.jobs set status = 'canceled', finished_at = now(), credits_charged = 0 where id = p_job;
  perform private.release_hold(p_job, 'canceled');
  if v_job.status = 'running' then
    perform private.wake_worker();
  end if;
  return 'canceled';
end
$$;
comment on function public.cancel_job is 'Ends a live job at once and gives the reservation back; the provider is told afterwards. An ended job keeps its status. KR003 for what is not yours. Definer: as enqueue_job.';
revoke execute on function public.cancel_job from public, anon, authenticated, service_role;
grant execute on function public.cancel_job to authenticated;

create function private.claim_jobs(p_worker text, p_limit int, p_lease_seconds int default 30)
returns table (
  attempt_id uuid, job_id uuid, user_id uuid, number int, model text, kind text, provider_model text,
  provider_version text, provider_input jsonb, input jsonb, outputs_requested int, deadline_at timestamptz
)
language plpgsql security definer set search_path = ''
as $$
declare
  v_message record;
  v_job public.jobs;
  v_attempt private.job_attempts;
begin
  for v_message in select * from pgmq.read('jobs', p_lease_seconds, p_limit) loop
    select * into v_job from public.jobs where id = (v_message.message ->> 'job_id')::uuid for update skip locked;
    if not found then
      -- Locked by another transaction (or never existed): the message comes back after its lease.
      if v_message.read_ct > 20 then
        perform pgmq.delete('jobs', v_message.msg_id);
      end if;
      continue;
    end if;
    if v_job.status = 'queued' and v_job.run_at > now() then
      perform pgmq.set_vt('jobs', v_message.msg_id, ceil(extract(epoch from v_job.run_at - now()))::int);
      continue;
    end if;
    perform pgmq.delete('jobs', v_message.msg_id);
    continue when v_job.status <> 'queued';

    insert into private.job_attempts (job_id, number, worker, deadline_at, next_check_at)
    values (v_job.id, v_job.attempts + 1, p_worker,
      now() + make_interval(secs => private.setting_int('attempt_deadline_seconds')),
      now() + make_interval(secs => p_lease_seconds))
    returning * into v_attempt;
    update public.jobs j set status = 'running', attempts = v_attempt.number, attempt_id = v_attempt.id,
      started_at = coalesce(j.started_at, now())
    where j.id = v_job.id;
    return query
      select v_attempt.id, v_job.id, v_job.user_id, v_attempt.number, m.slug, m.kind, m.provider_model,
        m.provider_version, m.provider_input, v_job.input, v_job.outputs_requested, v_attempt.deadline_at
      from public.models m where m.slug = v_job.model;
  end loop;
end
$$;
comment on function private.claim_jobs is 'Takes up to p_limit due jobs; one new attempt each, written before the provider is called. Definer: the engine''s tables are nobody''s to write.';

create function private.record_prediction(p_attempt uuid, p_prediction_id text, p_provider_status text) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
  v_attempt private.job_attempts;
begin
  update private.job_attempts set
    prediction_id = coalesce(prediction_id, p_prediction_id),
    provider_status = p_provider_status,
    state = case when state = 'starting' then 'running' else state end,
    next_check_at = now() + make_interval(secs => private.setting_int('attempt_check_seconds'))
  where id = p_attempt
  returning * into v_attempt;
  if not found then
    return false;
  end if;
  -- An attempt given up in the meantime keeps its prediction on record, so that it gets cancelled.
  if v_attempt.state <> 'running' or v_attempt.prediction_id <> p_prediction_id then
    update private.job_attempts set cancel_wanted_at = coalesce(cancel_wanted_at, now())
    where id = p_attempt and state in ('failed', 'canceled');
    return v_attempt.state = 'succeeded' and v_attempt.prediction_id = p_prediction_id;
  end if;
  return true;
end
$$;
comment on function private.record_prediction is 'Notes which prediction serves an attempt. False: the attempt is over or has another one, and the caller must cancel this. Definer: as claim_jobs.';

create function private.complete_job(p_attempt uuid, p_outputs jsonb, p_metrics jsonb) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
  v_attempt private.job_attempts;
  v_count int := jsonb_array_length(p_outputs);
  v_charge bigint;
begin
  select j.* into v_job from public.jobs j
  where j.id = (select a.job_id from private.job_attempts a where a.id = p_attempt) for update;
  select * into v_attempt from private.job_attempts where id = p_attempt for update;
  if v_attempt.state = 'succeeded' then
    return 'already';
  end if;
  if v_job.id is null or v_job.status <> 'running' or v_job.attempt_id <> p_attempt
      or v_attempt.state not in ('starting', 'running') then
    update private.job_attempts set late_result = 'succeeded', metrics = p_metrics,
      cost_micros = private.provider_price(v_job.model, v_attempt.started_at) * v_count
    where id = p_attempt;
    return 'late';
  end if;
  if v_count not between 1 and v_job.outputs_requested then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"outputs": "A job succeeds with at least one output and at most what was asked for."}');
  end if;

  insert into public.job_outputs (job_id, position, user_id, path, content_type, bytes, sha256, width, height)
  select v_job.id, o.position, v_job.user_id, o.path, o.content_type, o.bytes, o.sha256, o.width, o.height
  from jsonb_to_recordset(p_outputs) as o
    (position int, path text, content_type text, bytes bigint, sha256 text, width int, height int);
  v_charge := v_job.credits_per_output * v_count;
  update private.job_attempts set state = 'succeeded', provider_status = 'succeeded', ended_at = now(),
    metrics = p_metrics, cost_micros = private.provider_price(v_job.model, started_at) * v_count
  where id = p_attempt;
  update public.jobs set status = 'succeeded', finished_at = now(), credits_charged = v_charge where id = v_job.id;
  perform private.settle_hold(v_job.id, v_charge, concat('job:', v_job.id), jsonb_build_object(
    'model', v_job.model, 'outputs', v_count, 'credits_per_output', v_job.credits_per_output));
  return 'settled';
end
$$;
comment on function private.complete_job is 'Ends a job with its stored outputs and charges for them, in one transaction: settled. A repeat: already. An attempt no longer current: late, recorded and never charged. Definer: as claim_jobs.';

create function private.fail_attempt(
  p_attempt uuid, p_code text, p_message text, p_retry boolean, p_retry_after_seconds int default null
) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
  v_delay int;
begin
  select j.* into v_job from public.jobs j
  where j.id = (select a.job_id from private.job_attempts a where a.id = p_attempt) for update;
  update private.job_attempts set state = 'failed', ended_at = now(), error_code = p_code,
    error_message = left(p_message, 1000),
    cancel_wanted_at = case when p_code = 'timeout' then now() else cancel_wanted_at end
  where id = p_attempt and state in ('starting', 'running');
  if not found or v_job.status <> 'running' or v_job.attempt_id <> p_attempt then
    return 'late';
  end if;
  if p_retry and v_job.attempts < v_job.max_attempts then
    -- 2 s, 8 s, 32 s, each ± a quarter, so that a provider that recovers is not hit by all at once.
    v_delay := greatest(coalesce(p_retry_after_seconds, 0), round(
      private.setting_int('retry_base_seconds') * power(4, v_job.attempts - 1) * (0.75 + random() * 0.5))::int);
    update public.jobs set status = 'queued', attempt_id = null, run_at = now() + make_interval(secs => v_delay),
      woken_at = now() + make_interval(secs => v_delay)
    where id = v_job.id;
    perform private.queue_job(v_job.id, v_delay);
    return 'retrying';
  end if;
  update public.jobs set status = 'failed', finished_at = now(), credits_charged = 0,
    error_code = p_code, error_message = left(p_message, 1000)
  where id = v_job.id;
  perform private.release_hold(v_job.id, p_code);
  return 'failed';
end
$$;
comment on function private.fail_attempt is 'Ends an attempt: the job is queued again with backoff (retrying) while tries are left and a retry helps, else failed and all credits returned. late when the attempt is not current. Definer: as claim_jobs.';

create function private.due_attempts(p_limit int)
returns table (
  attempt_id uuid, job_id uuid, prediction_id text, provider_model text, started_at timestamptz,
  deadline_at timestamptz, overdue boolean
)
language sql volatile security definer set search_path = ''
begin atomic
  with due as (
    select a.id from private.job_attempts a
    where a.state in ('starting', 'running') and a.next_check_at <= now()
    order by a.next_check_at limit p_limit for update skip locked
  )
  update private.job_attempts a set checks = a.checks + 1,
    next_check_at = least(
      now() + make_interval(secs => least(60, private.setting_int('attempt_check_seconds') * power(2, least(a.checks, 6)))),
      greatest(a.deadline_at, now() + interval '1 second'))
  from due, public.jobs j, public.models m
  where a.id = due.id and j.id = a.job_id and m.slug = j.model
  returning a.id, a.job_id, a.prediction_id, m.provider_model, a.started_at, a.deadline_at, a.deadline_at <= now();
end;
comment on function private.due_attempts is 'Attempts whose result nobody brought yet, each handed to one caller per interval. prediction_id null: a crash between intent and call. Definer: as claim_jobs.';

create function private.canceled_attempts(p_limit int)
returns table (attempt_id uuid, job_id uuid, prediction_id text)
language sql stable security definer set search_path = ''
begin atomic
  select a.id, a.job_id, a.prediction_id from private.job_attempts a
  where a.cancel_wanted_at is not null and a.cancel_sent_at is null and a.prediction_id is not null
  order by a.cancel_wanted_at limit p_limit;
end;
comment on function private.canceled_attempts is 'Predictions that run on at the provider although nobody wants them. Cancelling twice is harmless. Definer: as claim_jobs.';

create function private.mark_cancel_sent(p_attempt uuid) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update private.job_attempts set cancel_sent_at = now()
  where id = p_attempt and cancel_wanted_at is not null and cancel_sent_at is null;
end;
comment on function private.mark_cancel_sent is 'The provider was told to stop. Nothing happens while nobody wants the attempt stopped: what was cancelled then is another prediction. Definer: as claim_jobs.';

create function private.attempt_for_prediction(p_prediction_id text)
returns table (attempt_id uuid, job_id uuid, user_id uuid, job_status text, outputs_requested int)
language sql stable security definer set search_path = ''
begin atomic
  select a.id, j.id, j.user_id, j.status, j.outputs_requested
  from private.job_attempts a join public.jobs j on j.id = a.job_id
  where a.prediction_id = p_prediction_id;
end;
comment on function private.attempt_for_prediction is 'Whose prediction this is; no row when we know nothing of it. Definer: as claim_jobs.';

create function private.extend_lease(p_attempt uuid, p_lease_seconds int) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
  update private.job_attempts set next_check_at = now() + make_interval(secs => p_lease_seconds)
  where id = p_attempt and state in ('starting', 'running');
  return found;
end
$$;
comment on function private.extend_lease is 'Heartbeat of an attempt that is being worked on: keeps the poller away. False when the attempt is over. Definer: as claim_jobs.';

create function private.beat_worker(p_worker text, p_detail jsonb) returns void
language sql volatile security definer set search_path = ''
begin atomic
  insert into private.workers as w (name, seen_at, detail) values (p_worker, now(), p_detail)
  on conflict (name) do update set seen_at = now(), detail = excluded.detail;
end;
comment on function private.beat_worker is 'A worker says that it lives. Definer: as claim_jobs.';

create function private.sweep_jobs() returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_resent int;
  v_due boolean;
begin
  -- A due job that nobody took within half a minute has lost its wake-up. A second message is harmless.
  with lost as (
    select id from public.jobs
    where status = 'queued' and run_at <= now() and woken_at < now() - interval '30 seconds'
    order by run_at limit 100 for update skip locked
  ), woken as (
    update public.jobs j set woken_at = now() from lost where j.id = lost.id returning j.id
  )
  select count(private.queue_job(id, 0)) into v_resent from woken;

  v_due := exists (select from public.jobs where status = 'queued' and run_at <= now())
    or exists (select from private.job_attempts where state in ('starting', 'running') and next_check_at <= now())
    or exists (select from private.job_attempts
      where cancel_wanted_at is not null and cancel_sent_at is null and prediction_id is not null)
    -- With nothing to do a worker still shows itself now and then; its silence then means something.
    or not exists (select from private.workers where seen_at > now() - interval '30 seconds');
  if v_due then
    perform private.wake_worker();
  end if;
  return jsonb_build_object('resent', v_resent, 'woke', v_due);
end
$$;
comment on function private.sweep_jobs is 'The net under every wake-up, run by pg_cron: what is due gets a worker even when a message or webhook was lost. Definer: as claim_jobs.';

do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid::regprocedure from pg_proc p
    where p.pronamespace = 'private'::regnamespace
      and p.proname in ('claim_jobs', 'record_prediction', 'complete_job', 'fail_attempt', 'due_attempts',
        'canceled_attempts', 'mark_cancel_sent', 'attempt_for_prediction', 'extend_lease', 'beat_worker', 'sweep_jobs')
  loop
    execute format('revoke execute on function %s from public, anon, authenticated', v_function);
    execute format('grant execute on function %s to service_role', v_function);
  end loop;
end
$$;
