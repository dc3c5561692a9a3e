-- What operators see of billing beside its journal, and what they do about it: comparisons with Stripe, tasks, prices. As in
-- ops_audit: each function begins by asking who calls and is bounded; what acts is in the audit log, in its own transaction.

create function public.operator_start_reconciliation(p_days int) returns text
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_operator uuid := private.require_operator();
begin
  if p_days is null or p_days not between 1 and 30 then
    perform private.refuse('KR004', 'From 1 to 30 days.', jsonb_build_object('days', 'must be from 1 to 30'));
  end if;
  -- Two who press at once are one.
  perform pg_advisory_xact_lock(hashtextextended('kredo.start_reconciliation', 0));
  if exists (select from private.tasks where kind = 'reconcile' and state = 'open' and (data ->> 'days')::int >= p_days) then
    return 'already';
  end if;
  perform private.add_task('reconcile', concat('reconcile:', v_operator, ':', extract(epoch from clock_timestamp())), null,
    jsonb_build_object('days', p_days));
  perform private.write_audit('reconciliation.started', 'reconciliation:stripe', jsonb_build_object('days', p_days));
  return 'queued';
end
$$;
comment on function public.operator_start_reconciliation is 'Has a worker compare the last days with Stripe''s lists; already: one over as many days waits or runs. KR004 {days}. Definer: as operator_account_id.';

create function public.operator_reconciliations(p_limit int default 20)
returns table (
  id bigint, started_at timestamptz, finished_at timestamptz, since timestamptz, compared int, repaired jsonb, error text
)
language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
begin
  perform private.require_operator();
  return query
    select r.id, r.started_at, r.finished_at, r.since, r.compared, r.repaired, r.error
    from private.reconciliations r order by r.id desc limit private.page_size(p_limit);
end
$$;
comment on function public.operator_reconciliations is 'Comparisons with Stripe''s lists, the latest first, and what each repaired. Definer: as operator_account_id.';

create function public.operator_tasks(p_state text, p_limit int default 50)
returns table (
  id bigint, kind text, key text, user_id uuid, email text, data jsonb, attempts int, run_at timestamptz, error text,
  created_at timestamptz, finished_at timestamptz
)
language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
begin
  perform private.require_operator();
  if p_state = 'failed' then
    return query
      select t.id, t.kind, t.key, t.user_id, private.email_of(t.user_id), t.data, t.attempts, t.run_at, t.error, t.created_at, t.finished_at
      from private.tasks t where t.state = 'failed' order by t.finished_at desc limit private.page_size(p_limit);
  else
    return query
      select t.id, t.kind, t.key, t.user_id, private.email_of(t.user_id), t.data, t.attempts, t.run_at, t.error, t.created_at, t.finished_at
      from private.tasks t where t.state = 'open' order by t.run_at limit private.page_size(p_limit);
  end if;
end
$$;
comment on function public.operator_tasks is 'Tasks that failed for good, the latest first; or those that wait, the next one first. Definer: as operator_account_id.';

create function public.operator_retry_task(p_task bigint) returns text
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_task private.tasks;
begin
  perform private.require_operator();
  select * into v_task from private.tasks where id = p_task for update;
  if not found then
    perform private.refuse('KR003', 'There is no such task.');
  end if;
  if v_task.state = 'done' then
    perform private.refuse('KR008', 'The task is done.');
  end if;
  if v_task.state = 'open' and v_task.run_at <= now() then
    return 'already';
  end if;
  -- attempts goes on counting, for it is the token of whoever works on it: after ten, each press is one try more.
  update private.tasks set state = 'open', finished_at = null, run_at = now() where id = p_task;
  perform private.write_audit('task.retried', concat('task:', p_task), jsonb_strip_nulls(jsonb_build_object(
    'key', v_task.key, 'user', v_task.user_id, 'state', v_task.state, 'error', v_task.error, 'attempts', v_task.attempts)));
  perform private.wake_worker();
  return 'queued';
end
$$;
comment on function public.operator_retry_task is 'Makes a task due that failed or waits; already: it is due. KR003, KR008 when it is done. Definer: as operator_account_id.';

create function public.operator_stripe_catalogue(p_livemode boolean)
returns table (plan text, cycle text, version int, price_cents bigint, valid_from timestamptz, on_sale boolean, stripe_id text, synced_at timestamptz)
language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
begin
  perform private.require_operator();
  return query
    select p.plan, p.cycle, p.version, p.price_cents, p.valid_from,
      n.active and p.version = (select max(o.version) from public.plan_prices o where o.plan = p.plan and o.cycle = p.cycle),
      c.stripe_id, c.synced_at
    from public.plan_prices p
    join public.plans n on n.id = p.plan
    left join private.stripe_catalogue c on c.livemode = p_livemode and c.subject = concat('price:', p.plan, ':', p.cycle, '@', p.version)
    order by n.rank, p.cycle, p.version desc limit 100;
end
$$;
comment on function public.operator_stripe_catalogue is 'Prices of plans, each with what Stripe calls it; without an id it was not synchronised yet and cannot be bought. Definer: as operator_account_id.';

-- Readiness --------------------------------------------------------------------------------------------------

-- A failed event is tried again for a day and a half. It counts for all of that time, and for an hour after the last try: by
-- when it came, it would have left the count while it still failed.
create or replace function private.readiness() returns jsonb
language sql stable security definer set search_path = ''
begin atomic
  select jsonb_build_object(
    'worker_seen_seconds', (select extract(epoch from now() - max(seen_at))::int from private.workers),
    'oldest_queued_seconds', (select coalesce(extract(epoch from now() - min(run_at))::int, 0)
      from public.jobs where status = 'queued' and run_at <= now()),
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
comment on function private.readiness is 'Whether work flows and the books agree: seconds since a worker was seen, age of the oldest due job, webhooks that failed and have had no success since (all that will be tried again, and those whose last try was within the hour), and what the invariants found: open breaches (the first ten), and how long ago the one that waits longest was checked. Definer: the web role sees nothing else of them.';

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
