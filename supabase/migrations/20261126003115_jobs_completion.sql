-- Completion, for as many attempts at once as have ended: set by set in one transaction, each with its settlement. A worker
-- that is busy sends those together that came while it waited for the last answer (domain/jobs/engine.ts).
-- Plans are kept, for with an array of one element Postgres believes a plan of its own to be worth making at each call; and they
-- go by the keys, for a plan that was kept while a table was small would read all of it each time, into a hash or a copy, until
-- the table is analyzed. So keys are said twice, as a join and as `= any (…)`: joined to a set of unknown size alone, all of a table
-- would be read for its state. To Postgres 17 a path that is switched off costs ten billion, and where it has a compiler, it would
-- compile each plan that has one: jit is off.

create or replace function private.settle_holds(p_holds uuid[], p_amounts bigint[], p_refs text[], p_causes jsonb[]) returns int
language plpgsql set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set jit = off
as $$
declare
  v_settlement record;
  v_locked uuid[];
  v_whole uuid[];
  v_resolved_at timestamptz := private.clock();
  v_at timestamptz := clock_timestamp() + (private.clock() - now());
begin
  -- All reservations before the first account, as everybody locks them; or a single charge that has one of
  -- these and waits for its account would wait for us, and we for it.
  v_locked := array(select id from public.credit_holds where id = any(p_holds) order by id for update);
  -- One that is being made just now was not seen, hence not locked: it must not be met further down.
  if not p_holds <@ v_locked then
    perform private.refuse('KR008', 'One of these reservations was never made.');
  end if;
  -- By account, so that two batches over the same people wait for each other instead of deadlocking.
  perform from public.credit_accounts
  where user_id in (select h.user_id from public.credit_holds h where h.id = any(p_holds)) order by user_id for no key update;

  -- Those that are charged in whole, one of an account: nothing goes back to a lot, no debt is paid, and no entry waits for
  -- another's hash. Nearly all are; what follows is append_entry for many, and the walker `chain` holds its hashes against entry_hash.
  v_whole := array(
    select w.hold from (
      select s.hold, h.amount = s.amount and h.state = 'held' as whole, count(*) over (partition by h.user_id) as of_account
      from unnest(p_holds, p_amounts) as s (hold, amount) join public.credit_holds h on h.id = s.hold and h.id = any (p_holds)
    ) w where w.whole and w.of_account = 1);
  with settled as (
    update public.credit_holds h set state = 'settled', settled_amount = s.amount, resolved_at = v_resolved_at
    from unnest(p_holds, p_amounts, p_refs, p_causes) as s (hold, amount, ref, cause)
    where h.id = s.hold and h.id = any(v_whole)
    returning h.user_id, h.amount, s.ref, s.cause
  ), moved as (
    update public.credit_accounts a set
      held = a.held - t.amount,
      seq = a.seq + 1,
      updated_at = greatest(v_at, a.updated_at),
      head_hash = sha256(convert_to(concat_ws(E'\n', 'kredo.entry.v1', encode(a.head_hash, 'hex'), a.user_id, a.seq + 1, 'settle',
        -t.amount, 'usage', a.available + a.held - a.debt - t.amount, t.ref, t.cause::text,
        (extract(epoch from greatest(v_at, a.updated_at)) * 1000000)::bigint), 'UTF8'))
    from settled t where a.user_id = t.user_id
    returning a.user_id, a.seq, a.available + a.held - a.debt as balance, a.updated_at, a.head_hash, t.amount, t.ref, t.cause
  )
  insert into public.credit_entries
    (user_id, seq, kind, amount, counter_account, balance_after, ref, cause, created_at, hash)
  select m.user_id, m.seq, 'settle', -m.amount, 'usage', m.balance, m.ref, m.cause, m.updated_at, m.head_hash from moved m;

  for v_settlement in
    select s.hold, s.amount, s.ref, s.cause
    from unnest(p_holds, p_amounts, p_refs, p_causes) as s (hold, amount, ref, cause)
    join public.credit_holds h on h.id = s.hold and h.id = any (p_holds)
    where s.hold <> all (v_whole) order by h.user_id, s.hold
  loop
    perform private.settle_hold(v_settlement.hold, v_settlement.amount, v_settlement.ref, v_settlement.cause);
  end loop;
  return cardinality(p_holds);
end
$$;

create function private.complete_jobs(p_completions jsonb) returns table (attempt_id uuid, outcome text)
language plpgsql security definer set search_path = ''
  set plan_cache_mode = force_generic_plan set enable_hashjoin = off set enable_mergejoin = off set enable_seqscan = off set jit = off
as $$
#variable_conflict use_column
declare
  v_asked uuid[] := array(select (c ->> 'attempt')::uuid from jsonb_array_elements(p_completions) c);
  v_jobs uuid[] := array(select a.job_id from private.job_attempts a where a.id = any (v_asked));
  v_job record;
  v_attempts uuid[];
  v_holds uuid[];
  v_users uuid[];
  v_charges bigint[];
  v_refs text[];
  v_causes jsonb[];
  v_wrong boolean;
  v_user uuid;
begin
  perform from public.jobs j where j.id = any (v_jobs) order by j.id for no key update;
  perform from private.job_attempts a where a.id = any (v_asked) order by a.id for update;

  -- Those that are current; read after the locks, so nobody changes them any more.
  select array_agg(a.id order by j.id), array_agg(j.id order by j.id), array_agg(j.user_id order by j.id),
    array_agg(j.credits_per_output * n.outputs order by j.id), array_agg(concat('job:', j.id) order by j.id),
    -- The price at which it was reserved, whatever the model costs by now.
    array_agg(jsonb_build_object('model', j.model, 'outputs', n.outputs, 'credits_per_output', j.credits_per_output,
      'price', concat(j.price_subject, '@', j.price_version)) order by j.id),
    bool_or(n.outputs not between 1 and j.outputs_requested)
  into v_attempts, v_holds, v_users, v_charges, v_refs, v_causes, v_wrong
  from jsonb_to_recordset(p_completions) as c (attempt uuid, outputs jsonb)
  cross join lateral (select jsonb_array_length(c.outputs) as outputs) n
  join private.job_attempts a on a.id = c.attempt and a.id = any (v_asked) and a.state in ('starting', 'running')
  join public.jobs j on j.id = a.job_id and j.id = any (v_jobs) and j.attempt_id = a.id and j.status = 'running';
  if v_wrong then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"outputs": "A job succeeds with at least one output and at most what was asked for."}');
  end if;

  if v_attempts is not null then
    insert into public.job_outputs
      (job_id, position, user_id, path, content_type, bytes, sha256, width, height, duration_ms, thumb_path, thumb_bytes)
    select n.job, o.position, n.person, o.path, o.content_type, o.bytes, o.sha256, o.width, o.height, o.duration_ms,
      o.thumb_path, o.thumb_bytes
    from jsonb_to_recordset(p_completions) as c (attempt uuid, outputs jsonb)
    join unnest(v_attempts, v_holds, v_users) as n (attempt, job, person) on n.attempt = c.attempt
    cross join lateral jsonb_to_recordset(c.outputs) as o (position int, path text, content_type text, bytes bigint, sha256 text,
      width int, height int, duration_ms int, thumb_path text, thumb_bytes bigint);
    update private.job_attempts a set state = 'succeeded', provider_status = 'succeeded', ended_at = clock_timestamp(),
      metrics = c.metrics, cost_micros = private.provider_cost(a.model, a.started_at, jsonb_array_length(c.outputs), c.metrics)
    from jsonb_to_recordset(p_completions) as c (attempt uuid, outputs jsonb, metrics jsonb)
    where a.id = c.attempt and a.id = any (v_attempts);
    delete from private.job_leases where job_id = any (v_holds);
    with ended as (
      update public.jobs j set status = 'succeeded', finished_at = clock_timestamp(), credits_charged = n.charge
      from unnest(v_holds, v_charges) as n (job, charge) where j.id = n.job and j.id = any (v_holds)
      returning j.id, j.user_id, j.attempts
    )
    insert into public.job_events (job_id, user_id, event, actor, attempt)
    select e.id, e.user_id, 'succeeded', 'provider', e.attempts from ended e;
    perform private.settle_holds(v_holds, v_charges, v_refs, v_causes);
    for v_user in select distinct user_id from private.job_line where user_id = any (v_users) and waits_for = 'turn' order by 1 loop
      perform private.admit(v_user);
    end loop;
  end if;

  for v_job in
    select c.attempt, a.state, jsonb_array_length(c.outputs) as outputs, c.metrics
    from jsonb_to_recordset(p_completions) as c (attempt uuid, outputs jsonb, metrics jsonb)
    left join private.job_attempts a on a.id = c.attempt and a.id = any (v_asked)
  loop
    attempt_id := v_job.attempt;
    outcome := case when v_job.attempt = any (v_attempts) then 'settled' when v_job.state = 'succeeded' then 'already' else 'late' end;
    if outcome = 'late' then
      perform private.note_late(v_job.attempt, 'succeeded', v_job.outputs, v_job.metrics);
    end if;
    return next;
  end loop;
end
$$;
comment on function private.complete_jobs is 'Ends jobs with their stored outputs and charges for them, all in one transaction. p_completions: [{attempt, outputs, metrics}], each attempt once. Of each: settled; already, when it was before; late, when it is no longer current, which is recorded and never charged. KR004 for outputs that were not asked for, and then none is completed. Definer: as claim_jobs.';

create or replace function private.complete_job(p_attempt uuid, p_outputs jsonb, p_metrics jsonb) returns text
language plpgsql security definer set search_path = ''
as $$
begin
  return (select c.outcome from private.complete_jobs(jsonb_build_array(
    jsonb_build_object('attempt', p_attempt, 'outputs', p_outputs, 'metrics', p_metrics))) c);
end
$$;
comment on function private.complete_job is 'complete_jobs of one. Definer: as claim_jobs.';
revoke execute on function private.complete_jobs from public, anon, authenticated, service_role;
grant execute on function private.complete_jobs to service_role;
