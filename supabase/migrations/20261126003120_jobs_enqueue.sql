-- How jobs get into line: one, or many in one request; at once or at a time; and how many a person may have. What a plan calls
-- concurrency no longer refuses: it is how many run at once, and the rest waits for its turn.

create table public.job_batches (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.credit_accounts (user_id),
  model text not null references public.models (slug),
  size int not null check (size between 1 and 100),
  credits_reserved bigint not null check (credits_reserved > 0),
  created_at timestamptz not null default now()
);
comment on table public.job_batches is 'Jobs that were asked for in one request: reserved all or none, ended each by itself.';
alter table public.job_batches enable row level security;
create policy "people read their own batches" on public.job_batches
  for select to authenticated using ((select auth.uid()) = user_id);
create index job_batches_user on public.job_batches (user_id, created_at desc, id desc);
create index job_batches_model on public.job_batches (model);
revoke all on public.job_batches from public, anon, authenticated, service_role;
grant select on public.job_batches to authenticated;
alter table public.jobs add foreign key (batch_id) references public.job_batches (id);

create function private.live_jobs_of(p_user uuid) returns bigint
language plpgsql stable set search_path = ''
as $$
begin
  return (select count(*) from private.job_line where user_id = p_user)
    + (select count(*) from private.job_leases where user_id = p_user);
end
$$;
comment on function private.live_jobs_of is 'How many jobs of a person are queued or running.';

create function public.count_live_jobs() returns bigint
language plpgsql stable security definer set search_path = ''
as $$
begin
  return private.live_jobs_of(auth.uid());
end
$$;
comment on function public.count_live_jobs is 'How many jobs of the caller are queued or running. Definer: the line is nobody''s to read.';
revoke execute on function public.count_live_jobs from public, anon, authenticated, service_role;
grant execute on function public.count_live_jobs to authenticated;

create function private.take_rate_limit(p_bucket text, p_key text, p_limit int, p_window_seconds int, p_hits int,
  out allowed boolean, out retry_after_seconds int)
language plpgsql set search_path = ''
as $$
declare
  v_window interval := make_interval(secs => p_window_seconds);
  v_row private.rate_limits;
begin
  -- All of the hits or none: whoever is refused a hundred may still ask for ten.
  insert into private.rate_limits as r (bucket, key, window_start, hits) values (p_bucket, p_key, now(), 0)
  on conflict (bucket, key) do update set
    window_start = case when r.window_start <= now() - v_window then now() else r.window_start end,
    hits = case when r.window_start <= now() - v_window then 0 else r.hits end
  returning * into v_row;
  allowed := v_row.hits + p_hits <= p_limit;
  if allowed then
    update private.rate_limits set hits = hits + p_hits where bucket = p_bucket and key = p_key;
  end if;
  retry_after_seconds := greatest(1, ceil(extract(epoch from v_row.window_start + v_window - now())))::int;
end
$$;
comment on function private.take_rate_limit(text, text, int, int, int) is 'So many hits of a limit at once, or none of them.';

create or replace function private.take_of_plan(
  p_user uuid, p_plan text, p_starts timestamptz, p_ends timestamptz, p_entitlement text, p_amount bigint
) returns bigint
language plpgsql set search_path = ''
as $$
declare
  v_maximum bigint := private.maximum_of(p_plan, p_entitlement, p_starts);
  v_starts timestamptz := case when p_entitlement = 'datasets' then '-infinity' else p_starts end;
  v_ends timestamptz := case when p_entitlement <> 'datasets' then p_ends end;
  v_rate record;
  v_used bigint;
begin
  if p_amount is null or p_amount < 1 then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"amount": "Take at least one."}');
  end if;
  if p_entitlement = 'rate' then
    if p_amount > v_maximum then
      perform private.refuse('KR004', 'Some fields are not valid.', jsonb_build_object('inputs',
        format('Your plan allows %s jobs a minute; send at most as many at once.', v_maximum)));
    end if;
    v_rate := private.take_rate_limit('plan_rate', p_user::text, v_maximum::int, 60, p_amount::int);
    if not v_rate.allowed then
      perform private.refuse('KR007', format('Your plan allows %s jobs a minute; wait a moment.', v_maximum),
        jsonb_build_object('retry_after', v_rate.retry_after_seconds));
    end if;
    return v_maximum;
  elsif p_entitlement = 'concurrency' then
    -- Never refused: what is more than a plan runs at once waits for its turn. But a line has an end. The caller holds the
    -- account's lock, so one request of a person counts at a time.
    v_maximum := private.setting_int('live_jobs_per_user');
    v_used := private.live_jobs_of(p_user) + p_amount;
    if v_used > v_maximum then
      perform private.refuse('KR007', format('%s jobs may wait and run at once; wait for one to end.', v_maximum), '{"retry_after": 10}');
    end if;
    return v_used;
  end if;

  insert into public.entitlement_usage as u (user_id, entitlement, starts_at, ends_at, used)
  select p_user, p_entitlement, v_starts, v_ends, p_amount where v_maximum is null or p_amount <= v_maximum
  on conflict (user_id, entitlement, starts_at) do update set used = u.used + excluded.used, ends_at = excluded.ends_at
    where v_maximum is null or u.used + excluded.used <= v_maximum
  returning used into v_used;
  if not found then
    perform private.refuse('KR009', 'Your plan does not include more of this; change the plan or wait for the next month.',
      jsonb_build_object('entitlement', p_entitlement, 'limit', v_maximum, 'resets_at', v_ends, 'plan', p_plan,
        'used', coalesce((select used from public.entitlement_usage
          where user_id = p_user and entitlement = p_entitlement and starts_at = v_starts), 0)));
  end if;
  perform private.warn_of_usage(p_user, p_entitlement, v_starts, v_used, v_maximum, v_ends);
  return v_used;
end
$$;

-- read_usage counts what runs, for that is what the plan's concurrency is about now.
do $$
begin
  execute replace(pg_get_functiondef('public.read_usage'::regproc),
    $w$(select count(*) from public.jobs j where j.user_id = v_user and j.status in ('queued', 'running'))$w$,
    $w$(select count(*) from private.job_leases l where l.user_id = v_user)$w$);
end
$$;

create function private.spending_model(p_user uuid, p_model text) returns public.models
language plpgsql set search_path = ''
as $$
declare
  v_status text;
  v_model public.models;
begin
  select status into v_status from public.profiles where id = p_user;
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
  return v_model;
end
$$;
comment on function private.spending_model is 'A model that a person may spend credits on now. KR003, KR004, KR005.';

create function private.check_expected_price(p_price bigint, p_expected bigint) returns void
language plpgsql set search_path = ''
as $$
begin
  if p_expected <> p_price then
    perform private.refuse('KR008',
      format('The price is not what was expected: in credits, %s instead of %s. Nothing was reserved.', p_price, p_expected),
      jsonb_build_object('credits', p_price, 'expected_credits', p_expected));
  end if;
end
$$;
comment on function private.check_expected_price is 'KR008 when a price is no longer the one that was shown. Null: whatever it is.';

create function private.place_job(
  p_job uuid, p_user uuid, p_model public.models, p_input jsonb, p_outputs int, p_covered boolean, p_concurrency bigint,
  p_batch uuid, p_priority smallint, p_run_at timestamptz
) returns void
language plpgsql set search_path = ''
as $$
declare
  v_job public.jobs;
begin
  insert into public.jobs (id, user_id, model, kind, input, outputs_requested, credits_per_output, credits_reserved, price_version,
    covered_by_plan, batch_id, priority, run_at, created_at)
  values (p_job, p_user, p_model.slug, p_model.kind, p_input, p_outputs, p_model.credits, p_model.credits * p_outputs,
    private.price_version(concat('model:', p_model.slug), p_model.credits), p_covered, p_batch, p_priority,
    -- A time that is past is no time that somebody has waited since.
    greatest(p_run_at, now()),
    -- Not the transaction's beginning: those of a batch are listed in their order.
    clock_timestamp())
  returning * into v_job;
  perform private.note_job(p_job, p_user, 'queued', 'customer');
  perform private.join_line(v_job, p_concurrency);
end
$$;
comment on function private.place_job is 'Writes a job whose price is reserved, and puts it in line.';

drop function public.enqueue_job(text, jsonb, text, text, bigint);
create function public.enqueue_job(
  p_model text, p_input jsonb, p_idempotency_key text default null, p_request_hash text default null,
  p_expected_credits bigint default null, p_run_at timestamptz default null
) returns table (job_id uuid, replayed boolean)
language plpgsql security definer set search_path = ''
as $$
declare
  v_user uuid := auth.uid();
  v_job uuid := gen_random_uuid();
  v_first text;
  v_model public.models;
  v_outputs int;
  v_plan record;
  v_covered boolean;
begin
  if p_idempotency_key is not null then
    v_first := private.claim_idempotency_key(concat('job:', v_user), p_idempotency_key,
      coalesce(p_request_hash, ''), v_job::text);
    if v_first is not null then
      return query select v_first::uuid, true;
      return;
    end if;
  end if;
  v_model := private.spending_model(v_user, p_model);
  v_outputs := private.check_job_input(v_model, p_input);
  perform private.check_expected_price(v_model.credits * v_outputs, p_expected_credits);
  if p_run_at > now() + interval '30 days' then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"run_at": "Choose a time within the next 30 days."}');
  end if;

  v_plan := private.plan_in_force(v_user);
  v_covered := private.cover_by_plan(v_user, v_plan.plan, v_plan.subscription, v_plan.starts_at, v_model.credits * v_outputs, v_job);
  if v_covered and p_run_at + (private.clock() - now()) > v_plan.ends_at then
    perform private.refuse('KR004', 'Some fields are not valid.',
      '{"run_at": "Your plan covers what runs within its present month; choose an earlier time."}');
  end if;
  perform private.reserve_credits(v_user, v_model.credits * v_outputs, v_job);
  -- After the reservation, whose lock on the account lets one request of a person count at a time.
  perform private.take_of_plan(v_user, v_plan.plan, v_plan.starts_at, v_plan.ends_at, 'concurrency', 1);
  perform private.take_of_plan(v_user, v_plan.plan, v_plan.starts_at, v_plan.ends_at, 'rate', 1);
  perform private.place_job(v_job, v_user, v_model, p_input, v_outputs, v_covered,
    private.maximum_of(v_plan.plan, 'concurrency', v_plan.starts_at), null, 0::smallint, p_run_at);
  if not v_covered then
    perform private.note_generations(v_user, v_plan.plan, v_plan.starts_at, v_plan.ends_at);
    perform private.consider_topup(v_user);
  end if;
  perform private.wake_worker();
  return query select v_job, false;
end
$$;
comment on function public.enqueue_job is 'Reserves the price and queues the job, both or neither; not before p_run_at. An unlimited plan pays for it, within its rate. Same key: the first job, replayed true. With an expected price that is no longer the price: KR008, and nothing happens. KR001–KR009. Definer: people hold no write right on jobs or ledger.';

create function public.enqueue_batch(
  p_model text, p_inputs jsonb, p_idempotency_key text default null, p_request_hash text default null, p_expected_credits bigint default null
) returns table (batch_id uuid, replayed boolean)
language plpgsql security definer set search_path = ''
as $$
declare
  v_user uuid := auth.uid();
  v_batch uuid := gen_random_uuid();
  v_first text;
  v_model public.models;
  v_inputs jsonb[];
  v_outputs int[];
  v_total bigint;
  v_plan record;
  v_concurrency bigint;
  v_covered boolean;
  v_job uuid;
begin
  if p_idempotency_key is not null then
    v_first := private.claim_idempotency_key(concat('batch:', v_user), p_idempotency_key,
      coalesce(p_request_hash, ''), v_batch::text);
    if v_first is not null then
      return query select v_first::uuid, true;
      return;
    end if;
  end if;
  v_model := private.spending_model(v_user, p_model);
  if jsonb_typeof(p_inputs) is distinct from 'array' or jsonb_array_length(p_inputs) not between 1 and 100 then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"inputs": "Send 1 to 100 inputs."}');
  end if;
  v_inputs := array(select i from jsonb_array_elements(p_inputs) with ordinality as e (i, at) order by at);
  v_outputs := array(select private.check_job_input(v_model, i) from unnest(v_inputs) with ordinality as e (i, at) order by at);
  v_total := v_model.credits * (select sum(o) from unnest(v_outputs) o);
  perform private.check_expected_price(v_total, p_expected_credits);

  v_plan := private.plan_in_force(v_user);
  v_concurrency := private.maximum_of(v_plan.plan, 'concurrency', v_plan.starts_at);
  -- The account's lock, for all of it: limits are counted and every price reserved before anybody else of the same person comes.
  perform private.lock_account(v_user);
  perform private.take_of_plan(v_user, v_plan.plan, v_plan.starts_at, v_plan.ends_at, 'concurrency', cardinality(v_inputs));
  perform private.take_of_plan(v_user, v_plan.plan, v_plan.starts_at, v_plan.ends_at, 'rate', cardinality(v_inputs));
  insert into public.job_batches (id, user_id, model, size, credits_reserved)
  values (v_batch, v_user, v_model.slug, cardinality(v_inputs), v_total);
  for n in 1 .. cardinality(v_inputs) loop
    v_job := gen_random_uuid();
    v_covered := private.cover_by_plan(v_user, v_plan.plan, v_plan.subscription, v_plan.starts_at, v_model.credits * v_outputs[n], v_job);
    perform private.reserve_credits(v_user, v_model.credits * v_outputs[n], v_job);
    -- Later than what somebody looks at while it is made.
    perform private.place_job(v_job, v_user, v_model, v_inputs[n], v_outputs[n], v_covered, v_concurrency, v_batch, (-1)::smallint, null);
  end loop;
  if not v_covered then
    perform private.note_generations(v_user, v_plan.plan, v_plan.starts_at, v_plan.ends_at);
    perform private.consider_topup(v_user);
  end if;
  perform private.wake_worker();
  return query select v_batch, false;
end
$$;
comment on function public.enqueue_batch is 'Up to 100 jobs of one model, reserved and queued all or none, in the order of their inputs. KR001–KR009 as enqueue_job. Definer: as enqueue_job.';

-- Whoever is suspended or banned spends nothing from then on: what stands in line goes back to waiting for its turn, and there is
-- none (private.admit) before they may spend again. The books are not touched, for it may be they that somebody is suspended for.
create function private.leave_line() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  update private.job_line set waits_for = 'turn', place = null where user_id = new.id and place is not null;
  return null;
end
$$;
comment on function private.leave_line is 'Takes jobs of somebody who may not spend any more out of line. Definer: whoever suspends people holds no right on the line.';
create trigger profiles_leave_line after update of status on public.profiles
  for each row when (old.status = 'active' and new.status <> 'active') execute function private.leave_line();

revoke execute on function private.leave_line, private.live_jobs_of, private.take_rate_limit(text, text, int, int, int), private.spending_model,
  private.check_expected_price, private.place_job, public.enqueue_job, public.enqueue_batch
  from public, anon, authenticated, service_role;
grant execute on function public.enqueue_job, public.enqueue_batch to authenticated;
