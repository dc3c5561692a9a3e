-- What a plan includes, checked and counted in one statement, so that two requests cannot both take the last place. A period
-- rolls over by itself: the month is part of the key, and a new month has no row yet.
-- Generations of Free and Pro are the allowance itself, lots in the ledger, and packs go beyond it; those of an unlimited
-- plan are covered by the plan, job by job, so that the ledger tells of each of them.

create table public.entitlement_usage (
  user_id uuid not null references public.credit_accounts (user_id),
  entitlement text not null check (entitlement in ('generations', 'datasets', 'trainings', 'predictions')),
  starts_at timestamptz not null,
  ends_at timestamptz,
  used bigint not null default 0 check (used >= 0),
  warned int not null default 0 check (warned in (0, 80, 100)),
  primary key (user_id, entitlement, starts_at)
);
comment on table public.entitlement_usage is 'What was used in a month; of datasets, what is used now (starts_at -infinity). warned: the percentage of which the person was told.';
alter table public.entitlement_usage enable row level security;
create policy "people read their own usage" on public.entitlement_usage
  for select to authenticated using ((select auth.uid()) = user_id);
revoke all on public.entitlement_usage from public, anon, authenticated, service_role;
grant select on public.entitlement_usage to authenticated;

create index credit_grants_plan on public.credit_grants (user_id, expires_at) where source = 'plan';

create function private.warn_of_usage(
  p_user uuid, p_entitlement text, p_starts timestamptz, p_used bigint, p_maximum bigint, p_ends timestamptz
) returns void
language plpgsql set search_path = ''
as $$
declare
  v_percent int := case when p_used >= p_maximum then 100 when p_used * 100 >= p_maximum * 80 then 80 else 0 end;
begin
  if v_percent = 0 then
    return;
  end if;
  update public.entitlement_usage set warned = v_percent
  where user_id = p_user and entitlement = p_entitlement and starts_at = p_starts and warned < v_percent;
  if found then
    perform private.add_mail(p_user, 'usage_warning', concat(p_user, ':', p_entitlement, ':', extract(epoch from p_starts), ':', v_percent),
      jsonb_build_object('entitlement', p_entitlement, 'percent', v_percent, 'used', p_used, 'limit', p_maximum, 'resets_at', p_ends));
  end if;
end
$$;
comment on function private.warn_of_usage is 'Tells a person once at 80 % and once at 100 %. Null maximum: never.';

create function private.take_of_plan(
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
    v_rate := private.take_rate_limit('plan_rate', p_user::text, v_maximum::int, 60);
    if not v_rate.allowed then
      perform private.refuse('KR007', format('Your plan allows %s jobs a minute; wait a moment.', v_maximum),
        jsonb_build_object('retry_after', v_rate.retry_after_seconds));
    end if;
    return v_maximum - v_rate.remaining;
  elsif p_entitlement = 'concurrency' then
    -- Derived from the jobs themselves. The caller holds the account's lock, so one request of a person counts at a time.
    v_used := (select count(*) from public.jobs where user_id = p_user and status in ('queued', 'running')) + p_amount;
    if v_used > v_maximum then
      perform private.refuse('KR007', format('Your plan runs %s jobs at once; wait for one to end.', v_maximum), '{"retry_after": 10}');
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
comment on function private.take_of_plan is 'take_entitlement, for who knows the plan already.';

create function private.take_entitlement(p_user uuid, p_entitlement text, p_amount bigint default 1) returns bigint
language sql volatile security definer set search_path = ''
begin atomic
  select private.take_of_plan(p_user, p.plan, p.starts_at, p.ends_at, p_entitlement, p_amount) from private.plan_in_force(p_user) p;
end;
comment on function private.take_entitlement is 'Checks and counts what a plan includes, in one statement; returns what is used now. KR009 with {entitlement, used, limit, resets_at} when it is used up, KR007 for rate and concurrency. Definer: usage is nobody''s to write.';

create function private.give_back_entitlement(p_user uuid, p_entitlement text, p_amount bigint, p_starts timestamptz default null) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update public.entitlement_usage set used = greatest(0, used - p_amount)
  where user_id = p_user and entitlement = p_entitlement and starts_at = case when p_entitlement = 'datasets' then '-infinity'
    else coalesce(p_starts, (private.plan_in_force(p_user)).starts_at) end;
end;
comment on function private.give_back_entitlement is 'What was counted and did not happen, or is no more. p_starts: the month in which it was counted. Definer: as take_entitlement.';

create function private.allowance_in_force(p_user uuid, p_plan text, out granted bigint, out used bigint)
language sql stable set search_path = ''
begin atomic
  -- Of the plan in force and no other: whoever comes from Free keeps those lots, and they are not what Pro includes. What holds
  -- have drawn counts as used, and comes back with them. The first month of Free is the welcome at sign-up.
  select coalesce(sum(g.amount), 0)::bigint, coalesce(sum(g.amount - g.remaining), 0)::bigint
  from public.credit_grants g
  where g.user_id = p_user and g.entry_seq is not null and case p_plan
    when 'free' then g.source = 'plan' and g.ref like 'free:%' and g.expires_at > private.clock()
      or g.number = 1 and g.ref = 'signup' and private.clock() < g.effective_at + interval '1 month'
    else g.source = 'plan' and g.expires_at > private.clock() and exists (
      select from private.plan_allowances a where a.user_id = g.user_id and a.entry_seq = g.entry_seq and a.plan = p_plan)
    end;
end;
comment on function private.allowance_in_force is 'The allowances of a plan whose month is now: credits granted and used.';

create function private.note_generations(p_user uuid, p_plan text, p_starts timestamptz, p_ends timestamptz) returns void
language plpgsql set search_path = ''
as $$
declare
  v_allowance record := private.allowance_in_force(p_user, p_plan);
begin
  if v_allowance.granted = 0 or v_allowance.used * 100 < v_allowance.granted * 80 then
    return;
  end if;
  insert into public.entitlement_usage (user_id, entitlement, starts_at, ends_at)
  values (p_user, 'generations', p_starts, p_ends) on conflict do nothing;
  perform private.warn_of_usage(p_user, 'generations', p_starts, v_allowance.used, v_allowance.granted, p_ends);
end
$$;
comment on function private.note_generations is 'Tells whoever has used most of their allowance.';

create function public.read_usage() returns table (entitlement text, used bigint, maximum bigint, resets_at timestamptz)
language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user uuid := auth.uid();
  v_plan record := private.plan_in_force(v_user);
  v_allowance record := private.allowance_in_force(v_user, v_plan.plan);
begin
  return query
    select e.entitlement,
      case e.entitlement
        when 'concurrency' then (select count(*) from public.jobs j where j.user_id = v_user and j.status in ('queued', 'running'))
        when 'rate' then coalesce((select r.hits::bigint from private.rate_limits r
          where r.bucket = 'plan_rate' and r.key = v_user::text and r.window_start > now() - interval '1 minute'), 0)
        when 'generations' then case when e.maximum is null then coalesce(u.used, 0) else v_allowance.used end
        else coalesce(u.used, 0) end,
      -- Of generations, what was granted: less in a trial, nothing yet where the payment failed.
      case when e.entitlement = 'generations' and e.maximum is not null and (v_plan.plan <> 'free' or v_allowance.granted > 0)
        then v_allowance.granted else e.maximum end,
      case when e.entitlement in ('generations', 'trainings', 'predictions') then v_plan.ends_at
        when e.entitlement = 'rate' then (select r.window_start + interval '1 minute' from private.rate_limits r
          where r.bucket = 'plan_rate' and r.key = v_user::text and r.window_start > now() - interval '1 minute') end
    from (
      select n.name as entitlement, n.place, private.maximum_of(v_plan.plan, n.name, v_plan.starts_at) as maximum
      from unnest(array['generations', 'datasets', 'trainings', 'predictions', 'concurrency', 'rate']) with ordinality as n (name, place)
    ) e
    left join public.entitlement_usage u on u.user_id = v_user and u.entitlement = e.entitlement
      and u.starts_at = case when e.entitlement = 'datasets' then '-infinity' else v_plan.starts_at end
    order by e.place;
end
$$;
comment on function public.read_usage is 'The caller''s usage of everything their plan includes. maximum null: unlimited; resets_at null: it does not reset. Definer: reads the limits'' counters.';

create function public.read_plan() returns table (
  plan text, status text, cycle text, subscription text, starts_at timestamptz, ends_at timestamptz,
  current_period_end timestamptz, cancel_at timestamptz, trial_ends_at timestamptz, grace_ends_at timestamptz,
  price_cents bigint, open_invoice text, ordered_plan text, chosen_at timestamptz, clock timestamptz, had_trial boolean
)
language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  v_user uuid := auth.uid();
  v_plan record := private.plan_in_force(v_user);
begin
  -- What the person is on, beside the subscription behind it: the one in force, or the newest that has a problem or has ended.
  return query
    select v_plan.plan, s.status, s.cycle, s.id, v_plan.starts_at, v_plan.ends_at, s.current_period_end, s.cancel_at,
      s.trial_ends_at, case when s.status = 'past_due' then private.grace_end(s.past_due_since) end, p.price_cents,
      (select i.hosted_url from public.invoices i where i.id = s.latest_invoice and i.status = 'open'),
      s.plan, (
        select max(i.issued_at) from public.invoices i
        where i.subscription = s.id and i.reason in ('subscription_create', 'subscription_update') and i.total_cents > 0
      ), private.clock(), exists (select from public.subscriptions t where t.user_id = v_user and t.trial_ends_at is not null)
    from (select) one
    left join lateral (
      select * from public.subscriptions s where s.user_id = v_user
      order by s.id is not distinct from v_plan.subscription desc,
        s.status in ('trialing', 'active', 'past_due') desc, s.created_at desc, s.id desc limit 1
    ) s on true
    left join public.plan_prices p on p.plan = s.plan and p.cycle = s.cycle and p.version = s.price_version;
end
$$;
comment on function public.read_plan is 'The caller''s plan in force, and the subscription behind it or the newest one. ordered_plan: the plan of that subscription; chosen_at: when it was last paid for by choice rather than by renewal. Definer: reads the grace setting and the clock.';

-- Jobs -------------------------------------------------------------------------------------------------------

alter table public.jobs add column covered_by_plan boolean not null default false;
comment on column public.jobs.covered_by_plan is 'An unlimited plan pays: the credits came from the plan for this job alone.';
grant select (covered_by_plan) on public.jobs to authenticated;
delete from private.settings where key = 'live_jobs_per_user';

create or replace function public.enqueue_job(
  p_model text, p_input jsonb, p_idempotency_key text default null, p_request_hash text default null,
  p_expected_credits bigint default null
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
  v_price bigint;
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
  v_price := v_model.credits * v_outputs;
  if p_expected_credits <> v_price then
    perform private.refuse('KR008',
      format('The price is not what was expected: in credits, %s instead of %s. Nothing was reserved.', v_price, p_expected_credits),
      jsonb_build_object('credits', v_price, 'expected_credits', p_expected_credits));
  end if;

  v_plan := private.plan_in_force(v_user);
  v_covered := private.cover_by_plan(v_user, v_plan.plan, v_plan.subscription, v_plan.starts_at, v_price, v_job);
  perform private.reserve_credits(v_user, v_price, v_job);
  -- After the reservation, whose lock on the account lets one request of a person count at a time.
  perform private.take_of_plan(v_user, v_plan.plan, v_plan.starts_at, v_plan.ends_at, 'concurrency', 1);
  perform private.take_of_plan(v_user, v_plan.plan, v_plan.starts_at, v_plan.ends_at, 'rate', 1);

  insert into public.jobs
    (id, user_id, model, kind, input, outputs_requested, credits_per_output, credits_reserved, price_version, covered_by_plan)
  values (v_job, v_user, v_model.slug, v_model.kind, p_input, v_outputs, v_model.credits, v_price,
    private.price_version(concat('model:', v_model.slug), v_model.credits), v_covered);
  if not v_covered then
    perform private.note_generations(v_user, v_plan.plan, v_plan.starts_at, v_plan.ends_at);
    perform private.consider_topup(v_user);
  end if;
  perform private.queue_job(v_job, 0);
  perform private.wake_worker();
  return query select v_job, false;
end
$$;
comment on function public.enqueue_job is 'Reserves the price and queues the job, both or neither. An unlimited plan pays for it, within its rate and concurrency. Same key: the first job, replayed true. With an expected price that is no longer the price: KR008, and nothing happens. KR001, KR002, KR004–KR009. Definer: people hold no write right on jobs or ledger.';

create function private.is_disputed(p_subscription text) returns boolean
language sql stable set search_path = ''
return exists (
  select from public.subscriptions s
  join public.invoices i on i.subscription = s.id and i.issued_at >= s.current_period_start
  join public.payments p on p.invoice = i.id
  where s.id = p_subscription and p.dispute in ('open', 'lost')
);
comment on function private.is_disputed is 'Whether the money of a subscription''s present period was taken back from us, or may be.';

create function private.cover_by_plan(
  p_user uuid, p_plan text, p_subscription text, p_starts timestamptz, p_credits bigint, p_job uuid
) returns boolean
language plpgsql set search_path = ''
as $$
declare
  v_debt bigint;
begin
  if private.maximum_of(p_plan, 'generations', p_starts) is not null then
    return false;
  end if;
  v_debt := (private.lock_account(p_user)).debt;
  -- Or the plan would pay the debt instead of the job.
  if v_debt > 0 then
    perform private.refuse('KR006', 'This account owes credits; buy a pack to clear the debt first.', jsonb_build_object('debt', v_debt));
  end if;
  -- Of a plan with an allowance a dispute takes the credits; here there are none to take, and a year would go on for nothing.
  if private.is_disputed(p_subscription) then
    perform private.refuse('KR009', 'The payment for this plan is disputed; the plan covers nothing until that is settled for us.',
      jsonb_build_object('entitlement', 'generations', 'limit', 0, 'used', 0, 'resets_at', null, 'plan', p_plan));
  end if;
  perform private.take_entitlement(p_user, 'generations', p_credits);
  -- A lot for this job alone: of the highest priority, so that the reservation draws on it, and over at once, so that what the
  -- job gives back ends there instead of becoming credits to spend.
  perform private.grant_credits(p_user, p_credits, 'grant', 'plan', concat('plan:job:', p_job),
    jsonb_build_object('rule', 'an unlimited plan covers its generations', 'plan', p_plan, 'subscription', p_subscription),
    concat('grant:job:', p_job), 100, null, private.clock() + interval '1 microsecond');
  return true;
end
$$;
comment on function private.cover_by_plan is 'Whether the plan pays for a job, and if so the credits for it. KR006 in debt, KR009 while its own payment is disputed.';

create function private.end_cover(p_hold public.credit_holds, p_credits bigint) returns void
language plpgsql set search_path = ''
as $$
declare
  v_grant public.credit_grants;
begin
  update public.credit_grants set expired = expired + p_credits
  where user_id = p_hold.user_id and number = p_hold.grants[1] returning * into v_grant;
  perform private.append_entry(p_hold.user_id, 'expiry', 'expiry', concat('grant:', v_grant.number), jsonb_build_object(
    'rule', 'unspent credits of a grant end with it', 'grant', v_grant.number, 'source', v_grant.source, 'expires_at', v_grant.expires_at),
    0, -p_credits, 0);
end
$$;
comment on function private.end_cover is 'What a covered job gives back ends where it is held. Were it made available first, as of any other job, it would pay what the person owes. The caller holds the account''s lock.';

create function private.is_covered(p_job uuid) returns boolean
language sql stable set search_path = ''
return exists (select from public.jobs where id = p_job and covered_by_plan);
comment on function private.is_covered is 'Whether an unlimited plan pays for a job.';

-- The two ways in which a hold ends, with the rule for covered jobs put in; supabase/schema.sql shows the result.
do $$
begin
  execute replace(pg_get_functiondef('private.release_hold'::regproc),
    $w$  v_repaid := least($w$,
    $w$  if private.is_covered(p_hold) then
    perform private.lock_account(v_hold.user_id);
    perform private.end_cover(v_hold, v_hold.amount);
    return v_hold.amount;
  end if;
  v_repaid := least($w$);
  execute replace(pg_get_functiondef('private.settle_hold'::regproc),
    $w$  if v_return > 0 then
    v_repaid :=$w$,
    $w$  if v_return > 0 and private.is_covered(p_hold) then
    perform private.lock_account(v_hold.user_id);
    perform private.append_entry(v_hold.user_id, 'settle', 'usage', p_ref, p_cause, 0, -p_amount, 0);
    perform private.end_cover(v_hold, v_return);
    return p_amount;
  end if;
  if v_return > 0 then
    v_repaid :=$w$);
end
$$;

create function private.return_generations() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  perform private.give_back_entitlement(new.user_id, 'generations', new.credits_reserved - new.credits_charged, u.starts_at)
  from public.entitlement_usage u
  where u.user_id = new.user_id and u.entitlement = 'generations' and new.created_at + (private.clock() - now()) >= u.starts_at
  order by u.starts_at desc limit 1;
  return null;
end
$$;
comment on function private.return_generations is 'What an unlimited plan covered and the job did not need is not counted. Definer: as take_entitlement.';
create trigger jobs_return_generations after update of status on public.jobs
  for each row when (new.covered_by_plan and new.finished_at is not null and new.credits_charged < new.credits_reserved)
  execute function private.return_generations();

-- Intents ----------------------------------------------------------------------------------------------------

create function private.open_plan_checkout(p_user uuid, p_plan text, p_cycle text, p_idempotency_key text, p_request_hash text, p_livemode boolean)
returns table (checkout_id uuid, stripe_session_id text, url text, stripe_price text, trial_days int, replayed boolean)
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  v_checkout uuid := gen_random_uuid();
  v_first text;
  v_price public.plan_prices;
begin
  if p_idempotency_key is not null then
    v_first := private.claim_idempotency_key(concat('checkout:', p_user), p_idempotency_key,
      coalesce(p_request_hash, ''), v_checkout::text);
  end if;
  if v_first is null then
    if exists (select from public.profiles p where p.id = p_user and p.status <> 'active') then
      perform private.refuse('KR005', 'This account cannot subscribe at the moment.');
    end if;
    v_price := private.price_on_sale(p_plan, p_cycle);
    if v_price.plan is null then
      perform private.refuse('KR004', 'Some fields are not valid.', '{"plan": "There is no such plan."}');
    end if;
    if exists (select from public.subscriptions s where s.user_id = p_user and s.status in ('trialing', 'active', 'past_due')) then
      perform private.refuse('KR008', 'You have a plan already; change it instead of buying a second one.');
    end if;
    insert into public.checkout_sessions (id, user_id, kind, plan, cycle, credits, price_cents, price_version)
    values (v_checkout, p_user, 'plan', p_plan, p_cycle, 0, v_price.price_cents, v_price.version);
  end if;
  return query
    select c.id, c.stripe_session_id, c.url,
      private.stripe_id_of(p_livemode, concat('price:', c.plan, ':', c.cycle, '@', c.price_version)),
      -- One trial in a lifetime.
      case when exists (select from public.subscriptions s where s.user_id = p_user) then 0
        else (select p.trial_days from public.plans p where p.id = c.plan) end,
      v_first is not null
    from public.checkout_sessions c where c.id = coalesce(v_first::uuid, v_checkout);
end
$$;
comment on function private.open_plan_checkout is 'Writes the intent to subscribe. Same key: the first one, replayed. KR002, KR004, KR005, KR008. Definer, for the web role alone, which passes the signed-in user.';

create function private.open_card_checkout(p_user uuid) returns uuid
language sql volatile security definer set search_path = ''
begin atomic
  insert into public.checkout_sessions (user_id, kind, credits, price_cents) values (p_user, 'card', 0, 0) returning id;
end;
comment on function private.open_card_checkout is 'Writes the intent to keep a card, for auto top-up. Definer: as open_plan_checkout.';

create function private.other_open_sessions(p_user uuid, p_kind text, p_except uuid) returns setof text
language sql stable security definer set search_path = ''
begin atomic
  select c.stripe_session_id from public.checkout_sessions c
  where c.user_id = p_user and c.kind = p_kind and c.status = 'open' and c.id <> p_except and c.stripe_session_id is not null
    and c.created_at > private.clock() - interval '2 days'
  order by c.created_at desc limit 10;
end;
comment on function private.other_open_sessions is 'Pages of Stripe that are still open for the same thing: they are closed when a new one is opened. Definer: as open_plan_checkout.';

revoke execute on function private.warn_of_usage, private.take_of_plan, private.take_entitlement, private.give_back_entitlement,
  private.allowance_in_force, private.note_generations, public.read_usage, public.read_plan, private.is_disputed, private.cover_by_plan,
  private.end_cover, private.is_covered, private.return_generations, private.open_plan_checkout, private.open_card_checkout, private.other_open_sessions
  from public, anon, authenticated, service_role;
grant execute on function public.read_usage, public.read_plan to authenticated;
grant execute on function private.take_entitlement, private.give_back_entitlement to service_role;
grant execute on function private.open_plan_checkout, private.open_card_checkout, private.other_open_sessions to kredo_web;

create or replace function private.free_allowance() returns bigint
language sql stable security definer set search_path = ''
return private.maximum_of('free', 'generations');
comment on function private.free_allowance is 'What a new account gets, and Free each month, for the pages that promise it. Definer: the web role reads no table as itself.';

-- The welcome is the first month of Free: as many credits, but they do not end, for nobody should lose what was promised at
-- sign-up while they were finding their way. From the second month on see private.renew_allowances.
create or replace function private.open_account() returns trigger
language plpgsql security definer set search_path = ''
as $$
declare
  v_welcome bigint := private.free_allowance();
begin
  insert into public.profiles (id, email, display_name, locale)
  values (
    new.id,
    coalesce(new.email, ''),
    left(coalesce(new.raw_user_meta_data ->> 'display_name', ''), 80),
    case when new.raw_user_meta_data ->> 'locale' = 'pl' then 'pl' else 'en' end
  );
  insert into public.credit_accounts (user_id) values (new.id);
  if v_welcome > 0 then
    perform private.grant_credits(new.id, v_welcome, 'grant', 'promo', 'signup',
      jsonb_build_object('rule', 'free allowance of a new account'), concat('grant:', new.id, ':signup'), p_priority => 70);
  end if;
  return new;
end
$$;
alter table public.profiles alter column created_at set default private.clock();
delete from private.settings where key = 'free_allowance_credits';
