-- The inbox, complete: events of both modes apart, failures kept and tried again with backoff, replay by an operator after
-- a look at what it would do. Payloads hold what a person needs to understand an event and nothing about people: they
-- are minimised before they come here (domain/billing/stripe/minimise-event.ts), since an event's truth is fetched anyway.

alter table private.webhook_events
  add column livemode boolean,
  add column occurred_at timestamptz,
  add column retry_at timestamptz;
comment on column private.webhook_events.retry_at is 'When a failed event is due to be tried again; null when it is not, or not any more.';
create index webhook_events_retry on private.webhook_events (retry_at) where retry_at is not null;

create function private.begin_stripe_event(p_event_id text, out verdict text, out ticket bigint)
language plpgsql security definer set search_path = ''
as $$
begin
  select e.verdict into verdict from private.webhook_events e where e.source = 'stripe' and e.event_id = p_event_id;
  ticket := nextval('private.stripe_tickets');
end
$$;
comment on function private.begin_stripe_event is 'Before Stripe is asked: what is known of the event (null: new), and a ticket for what will be fetched. Definer: the inbox is nobody''s to read.';

create function private.next_try(p_attempts int) returns timestamptz
language plpgsql stable set search_path = ''
as $$
begin
  -- Half a minute, a minute, two … six hours at most; twelve tries, about a day and a half.
  return case when p_attempts < 12 then now() + make_interval(secs => least(21600, 30 * power(2, p_attempts - 1))) end;
end
$$;
comment on function private.next_try is 'When an event that failed so many times is due again; null: it is given up.';

create or replace function private.finish_webhook(p_source text, p_event_id text, p_verdict text, p_error text) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update private.webhook_events set verdict = p_verdict, error = left(p_error, 1000), processed_at = now(),
    retry_at = case when p_verdict = 'failed' and source = 'stripe' then private.next_try(attempts) end
  where source = p_source and event_id = p_event_id and verdict <> 'applied';
end;

-- Replaced in one step by what follows: one way in for every kind of event.
drop function private.apply_stripe_checkout(text, text, boolean, jsonb, jsonb);

create function private.apply_stripe_facts(p_event_type text, p_livemode boolean, p_ticket bigint, p_facts jsonb,
  out effects text[], out error text)
language plpgsql set search_path = ''
as $$
declare
  v_part record;
  v_session jsonb := p_facts -> 'session';
begin
  effects := '{}';
  if jsonb_typeof(v_session) = 'object' then
    v_part := private.apply_checkout_session(v_session, p_livemode);
    effects := effects || v_part.effects;
    error := v_part.error;
  end if;
  if jsonb_typeof(p_facts -> 'subscription') = 'object' then
    v_part := private.apply_subscription(p_facts -> 'subscription', p_livemode, p_ticket, p_event_type);
    effects := effects || v_part.effects;
    error := coalesce(error, v_part.error);
  end if;
  if jsonb_typeof(p_facts -> 'invoice') = 'object' then
    v_part := private.apply_invoice(p_facts -> 'invoice', p_livemode, p_ticket, p_event_type);
    effects := effects || v_part.effects;
    error := coalesce(error, v_part.error);
  end if;
  if jsonb_typeof(p_facts -> 'payment_intent') = 'object' then
    v_part := private.apply_payment(p_facts -> 'payment_intent', p_facts -> 'disputes', p_facts #>> '{invoice,id}', p_livemode, p_ticket);
    effects := effects || v_part.effects;
    error := coalesce(error, v_part.error);
  end if;
end
$$;
comment on function private.apply_stripe_facts is 'Gives objects of Stripe, fetched under one ticket, their effects.';

create function private.verdict_of(p_effects text[]) returns text
language plpgsql immutable set search_path = ''
as $$
begin
  return case when 'mismatch' = any(p_effects) then 'failed'
    when array_remove(p_effects, 'ignored') = '{}' then 'ignored' else 'applied' end;
end
$$;
comment on function private.verdict_of is 'failed: a person is needed; ignored: nothing of it is ours; applied.';

create function private.apply_stripe_event(p_event jsonb, p_ticket bigint, p_facts jsonb, out verdict text, out effects text[])
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  v_id text := p_event ->> 'id';
  v_livemode boolean := (p_event ->> 'livemode')::boolean;
  v_before private.webhook_events;
  v_done record;
  v_verdict text;
begin
  -- Deliveries of one event take turns here, and not at its row: that is written once, at the end, for a row with so many
  -- indexes costs as much to change as to write.
  perform pg_advisory_xact_lock(hashtextextended(v_id, 1));
  select * into v_before from private.webhook_events e where e.source = 'stripe' and e.event_id = v_id;
  if v_before.verdict in ('applied', 'ignored') then
    update private.webhook_events set attempts = attempts + 1 where source = 'stripe' and event_id = v_id;
    apply_stripe_event.verdict := 'duplicate';
    apply_stripe_event.effects := '{}';
    return;
  end if;
  v_done := private.apply_stripe_facts(p_event ->> 'type', v_livemode, p_ticket, p_facts);
  v_verdict := private.verdict_of(v_done.effects);
  insert into private.webhook_events as e (source, event_id, type, payload, verdict, effect, error, processed_at, livemode, occurred_at, retry_at)
  values ('stripe', v_id, p_event ->> 'type', nullif(p_event -> 'payload', 'null'), v_verdict, array_to_string(v_done.effects, ', '),
    v_done.error, now(), v_livemode, private.from_epoch(p_event -> 'created'),
    case when v_verdict = 'failed' then private.next_try(1) end)
  on conflict (source, event_id) do update set attempts = e.attempts + 1, verdict = excluded.verdict, effect = excluded.effect,
    error = excluded.error, processed_at = excluded.processed_at, livemode = excluded.livemode, occurred_at = excluded.occurred_at,
    retry_at = case when excluded.verdict = 'failed' then private.next_try(e.attempts + 1) end;
  apply_stripe_event.verdict := v_verdict;
  apply_stripe_event.effects := v_done.effects;
end
$$;
comment on function private.apply_stripe_event is 'Inbox row, effects and verdict of one event in one transaction. p_event: id, type, livemode, created, payload (minimised); p_facts: session, subscription, invoice, payment_intent, disputes, as fetched from Stripe after the ticket was taken. Definer: the ledger is nobody''s to write.';

create function private.reconcile_stripe_facts(p_livemode boolean, p_ticket bigint, p_facts jsonb, out effects text[], out error text)
language sql volatile security definer set search_path = ''
begin atomic
  select a.effects, a.error from private.apply_stripe_facts('reconciliation', p_livemode, p_ticket, p_facts) a;
end;
comment on function private.reconcile_stripe_facts is 'The same effects without an event: for what no webhook brought, and for answers to our own calls. Definer: as apply_stripe_event.';

create function private.take_stripe_ticket() returns bigint
language sql volatile security definer set search_path = ''
return nextval('private.stripe_tickets');
comment on function private.take_stripe_ticket is 'A ticket, to be taken before Stripe is asked. Definer: the sequence is nobody''s.';

create function private.claim_failed_events(p_limit int) returns table (event_id text, type text, object_id text, livemode boolean, created bigint)
language sql volatile security definer set search_path = ''
begin atomic
  with due as (
    select e.source, e.event_id from private.webhook_events e
    where e.source = 'stripe' and e.retry_at <= now() order by e.retry_at limit p_limit for update skip locked
  )
  update private.webhook_events e set retry_at = now() + interval '5 minutes'
  from due where e.source = due.source and e.event_id = due.event_id
  returning e.event_id, e.type, e.object_id, coalesce(e.livemode, (e.payload ->> 'livemode')::boolean),
    coalesce(extract(epoch from e.occurred_at)::bigint, (e.payload ->> 'created')::bigint);
end;
comment on function private.claim_failed_events is 'Failed events that are due, each to one worker for five minutes. Definer: as begin_stripe_event.';

-- Reconciliation: what Stripe lists against what we have.
create table private.reconciliations (
  id bigint generated always as identity primary key,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  since timestamptz not null,
  compared int not null default 0,
  repaired jsonb not null default '[]',
  error text
);
comment on table private.reconciliations is 'Each comparison with Stripe''s lists: how many objects were compared, and which were repaired, with the effects.';
alter table private.reconciliations enable row level security;

create function private.begin_reconciliation(p_since timestamptz) returns bigint
language sql volatile security definer set search_path = ''
begin atomic
  insert into private.reconciliations (since) values (p_since) returning id;
end;
comment on function private.begin_reconciliation is 'A comparison has begun. Definer: reports are nobody''s to write.';

create function private.finish_reconciliation(p_id bigint, p_compared int, p_repaired jsonb, p_error text) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update private.reconciliations set finished_at = now(), compared = p_compared, repaired = p_repaired, error = left(p_error, 1000)
  where id = p_id;
end;
comment on function private.finish_reconciliation is 'What a comparison found. Definer: as begin_reconciliation.';

create function private.unknown_at_ours(p_kind text, p_objects jsonb) returns setof text
language sql stable security definer set search_path = ''
begin atomic
  select o ->> 'id' from jsonb_array_elements(p_objects) o
  where not case p_kind
    when 'session' then exists (select from public.checkout_sessions c where c.stripe_session_id = o ->> 'id'
      and c.status = case
        when o ->> 'status' = 'expired' then 'expired'
        when o ->> 'status' = 'open' then c.status
        when o ->> 'mode' <> 'payment' or o ->> 'payment_status' in ('paid', 'no_payment_required') then 'paid'
        when c.status in ('processing', 'failed') then c.status end)
    when 'subscription' then exists (select from public.subscriptions s where s.id = o ->> 'id' and s.status = o ->> 'status'
      and s.current_period_end = private.from_epoch(o -> 'current_period_end')
      and (s.cancel_at is not null) = ((o ->> 'canceling')::boolean)
      and private.stripe_id_of(s.livemode, concat('price:', s.plan, ':', s.cycle, '@', s.price_version)) = o ->> 'price')
    when 'invoice' then exists (select from public.invoices i where i.id = o ->> 'id' and i.status = o ->> 'status')
    when 'payment' then exists (select from public.payments p where p.id = o ->> 'id'
      and p.refunded_cents = (o ->> 'refunded')::bigint)
    when 'dispute' then exists (select from public.payments p where p.id = o ->> 'payment'
      and p.dispute is not distinct from (o ->> 'state'))
  end;
end;
comment on function private.unknown_at_ours is 'Of objects that Stripe lists, reduced to what matters, those of which we know less or something else. Definer: as begin_reconciliation.';

create function private.overdue_subscriptions(p_limit int) returns setof text
language sql stable security definer set search_path = ''
begin atomic
  select id from public.subscriptions
  where status in ('trialing', 'active', 'past_due') and current_period_end < private.clock() - interval '1 hour'
  order by current_period_end limit p_limit;
end;
comment on function private.overdue_subscriptions is 'Subscriptions whose period has ended and of whose next one nobody told us. Definer: as begin_reconciliation.';

create function private.schedule_reconciliation() returns boolean
language sql volatile security definer set search_path = ''
return private.add_task('reconcile', concat('reconcile:', to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24')), null, '{"days": 3}');
comment on function private.schedule_reconciliation is 'A comparison with Stripe of the last days, once an hour at most. Run by pg_cron. Definer: as grant_credits.';

create function private.wake_for_billing() returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
  if exists (select from private.tasks where state = 'open' and run_at <= now())
      or exists (select from private.webhook_events where retry_at <= now()) then
    perform private.wake_worker();
    return true;
  end if;
  return false;
end
$$;
comment on function private.wake_for_billing is 'The net under tasks and failed events: what is due gets a worker. Run by pg_cron. Definer: as grant_credits.';

create or replace function private.prune() returns void
language sql volatile security definer set search_path = ''
begin atomic
  update private.webhook_events set payload = null where payload is not null and received_at < now() - interval '90 days';
  delete from private.rate_limits where window_start < now() - interval '1 day';
  delete from private.workers where seen_at < now() - interval '7 days';
  -- A mail's key may be forgotten after a while, for its reason cannot come again; Stripe's own tasks are kept.
  update private.tasks set data = '{}' where state = 'done' and kind = 'mail' and finished_at < now() - interval '90 days' and data <> '{}';
  delete from private.reconciliations where started_at < now() - interval '90 days';
  delete from cron.job_run_details where end_time < now() - interval '3 days';
end;

revoke execute on function private.begin_stripe_event, private.next_try, private.apply_stripe_facts, private.verdict_of, private.apply_stripe_event,
  private.reconcile_stripe_facts, private.take_stripe_ticket, private.claim_failed_events, private.begin_reconciliation,
  private.finish_reconciliation, private.unknown_at_ours, private.overdue_subscriptions, private.schedule_reconciliation, private.wake_for_billing
  from public, anon, authenticated, service_role;
grant execute on function private.begin_stripe_event, private.apply_stripe_event, private.reconcile_stripe_facts,
  private.take_stripe_ticket, private.claim_failed_events, private.begin_reconciliation, private.finish_reconciliation,
  private.unknown_at_ours, private.overdue_subscriptions to service_role;
