-- Every price there ever was. An entry of the ledger says which version of which price is behind it, so that "why did
-- this cost two credits" has an answer long after the catalogue has changed.

create table public.credit_prices (
  subject text not null check (subject ~ '^(model:[a-z0-9-]+|pack:pack_[0-9]+)$'),
  version int not null check (version > 0),
  credits bigint not null check (credits > 0),
  price_cents bigint check (price_cents > 0),
  -- The clock and not now(): two changes in one transaction happened one after the other.
  valid_from timestamptz not null default clock_timestamp(),
  primary key (subject, version),
  check ((subject like 'pack:%') = (price_cents is not null))
);
comment on table public.credit_prices is 'Append-only, written by triggers on models and credit_packs. Of a model: credits for one output. Of a pack: the credits in it and price_cents, in USD cents. A version holds until the next one.';
alter table public.credit_prices enable row level security;
create policy "everyone reads every price" on public.credit_prices
  for select to anon, authenticated using (true);
revoke all on public.credit_prices from public, anon, authenticated, service_role;
grant select on public.credit_prices to anon, authenticated;

create function private.refuse_price_change() returns trigger
language plpgsql set search_path = ''
as $$
begin
  raise exception 'A price that was in force is never rewritten; change the model or the pack, which makes a new version.'
    using errcode = 'KR008';
end
$$;
comment on function private.refuse_price_change is 'Stops update, delete and truncate on credit_prices, for every role.';
create trigger credit_prices_append_only before update or delete on public.credit_prices
  for each row execute function private.refuse_price_change();
create trigger credit_prices_no_truncate before truncate on public.credit_prices
  for each statement execute function private.refuse_price_change();

create function private.record_price(p_subject text, p_credits bigint, p_price_cents bigint) returns void
language plpgsql set search_path = ''
as $$
declare
  v_last public.credit_prices;
begin
  select * into v_last from public.credit_prices where subject = p_subject order by version desc limit 1;
  if found and v_last.credits = p_credits and v_last.price_cents is not distinct from p_price_cents then
    return;
  end if;
  insert into public.credit_prices (subject, version, credits, price_cents)
  values (p_subject, coalesce(v_last.version, 0) + 1, p_credits, p_price_cents);
end
$$;
comment on function private.record_price is 'Appends the next version of a price, unless it is the one in force. The lock on the model''s or the pack''s row lets one change at a time come here.';

create function private.record_model_price() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform private.record_price(concat('model:', new.slug), new.credits, null);
  return null;
end
$$;
comment on function private.record_model_price is 'Keeps credit_prices in step with the catalogue.';

create function private.record_pack_price() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform private.record_price(concat('pack:', new.id), new.credits, new.price_cents);
  return null;
end
$$;
comment on function private.record_pack_price is 'Keeps credit_prices in step with the packs.';

-- What was charged or quoted so far, in its order, and what is in force now: one version for each run of one price.
insert into public.credit_prices (subject, version, credits, price_cents, valid_from)
select subject, row_number() over (partition by subject order by at), credits, price_cents, at
from (
  select seen.*, lag(credits) over w is distinct from credits or lag(price_cents) over w is distinct from price_cents as changed
  from (
    select concat('model:', model) as subject, credits_per_output as credits, null::bigint as price_cents, created_at as at
    from public.jobs
    union all
    select concat('model:', slug), credits, null, now() from public.models
    union all
    select concat('pack:', pack), credits, price_cents, created_at from public.checkout_sessions
    union all
    select concat('pack:', id), credits, price_cents, now() from public.credit_packs
  ) as seen
  window w as (partition by subject order by at)
) as history
where changed;

-- After rows, not before: an insert that turns into an update, as seed.sql's do, fires only what it became.
create trigger models_price after insert or update of slug, credits on public.models
  for each row execute function private.record_model_price();
create trigger credit_packs_price after insert or update of id, credits, price_cents on public.credit_packs
  for each row execute function private.record_pack_price();

create function private.price_version(p_subject text, p_credits bigint, p_price_cents bigint default null) returns int
language sql stable set search_path = ''
return (
  select max(version) from public.credit_prices
  where subject = p_subject and credits = p_credits and price_cents is not distinct from p_price_cents
);
comment on function private.price_version is 'The latest version with exactly this price. Found by the price and not by being the newest: a price may change between two statements, and what is recorded is the price that is charged.';

-- The first version is the default while the column is added, which touches no row; the few of other prices follow.
-- An ended job is never written to, except here.
alter table public.jobs
  add column price_version int not null default 1,
  add column price_subject text generated always as ('model:' || model) stored;
alter table public.jobs disable trigger jobs_guard_status;
update public.jobs set price_version = p.version
from (
  select subject, credits, version, valid_from, lead(valid_from) over (partition by subject order by version) as valid_to
  from public.credit_prices
) as p
where p.subject = jobs.price_subject and p.credits = jobs.credits_per_output and p.version > 1
  and jobs.created_at >= p.valid_from and (p.valid_to is null or jobs.created_at < p.valid_to);
alter table public.jobs enable trigger jobs_guard_status;
-- Without an index of their own: a price is never removed, so nobody looks from a price for its jobs.
alter table public.jobs
  alter column price_version drop default,
  add constraint jobs_price_fkey foreign key (price_subject, price_version) references public.credit_prices (subject, version);
comment on column public.jobs.price_version is 'Of credit_prices, with price_subject: the price at which this was reserved and will be charged.';
grant select (price_version) on public.jobs to authenticated;

alter table public.checkout_sessions
  add column price_version int not null default 1,
  add column price_subject text generated always as ('pack:' || pack) stored;
update public.checkout_sessions set price_version = p.version
from (
  select subject, credits, price_cents, version, valid_from,
    lead(valid_from) over (partition by subject order by version) as valid_to
  from public.credit_prices
) as p
where p.subject = checkout_sessions.price_subject and p.credits = checkout_sessions.credits
  and p.price_cents = checkout_sessions.price_cents and p.version > 1
  and checkout_sessions.created_at >= p.valid_from and (p.valid_to is null or checkout_sessions.created_at < p.valid_to);
alter table public.checkout_sessions
  alter column price_version drop default,
  add constraint checkout_sessions_price_fkey foreign key (price_subject, price_version)
    references public.credit_prices (subject, version);
comment on column public.checkout_sessions.price_version is 'Of credit_prices, with price_subject: the price that Stripe''s page showed.';

-- One parameter more, the last and optional: calls of the old form mean what they meant.
drop function public.enqueue_job(text, jsonb, text, text);
create function public.enqueue_job(
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

  perform private.reserve_credits(v_user, v_price, v_job);
  -- After the reservation, whose lock on the account lets one request of a person count at a time.
  if (select count(*) from public.jobs where user_id = v_user and status in ('queued', 'running'))
      >= private.setting_int('live_jobs_per_user') then
    perform private.refuse('KR007', 'Too many jobs are running; wait for one to end.', '{"retry_after": 10}');
  end if;

  insert into public.jobs
    (id, user_id, model, kind, input, outputs_requested, credits_per_output, credits_reserved, price_version)
  values (v_job, v_user, v_model.slug, v_model.kind, p_input, v_outputs, v_model.credits, v_price,
    private.price_version(concat('model:', v_model.slug), v_model.credits));
  perform private.queue_job(v_job, 0);
  perform private.wake_worker();
  return query select v_job, false;
end
$$;
comment on function public.enqueue_job is 'Reserves the price and queues the job, both or neither. Same key: the first job, replayed true. With an expected price that is no longer the price: KR008, and nothing happens. KR001, KR002, KR004–KR008. Definer: people hold no write right on jobs or ledger.';
revoke execute on function public.enqueue_job from public, anon, authenticated, service_role;
grant execute on function public.enqueue_job to authenticated;

create or replace function private.complete_job(p_attempt uuid, p_outputs jsonb, p_metrics jsonb) returns text
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
  -- The price at which it was reserved, whatever the model costs by now.
  perform private.settle_hold(v_job.id, v_charge, concat('job:', v_job.id), jsonb_build_object(
    'model', v_job.model, 'outputs', v_count, 'credits_per_output', v_job.credits_per_output,
    'price', concat(v_job.price_subject, '@', v_job.price_version)));
  return 'settled';
end
$$;

create or replace function private.open_checkout(p_user uuid, p_pack text, p_idempotency_key text, p_request_hash text)
returns table (
  checkout_id uuid, stripe_session_id text, url text, status text, credits bigint, price_cents bigint, replayed boolean
)
language plpgsql security definer set search_path = ''
as $$
declare
  v_checkout uuid := gen_random_uuid();
  v_first text;
  v_pack public.credit_packs;
begin
  if p_idempotency_key is not null then
    v_first := private.claim_idempotency_key(concat('checkout:', p_user), p_idempotency_key,
      coalesce(p_request_hash, ''), v_checkout::text);
  end if;
  if v_first is null then
    if exists (select from public.profiles p where p.id = p_user and p.status = 'banned') then
      perform private.refuse('KR005', 'This account cannot buy credits.');
    end if;
    select * into v_pack from public.credit_packs k where k.id = p_pack and k.active;
    if not found then
      perform private.refuse('KR004', 'Some fields are not valid.', '{"pack": "There is no such pack."}');
    end if;
    insert into public.checkout_sessions as c (id, user_id, pack, credits, price_cents, price_version)
    values (v_checkout, p_user, v_pack.id, v_pack.credits, v_pack.price_cents,
      private.price_version(concat('pack:', v_pack.id), v_pack.credits, v_pack.price_cents));
  end if;
  return query
    select c.id, c.stripe_session_id, c.url, c.status, c.credits, c.price_cents, v_first is not null
    from public.checkout_sessions c where c.id = coalesce(v_first::uuid, v_checkout);
end
$$;

create or replace function private.apply_stripe_checkout(
  p_event_id text, p_event_type text, p_livemode boolean, p_payload jsonb, p_session jsonb
) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  v_seen text;
  v_checkout public.checkout_sessions;
  -- What the customer's bank knows it by; a session without a charge has no payment intent.
  v_payment text := coalesce(p_session ->> 'payment_intent', p_session ->> 'id');
  v_effect text;
  v_verdict text := 'applied';
  v_error text;
begin
  v_seen := private.receive_webhook('stripe', p_event_id, p_event_type, p_payload);
  if v_seen = 'done' then
    return 'duplicate';
  end if;

  select * into v_checkout from public.checkout_sessions
  where id = private.uuid_or_null(p_session #>> '{metadata,checkout_id}') for update;

  if not found then
    v_verdict := 'ignored';
    v_effect := 'ignored';
    v_error := 'No purchase of ours has this session.';
  elsif v_checkout.stripe_session_id is distinct from (p_session ->> 'id') and v_checkout.stripe_session_id is not null
      or (p_session #>> '{metadata,user_id}') is distinct from v_checkout.user_id::text
      or (p_session ->> 'amount_total')::bigint is distinct from v_checkout.price_cents
      or (p_session ->> 'currency') is distinct from 'usd' then
    v_verdict := 'failed';
    v_effect := 'mismatch';
    v_error := 'Session, person, amount or currency differ from the purchase.';
  elsif v_checkout.status = 'paid' then
    v_effect := 'already_credited';
  elsif (p_session ->> 'payment_status') in ('paid', 'no_payment_required') then
    perform private.grant_credits(v_checkout.user_id, v_checkout.credits, 'topup', 'stripe',
      concat('checkout:', v_checkout.id),
      jsonb_build_object('pack', v_checkout.pack, 'price_cents', v_checkout.price_cents, 'currency', 'usd',
        'price', concat(v_checkout.price_subject, '@', v_checkout.price_version),
        'payment', v_payment, 'stripe_session', p_session ->> 'id', 'livemode', p_livemode),
      concat('stripe:', v_payment, ':topup'));
    v_effect := 'credited';
    update public.checkout_sessions set status = 'paid', credited_at = now(),
      stripe_session_id = p_session ->> 'id', payment_intent = p_session ->> 'payment_intent'
    where id = v_checkout.id;
  elsif p_event_type = 'checkout.session.async_payment_failed' then
    v_effect := 'failed';
    update public.checkout_sessions set status = 'failed', stripe_session_id = p_session ->> 'id' where id = v_checkout.id;
  elsif (p_session ->> 'status') = 'expired' then
    v_effect := 'expired';
    update public.checkout_sessions set status = 'expired', stripe_session_id = p_session ->> 'id' where id = v_checkout.id;
  elsif (p_session ->> 'status') = 'complete' then
    v_effect := 'waiting';
    -- A delayed payment that failed stays failed, even when the news of its start comes last.
    update public.checkout_sessions set status = 'processing', stripe_session_id = p_session ->> 'id'
    where id = v_checkout.id and status <> 'failed';
  else
    v_effect := 'ignored';
    v_verdict := 'ignored';
  end if;

  update private.webhook_events set verdict = v_verdict, effect = v_effect, error = v_error, processed_at = now()
  where source = 'stripe' and event_id = p_event_id;
  return v_effect;
end
$$;

create function private.free_allowance() returns bigint
language sql stable security definer set search_path = ''
return private.setting_int('free_allowance_credits');
comment on function private.free_allowance is 'What a new account gets, for the pages that promise it. Definer: the web role sees no other setting.';
revoke execute on function private.free_allowance from public, anon, authenticated, service_role;
grant execute on function private.free_allowance to kredo_web;
