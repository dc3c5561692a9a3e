-- What crediting a payment pays for. Every applied event was written into two indexes that only the journal's rarer verdicts
-- need, and note_payment was planned anew at each call (20261126002098_platform_kept_plans.sql says why).

drop index private.webhook_events_type_verdict;
drop index private.webhook_events_verdict;
create index webhook_events_unapplied on private.webhook_events (verdict, received_at desc, event_id desc)
  where source = 'stripe' and verdict <> 'applied';

create or replace function private.note_payment(
  p_payment text, p_user uuid, p_checkout uuid, p_invoice text, p_amount bigint, p_livemode boolean
) returns void
language plpgsql set search_path = ''
as $$
begin
  insert into public.payments as p (id, user_id, checkout_id, invoice, amount_cents, livemode)
  values (p_payment, p_user, p_checkout, p_invoice, p_amount, p_livemode)
  on conflict (id) do update set
    checkout_id = coalesce(p.checkout_id, excluded.checkout_id), invoice = coalesce(p.invoice, excluded.invoice)
  where p.user_id = excluded.user_id;
end
$$;

-- Its plans do not depend on what it is asked about: each of its statements reads by a key. Deciding at every call whether a
-- plan made for the call's values might do better took an eighth of it. Counts for all that it calls.
alter function private.apply_stripe_event(jsonb, bigint, jsonb) set plan_cache_mode = force_generic_plan;

-- Whether an event had its effect before is found out where it is given; a ticket is drawn by those who need one.
drop function private.begin_stripe_event(text);
do $$
begin
  execute replace(pg_get_functiondef('private.apply_stripe_facts'::regproc), 'effects := ''{}'';', 'effects := ''{}'';
  if p_ticket is null and p_facts ?| ''{subscription,invoice,payment_intent}'' then
    raise exception ''These objects are ordered by a ticket.'';
  end if;');
end
$$;
comment on function private.claim_failed_events is 'Failed events that are due, each to one worker for five minutes. Definer: the inbox is nobody''s to read.';
comment on function private.apply_stripe_facts is 'Gives objects of Stripe their effects. p_ticket: drawn before all of them but a session was fetched; null when there is nothing but a session.';
comment on function private.apply_stripe_event is 'Inbox row, effects and verdict of one event in one transaction. p_event: id, type, livemode, created, payload (minimised); p_facts: session, subscription, invoice, payment_intent, disputes, as fetched from Stripe; p_ticket: as of apply_stripe_facts. Definer: the ledger is nobody''s to write.';
comment on function private.take_stripe_ticket is 'A ticket, to be taken before the fetch that it orders. Definer: the sequence is nobody''s.';
