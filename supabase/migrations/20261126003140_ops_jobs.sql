-- Dead letters and what operators see of the engine. As in ops_audit: each function begins by asking who calls, reaches its rows by
-- an index and returns a bounded part of them; what acts is in the audit log, in its own transaction.

-- On the house -----------------------------------------------------------------------------------------------

-- A job that died gave its credits back at once. To try it again is a new job of the same person, and we pay: whoever was told
-- that it failed is not charged for it later.
alter table public.jobs add column retry_of uuid references public.jobs (id);
comment on column public.jobs.retry_of is 'The job that failed, which an operator had tried again as this one. We pay: the credits came from us for this job alone.';
-- One job is tried again as one other, whatever races.
create unique index jobs_retry_of on public.jobs (retry_of) where retry_of is not null;
grant select (retry_of) on public.jobs to authenticated;

create or replace function private.is_covered(p_job uuid) returns boolean
language plpgsql stable set search_path = ''
as $$
begin
  return exists (select from public.jobs where id = p_job and (covered_by_plan or retry_of is not null));
end
$$;
comment on function private.is_covered is 'Whether an unlimited plan or the house pays for a job, so that what it gives back ends with it.';

create function private.cover_by_house(p_user uuid, p_credits bigint, p_job uuid, p_retry_of uuid) returns void
language plpgsql set search_path = ''
as $$
begin
  -- A lot for this job alone, as in cover_by_plan: drawn on first, and over at once.
  perform private.grant_credits(p_user, p_credits, 'grant', 'promo', concat('house:job:', p_job),
    jsonb_build_object('rule', 'what failed is tried again on us', 'retry_of', p_retry_of),
    concat('grant:job:', p_job), 100, null, private.clock() + interval '1 microsecond');
end
$$;
comment on function private.cover_by_house is 'Credits from us for one job. The caller has made sure that nothing is owed, or they would pay the debt instead of the job.';

-- The invariant `allowances`, over what the house covers too.
update private.invariants set description = 'Each allowance of a plan has its entry, and each entry of a plan or of the house has an allowance, a month of Free or a job that it covers.'
where name = 'allowances';
do $$
declare
  v_walker text := pg_get_functiondef('private.check_allowances'::regproc);
  v_changed text;
begin
  v_changed := replace(v_walker, $w$kind = 'grant' and counter_account = 'plan' and$w$,
    $w$kind = 'grant' and (counter_account = 'plan' or ref like 'house:job:%') and$w$);
  v_changed := replace(v_changed, $w$select from public.jobs b where e.ref like 'plan:job:%' and b.id = private.uuid_or_null(substr(e.ref, 10))
              and b.user_id = e.user_id and b.covered_by_plan and b.credits_reserved = e.amount)$w$,
    $w$select from public.jobs b where b.id = private.uuid_or_null(substring(e.ref from '^(?:plan|house):job:(.*)$'))
              and b.user_id = e.user_id and b.credits_reserved = e.amount
              and case when e.ref like 'house:%' then b.retry_of is not null else b.covered_by_plan end)$w$);
  if v_changed not like '%house:job:%' or v_changed not like '%retry_of%' then
    raise exception 'check_allowances is not what this migration was written for';
  end if;
  execute v_changed;
end
$$;
comment on function private.check_allowances is 'Walks accounts. Each allowance has an entry of its credits; each grant from plans has an allowance, a month of Free or a covered job of its price; each job on the house its grant of that price.';

-- Dead letters -----------------------------------------------------------------------------------------------

create function private.dead_letter_facts(p_letter private.dead_letters) returns jsonb
language plpgsql stable set search_path = ''
as $$
begin
  return to_jsonb(p_letter) || jsonb_build_object(
    'email', private.email_of(p_letter.user_id),
    'handled_by_email', private.email_of(p_letter.handled_by));
end
$$;
comment on function private.dead_letter_facts is 'A dead letter with the addresses of everybody in it.';

create function public.operator_dead_letters(
  p_state text default 'open', p_error text default null, p_model text default null, p_user uuid default null,
  p_from timestamptz default null, p_until timestamptz default null,
  p_at timestamptz default null, p_id uuid default null, p_limit int default 50
) returns setof jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_operator();
  -- Put together from what is asked, so that each question is planned by itself and finds its own index.
  return query execute concat(
    'select private.dead_letter_facts(d) from private.dead_letters d where true',
    -- Written out where it is the usual one, for that is what the partial index says.
    case when p_state = 'open' then ' and d.state = ''open''' when p_state is not null then ' and d.state = $1' end,
    case when p_error is not null then ' and d.error_code = $2' end,
    case when p_model is not null then ' and d.model = $3' end,
    case when p_user is not null then ' and d.user_id = $4' end,
    case when p_from is not null then ' and d.died_at >= $5' end,
    case when p_until is not null then ' and d.died_at < $6' end,
    case when p_at is not null then ' and (d.died_at, d.job_id) < ($7, $8)' end,
    ' order by d.died_at desc, d.job_id desc limit $9')
  using p_state, p_error, p_model, p_user, p_from, p_until, p_at,
    coalesce(p_id, '00000000-0000-0000-0000-000000000000'), private.page_size(p_limit);
end
$$;
comment on function public.operator_dead_letters is 'Dead letters, the latest first, on from a time and id: of a state (null: all), a reason, a model, a person, a period. Definer: as operator_account_id.';

create function public.operator_dead_letter_counts() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_operator();
  return (
    select jsonb_build_object(
      'open', coalesce(sum(c.n), 0)::bigint,
      'open_last_day', coalesce(sum(c.recent), 0)::bigint,
      'groups', coalesce(jsonb_agg(jsonb_build_object('error_code', c.error_code, 'model', c.model, 'count', c.n, 'latest_at', c.latest)
        order by c.n desc, c.error_code, c.model), '[]'))
    from (
      select d.error_code, d.model, count(*) as n, max(d.died_at) as latest,
        count(*) filter (where d.died_at > now() - interval '1 day') as recent
      from (select * from private.dead_letters where state = 'open' order by died_at desc, job_id desc limit 10000) d
      group by d.error_code, d.model
    ) c);
end
$$;
comment on function public.operator_dead_letter_counts is 'Of the newest 10000 open dead letters: how many, how many of the last day, and how many of each reason and model. Definer: as operator_account_id.';

create function private.lock_named_jobs(p_jobs uuid[]) returns uuid[]
language plpgsql set search_path = ''
as $$
declare
  v_jobs uuid[] := array(select distinct j from unnest(p_jobs) j where j is not null order by j);
begin
  if cardinality(v_jobs) not between 1 and 100 then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"jobs": "Name 1 to 100 jobs."}');
  end if;
  -- Everything of all of them before the first account, in the order of locks: whoever works on the second would otherwise wait
  -- for the account that the first has locked, and we for that job.
  perform from public.jobs where id = any(v_jobs) order by id for no key update;
  perform from private.job_attempts where job_id = any(v_jobs) and state in ('starting', 'running') order by id for update;
  perform from private.job_line where job_id = any(v_jobs) order by job_id for update;
  perform from private.job_leases where job_id = any(v_jobs) order by job_id for update;
  perform from private.dead_letters where job_id = any(v_jobs) order by job_id for update;
  return v_jobs;
end
$$;
comment on function private.lock_named_jobs is 'The jobs that somebody named, each once, locked with all that belongs to them. KR004 {jobs} unless they are 1 to 100.';

create function private.requeue_dead_letter(p_letter private.dead_letters, p_operator uuid, out outcome text, out reason text, out new_job uuid)
language plpgsql set search_path = ''
as $$
declare
  v_old public.jobs;
  v_new public.jobs;
  v_status text := (select status from public.profiles where id = p_letter.user_id);
  v_model public.models;
  v_outputs int;
  v_id uuid := gen_random_uuid();
begin
  outcome := 'refused';
  select * into v_old from public.jobs where id = p_letter.job_id;
  select * into v_model from public.models where slug = v_old.model and active and runnable;
  if v_status is distinct from 'active' then
    reason := coalesce(v_status, 'erased');
  elsif v_model.slug is null then
    reason := 'model_unavailable';
  elsif (private.lock_account(v_old.user_id)).debt > 0 then
    reason := 'owes';
  end if;
  if reason is not null then
    return;
  end if;
  begin
    v_outputs := private.check_job_input(v_model, v_old.input);
  exception when sqlstate 'KR004' then
    reason := 'input_refused';
    return;
  end;

  perform private.cover_by_house(v_old.user_id, v_model.credits * v_outputs, v_id, v_old.id);
  perform private.reserve_credits(v_old.user_id, v_model.credits * v_outputs, v_id);
  insert into public.jobs (id, user_id, model, kind, input, outputs_requested, credits_per_output, credits_reserved, price_version, retry_of)
  values (v_id, v_old.user_id, v_model.slug, v_model.kind, v_old.input, v_outputs, v_model.credits, v_model.credits * v_outputs,
    private.price_version(concat('model:', v_model.slug), v_model.credits), v_old.id)
  returning * into v_new;
  perform private.note_job(v_id, v_old.user_id, 'queued', 'operator', null, null,
    jsonb_build_object('operator', p_operator, 'retry_of', v_old.id));
  perform private.note_job(v_old.id, v_old.user_id, 'requeued', 'operator', null, null,
    jsonb_build_object('operator', p_operator, 'job', v_id));
  perform private.join_line(v_new, private.concurrency_of(v_old.user_id));
  update private.dead_letters set state = 'requeued', handled_at = clock_timestamp(), handled_by = p_operator, requeued_as = v_id
  where job_id = v_old.id;
  perform private.write_audit('job.requeued', concat('job:', v_old.id), jsonb_build_object('user', v_old.user_id, 'model', v_old.model,
    'error', p_letter.error_code, 'job', v_id, 'credits', v_new.credits_reserved));
  outcome := 'requeued';
  new_job := v_id;
end
$$;
comment on function private.requeue_dead_letter is 'Tries an open dead letter again as a new job on the house, or says why not: suspended, banned, erased, owes, model_unavailable, input_refused. The caller has locked it, and takes people in their order.';

create function public.operator_requeue_jobs(p_jobs uuid[])
returns table (job_id uuid, outcome text, reason text, new_job uuid)
language plpgsql volatile security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  v_operator uuid := private.require_operator();
  v_jobs uuid[] := private.lock_named_jobs(p_jobs);
  v_letter private.dead_letters;
  v_done record;
  v_any boolean := false;
begin
  for v_letter in
    select d.* from private.dead_letters d where d.job_id = any(v_jobs) order by d.user_id, d.job_id
  loop
    if v_letter.state = 'requeued' then
      return query select v_letter.job_id, 'already', null::text, v_letter.requeued_as;
    elsif v_letter.state = 'discarded' then
      return query select v_letter.job_id, 'refused', 'discarded', null::uuid;
    else
      v_done := private.requeue_dead_letter(v_letter, v_operator);
      v_any := v_any or v_done.outcome = 'requeued';
      return query select v_letter.job_id, v_done.outcome, v_done.reason, v_done.new_job;
    end if;
  end loop;
  return query
    select n.id, 'refused', case when j.id is null then 'unknown' when j.status in ('queued', 'running') then 'alive' else 'not_dead' end, null::uuid
    from unnest(v_jobs) as n (id) left join public.jobs j on j.id = n.id
    where not exists (select from private.dead_letters d where d.job_id = n.id);
  if v_any then
    perform private.wake_worker();
  end if;
end
$$;
comment on function public.operator_requeue_jobs is 'Tries dead letters again, each as a new job of the same person that we pay for. outcome: requeued; already, with what the first call made; refused, with a reason: suspended, banned, erased, owes, model_unavailable, input_refused, discarded, alive, not_dead, unknown. 1 to 100 a call, each by itself. KR004. Definer: as operator_account_id.';

create function public.operator_discard_jobs(p_jobs uuid[], p_reason text)
returns table (job_id uuid, outcome text, reason text)
language plpgsql volatile security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  v_operator uuid := private.require_operator();
  v_reason text := btrim(p_reason);
  v_jobs uuid[];
  v_job public.jobs;
  v_letter private.dead_letters;
  v_running boolean := false;
begin
  if v_reason is null or char_length(v_reason) not between 3 and 500 then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"reason": "Give a reason of 3 to 500 characters."}');
  end if;
  v_jobs := private.lock_named_jobs(p_jobs);
  for v_job in
    select j.* from public.jobs j where j.id = any(v_jobs) order by j.user_id, j.id
  loop
    select d.* into v_letter from private.dead_letters d where d.job_id = v_job.id;
    if v_job.status in ('queued', 'running') then
      update private.job_attempts set state = 'canceled', ended_at = clock_timestamp(), cancel_wanted_at = now()
      where id = v_job.attempt_id and state in ('starting', 'running');
      v_running := v_running or v_job.status = 'running';
      perform private.note_job(v_job.id, v_job.user_id, 'discarded', 'operator', nullif(v_job.attempts, 0), null,
        jsonb_build_object('operator', v_operator, 'reason', v_reason));
      perform private.end_unpaid(v_job, 'failed', 'discarded', null, 'operator');
      outcome := 'stopped';
    elsif v_letter.state = 'open' then
      update private.dead_letters d set state = 'discarded', handled_at = clock_timestamp(), handled_by = v_operator
      where d.job_id = v_job.id;
      perform private.note_job(v_job.id, v_job.user_id, 'discarded', 'operator', null, null,
        jsonb_build_object('operator', v_operator, 'reason', v_reason));
      outcome := 'discarded';
    else
      outcome := case when v_letter.state = 'discarded' or v_job.error_code = 'discarded' then 'already' else 'refused' end;
    end if;
    if outcome in ('stopped', 'discarded') then
      perform private.write_audit('job.discarded', concat('job:', v_job.id), jsonb_build_object('user', v_job.user_id,
        'model', v_job.model, 'status', v_job.status, 'error', v_job.error_code, 'reason', v_reason));
    end if;
    return query select v_job.id, outcome,
      case when outcome = 'refused' then coalesce(v_letter.state, 'ended') end;
  end loop;
  return query
    select n.id, 'refused', 'unknown' from unnest(v_jobs) as n (id) where not exists (select from public.jobs j where j.id = n.id);
  if v_running then
    perform private.wake_worker();
  end if;
end
$$;
comment on function public.operator_discard_jobs is 'Closes dead letters, and ends jobs that still live as failed, with all credits back. outcome: discarded, stopped, already, or refused with a reason: requeued, ended, unknown. 1 to 100 a call, each by itself. KR004 {jobs, reason}. Definer: as operator_account_id.';

-- One job ----------------------------------------------------------------------------------------------------

create function private.entry_at(p_user uuid, p_at timestamptz) returns bigint
language plpgsql stable set search_path = ''
as $$
declare
  v_low bigint := 1;
  v_high bigint := coalesce((select seq from public.credit_accounts where user_id = p_user), 0) + 1;
  v_middle bigint;
  v_at timestamptz;
begin
  while p_at is not null and v_low < v_high loop
    v_middle := (v_low + v_high) / 2;
    select created_at into v_at from public.credit_entries where user_id = p_user and seq >= v_middle order by seq limit 1;
    if v_at < p_at then
      v_low := v_middle + 1;
    else
      v_high := v_middle;
    end if;
  end loop;
  return v_low;
end
$$;
comment on function private.entry_at is 'The number of an account''s first entry that is not from before a time, found by halving: entries of an account follow one another in time.';

create or replace function private.charge_of(p_user uuid, p_job uuid, p_at timestamptz) returns bigint
language plpgsql stable set search_path = ''
as $$
declare
  v_from bigint := private.entry_at(p_user, p_at);
begin
  -- Charges have no index by job, for every settlement would pay for it. But a charge is written right after its reservation was settled.
  return (
    select min(seq) from public.credit_entries
    where user_id = p_user and seq between v_from and v_from + 500 and kind = 'settle' and ref = concat('job:', p_job));
end
$$;

create function private.entries_of_job(p_job public.jobs) returns jsonb
language plpgsql stable set search_path = ''
as $$
declare
  v_hold public.credit_holds;
  v_from bigint;
begin
  select * into v_hold from public.credit_holds where id = p_job.id;
  v_from := private.entry_at(p_job.user_id, v_hold.resolved_at);
  return (
    select coalesce(jsonb_agg(jsonb_build_object('seq', e.seq, 'kind', e.kind, 'amount', e.amount, 'balance_after', e.balance_after,
      'counter_account', e.counter_account, 'ref', e.ref, 'created_at', e.created_at) order by e.seq), '[]')
    from (
      select private.first_entry(p_job.user_id, 'grant', concat(c.payer, ':job:', p_job.id)) as seq
      from unnest(array['plan', 'house']) as c (payer)
      union
      select s.seq from public.credit_entries s
      where v_hold.resolved_at is not null and s.user_id = p_job.user_id and s.seq between v_from and v_from + 500
        and (s.kind = 'settle' and s.ref = concat('job:', p_job.id)
          or s.kind = 'expiry' and private.is_covered(p_job.id) and s.ref = concat('grant:', v_hold.grants[1]))
    ) f
    join public.credit_entries e on e.user_id = p_job.user_id and e.seq = f.seq);
end
$$;
comment on function private.entries_of_job is 'What a job moved: what covered it, its charge, and what ended with it.';

create function private.list_micros(p_credits bigint) returns bigint
language plpgsql stable set search_path = ''
as $$
begin
  return (select round(p_credits * max(price_cents::numeric / credits) * 10000) from public.credit_packs where active);
end
$$;
comment on function private.list_micros is 'What credits cost who buys the dearest pack on sale, in µUSD. An estimate: larger packs and plans bring less.';

create function public.operator_job(p_job uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_job public.jobs;
  v_cost bigint;
  v_revenue bigint;
begin
  perform private.require_operator();
  select * into v_job from public.jobs where id = p_job;
  if not found then
    perform private.refuse('KR003', 'There is no such job.');
  end if;
  v_cost := (select sum(a.cost_micros) from private.job_attempts a where a.job_id = p_job);
  v_revenue := case when v_job.finished_at is not null then
    case when v_job.retry_of is null then private.list_micros(v_job.credits_charged) else 0 end end;
  return private.job_facts(p_job) || jsonb_build_object(
    'user_id', v_job.user_id, 'email', private.email_of(v_job.user_id),
    'batch_id', v_job.batch_id, 'priority', v_job.priority, 'run_at', v_job.run_at, 'max_attempts', v_job.max_attempts,
    'error_message', v_job.error_message, 'covered_by_plan', v_job.covered_by_plan, 'retry_of', v_job.retry_of,
    'retried_as', (select r.id from public.jobs r where r.retry_of = p_job),
    'line', (select jsonb_build_object('waits_for', l.waits_for, 'place', l.place, 'run_at', l.run_at)
      from private.job_line l where l.job_id = p_job),
    'lease', (select jsonb_build_object('worker', l.worker, 'next_check_at', l.next_check_at, 'deadline_at', l.deadline_at, 'checks', l.checks)
      from private.job_leases l where l.job_id = p_job),
    'dead_letter', (select private.dead_letter_facts(d) from private.dead_letters d where d.job_id = p_job),
    'cost_micros', v_cost, 'revenue_micros', v_revenue, 'margin_micros', v_revenue - coalesce(v_cost, 0),
    'predictions', (
      select coalesce(jsonb_agg(jsonb_build_object('number', a.number, 'prediction_id', a.prediction_id, 'metrics', a.metrics,
        'error_message', a.error_message, 'cancel_wanted_at', a.cancel_wanted_at, 'cancel_sent_at', a.cancel_sent_at) order by a.number), '[]')
      from private.job_attempts a where a.job_id = p_job),
    'entries', private.entries_of_job(v_job),
    'events', (
      select coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'at', e.at, 'event', e.event, 'actor', e.actor, 'attempt', e.attempt,
        'reason', e.reason, 'detail', e.detail) order by e.id), '[]')
      from (select * from public.job_events where job_id = p_job order by id limit 200) e));
end
$$;
comment on function public.operator_job is 'One job: where it stands, its tries and predictions, its first 200 events with details, reservation and entries, what it cost us and what it brought. Without what the customer wrote and what was made. KR003. Definer: as operator_account_id.';

-- All of them ------------------------------------------------------------------------------------------------

create function public.operator_engine() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_operator();
  return jsonb_build_object(
    'line', (
      select jsonb_build_object(
        'in_line', count(*) filter (where l.place is not null),
        'waits_for_time', count(*) filter (where l.waits_for = 'time'),
        'waits_for_turn', count(*) filter (where l.waits_for = 'turn'),
        'oldest_at', min(l.run_at) filter (where l.place is not null))
      from (select place, waits_for, run_at from private.job_line limit 100000) l),
    'running', (select count(*) from private.job_leases),
    'overdue', (select count(*) from private.job_leases where next_check_at < now() - interval '30 seconds'),
    'workers', (
      select coalesce(jsonb_agg(jsonb_build_object('name', w.name, 'seen_at', w.seen_at, 'started_at', w.started_at,
        'concurrency', w.concurrency, 'running', w.running) order by w.seen_at desc, w.name), '[]')
      from (select * from private.workers order by seen_at desc limit 50) w),
    'limits', (
      select coalesce(jsonb_agg(jsonb_build_object('model', p.model, 'creates_per_minute', p.creates_per_minute,
        'paused_until', p.paused_until) order by p.model), '[]')
      from private.provider_limits p where p.creates_per_minute is not null or p.paused_until > now()),
    'creates_per_minute', private.setting_int('provider_creates_per_minute'),
    'last_hour', (
      select jsonb_build_object(
        'started', count(*), 'succeeded', count(*) filter (where a.state = 'succeeded'),
        'failed', count(*) filter (where a.state = 'failed'), 'canceled', count(*) filter (where a.state = 'canceled'),
        'last_minute', count(*) filter (where a.started_at > now() - interval '1 minute'))
      from (select state, started_at from private.job_attempts where started_at > now() - interval '1 hour'
        order by started_at desc limit 100000) a));
end
$$;
comment on function public.operator_engine is 'How the engine stands: the line (of at most 100000), what runs and what nobody looked after for 30 s past its time, workers, what the provider lets us begin, and attempts begun in the last hour. Definer: as operator_account_id.';

create table private.job_days (
  day date not null,
  model text not null references public.models (slug),
  attempts bigint not null,
  succeeded bigint not null,
  failed bigint not null,
  canceled bigint not null,
  credits bigint not null,
  house_credits bigint not null,
  cost_micros bigint not null,
  primary key (day, model)
);
comment on table private.job_days is 'What was begun on a day (UTC) and what came of it, by model, summed once the next day is over too. house_credits: of credits, what we paid ourselves.';
alter table private.job_days enable row level security;
create index job_days_model on private.job_days (model);
revoke all on private.job_days from public, anon, authenticated, service_role;

create function private.job_totals(p_from timestamptz, p_until timestamptz) returns table (
  model text, attempts bigint, succeeded bigint, failed bigint, canceled bigint, credits bigint, house_credits bigint, cost_micros bigint
)
language plpgsql stable set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
    select a.model, count(*), count(*) filter (where a.state = 'succeeded'), count(*) filter (where a.state = 'failed'),
      count(*) filter (where a.state = 'canceled'), coalesce(sum(j.credits_charged), 0)::bigint,
      coalesce(sum(j.credits_charged) filter (where j.retry_of is not null), 0)::bigint, coalesce(sum(a.cost_micros), 0)::bigint
    from private.job_attempts a
    left join public.jobs j on a.state = 'succeeded' and j.id = a.job_id
    where a.started_at >= p_from and a.started_at < p_until
    group by a.model;
end
$$;
comment on function private.job_totals is 'Attempts begun in a period, by model: what came of them, credits charged, and what the provider charges in µUSD.';

create function private.close_job_days() returns int
language plpgsql set search_path = ''
as $$
declare
  v_today date := (now() at time zone 'UTC')::date;
  v_day date := coalesce((select max(day) + 1 from private.job_days),
    (select (min(started_at) at time zone 'UTC')::date from private.job_attempts), v_today);
  v_count int := 0;
begin
  -- Yesterday still changes: what was begun before midnight ends after it, and results come late.
  while v_day < v_today - 1 loop
    insert into private.job_days
    select v_day, t.* from private.job_totals(v_day::timestamp at time zone 'UTC', (v_day + 1)::timestamp at time zone 'UTC') t
    on conflict do nothing;
    v_day := v_day + 1;
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function private.close_job_days is 'Sums the days that are over; says how many. Run by pg_cron; a day without jobs leaves no row and costs a look.';

create function public.operator_model_margins(p_days int default 30)
returns table (
  model text, name text, attempts bigint, succeeded bigint, failed bigint, canceled bigint, credits bigint, house_credits bigint,
  cost_micros bigint, revenue_micros bigint
)
language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  v_first date := (now() at time zone 'UTC')::date - least(greatest(coalesce(p_days, 30), 1), 92) + 1;
  v_open date := greatest(v_first, coalesce((select max(day) + 1 from private.job_days), v_first));
begin
  perform private.require_operator();
  return query
    select t.model, m.name, sum(t.attempts)::bigint, sum(t.succeeded)::bigint, sum(t.failed)::bigint, sum(t.canceled)::bigint,
      sum(t.credits)::bigint, sum(t.house_credits)::bigint, sum(t.cost_micros)::bigint,
      private.list_micros((sum(t.credits) - sum(t.house_credits))::bigint)
    from (
      select d.model, d.attempts, d.succeeded, d.failed, d.canceled, d.credits, d.house_credits, d.cost_micros
      from private.job_days d where d.day >= v_first
      union all
      select * from private.job_totals(v_open::timestamp at time zone 'UTC', 'infinity')
    ) t
    join public.models m on m.slug = t.model
    group by t.model, m.name
    order by sum(t.cost_micros) desc, t.model;
end
$$;
comment on function public.operator_model_margins is 'The last days (UTC, today included, at most 92) by model: attempts and what came of them, credits charged and how many of those we paid, what the provider charges and what the credits bring at list price, in µUSD. Definer: as operator_account_id.';

revoke execute on function private.cover_by_house, private.dead_letter_facts, private.lock_named_jobs, private.requeue_dead_letter,
  private.entry_at, private.entries_of_job, private.list_micros, private.job_totals, private.close_job_days
  from public, anon, authenticated, service_role;
do $$
declare
  v_function regprocedure;
begin
  for v_function in
    select p.oid::regprocedure from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proname like 'operator\_%'
  loop
    execute format('revoke execute on function %s from public, anon, authenticated, service_role', v_function);
    execute format('grant execute on function %s to authenticated', v_function);
  end loop;
end
$$;
