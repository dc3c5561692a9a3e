-- What Stripe tells us, given its effect: the event's row, every effect and the verdict are one transaction. The facts are
-- Stripe's objects as they are now, fetched after the event had come (domain/billing/stripe/gather-facts.ts).

create function private.from_epoch(p_seconds jsonb) returns timestamptz
language plpgsql immutable set search_path = ''
as $$
begin
  return case when jsonb_typeof(p_seconds) = 'number' then to_timestamp((p_seconds #>> '{}')::double precision) end;
end
$$;
comment on function private.from_epoch is 'A time as Stripe writes it.';

create function private.id_of(p_object jsonb) returns text
language plpgsql immutable set search_path = ''
as $$
begin
  return case jsonb_typeof(p_object) when 'string' then p_object #>> '{}' when 'object' then p_object ->> 'id' end;
end
$$;
comment on function private.id_of is 'The id of something that Stripe writes as an id or, expanded, as an object.';

-- Checkout ---------------------------------------------------------------------------------------------------

create function private.credit_checkout(p_checkout public.checkout_sessions, p_payment text, p_amount bigint, p_session text, p_livemode boolean)
returns text[]
language plpgsql set search_path = ''
as $$
declare
  v_intent text := case when p_payment like 'pi\_%' then p_payment end;
begin
  -- The payment is locked before the account, as everybody does it.
  perform private.note_payment(p_payment, p_checkout.user_id, p_checkout.id, null, p_amount, p_livemode);
  perform private.grant_credits(p_checkout.user_id, p_checkout.credits, 'topup', 'stripe', concat('checkout:', p_checkout.id),
    jsonb_build_object('pack', p_checkout.pack, 'price_cents', p_checkout.price_cents, 'currency', 'usd',
      'price', concat(p_checkout.price_subject, '@', p_checkout.price_version),
      'payment', p_payment, 'stripe_session', p_session, 'livemode', p_livemode),
    concat('stripe:', p_payment, ':topup'));
  update public.checkout_sessions set status = 'paid', credited_at = private.clock(),
    stripe_session_id = coalesce(p_session, stripe_session_id), payment_intent = v_intent
  where id = p_checkout.id;
  -- Its money may have gone back before we heard that it had come.
  return array_remove(array['credited', private.settle_noted(p_payment)], null);
end
$$;
comment on function private.credit_checkout is 'Credits a paid pack, once per payment. The caller has locked the purchase and seen that it is not paid yet.';

create function private.apply_checkout_session(p_session jsonb, p_livemode boolean, out effects text[], out error text)
language plpgsql set search_path = ''
as $$
declare
  v_checkout public.checkout_sessions;
  v_intent jsonb := p_session -> 'payment_intent';
  -- What the customer's bank knows it by; a session without a charge has no payment intent.
  v_payment text := coalesce(private.id_of(v_intent), p_session ->> 'id');
  v_card jsonb := p_session #> '{setup_intent,payment_method}';
begin
  select * into v_checkout from public.checkout_sessions
  where id = private.uuid_or_null(p_session #>> '{metadata,checkout_id}') for update;

  if not found then
    error := 'No purchase of ours has this session.';
    effects := '{ignored}';
  elsif v_checkout.stripe_session_id is distinct from (p_session ->> 'id') and v_checkout.stripe_session_id is not null
      or (p_session #>> '{metadata,user_id}') is distinct from v_checkout.user_id::text
      or coalesce(private.id_of(p_session -> 'customer'), '') <> ''
        and private.person_of_customer(p_livemode, private.id_of(p_session -> 'customer')) is distinct from v_checkout.user_id
      or v_checkout.kind = 'pack' and (
        coalesce(p_session ->> 'amount_subtotal', p_session ->> 'amount_total')::bigint is distinct from v_checkout.price_cents
        or (p_session ->> 'currency') is distinct from 'usd') then
    error := 'Session, person, amount or currency differ from the purchase.';
    effects := '{mismatch}';
  elsif v_checkout.status = 'paid' then
    effects := '{already_credited}';
  elsif v_checkout.kind = 'pack' and (p_session ->> 'payment_status') in ('paid', 'no_payment_required') then
    effects := private.credit_checkout(v_checkout, v_payment, (p_session ->> 'amount_total')::bigint, p_session ->> 'id', p_livemode);
  elsif v_checkout.kind in ('plan', 'card') and (p_session ->> 'status') = 'complete' then
    update public.checkout_sessions set status = 'paid', credited_at = private.clock(), stripe_session_id = p_session ->> 'id'
    where id = v_checkout.id;
    if v_checkout.kind = 'card' then
      perform private.note_topup_card(v_checkout.user_id, private.id_of(v_card), v_card #>> '{card,brand}', v_card #>> '{card,last4}');
      effects := '{card_saved}';
    else
      effects := '{plan_ordered}';
    end if;
  elsif (p_session ->> 'status') = 'expired' then
    update public.checkout_sessions set status = 'expired', stripe_session_id = p_session ->> 'id' where id = v_checkout.id;
    effects := '{expired}';
  elsif (p_session ->> 'status') = 'complete' then
    -- A payment by a method that takes days. What became of it is written on the payment, not on the session.
    if jsonb_typeof(v_intent) = 'object' and v_intent ->> 'status' in ('requires_payment_method', 'canceled') then
      update public.checkout_sessions set status = 'failed', stripe_session_id = p_session ->> 'id' where id = v_checkout.id;
      effects := '{failed}';
    else
      update public.checkout_sessions set status = 'processing', stripe_session_id = p_session ->> 'id'
      where id = v_checkout.id and status <> 'failed';
      effects := '{waiting}';
    end if;
  else
    effects := '{ignored}';
  end if;
end
$$;
comment on function private.apply_checkout_session is 'Gives a purchase what its session says. mismatch asks for a person.';

-- Subscriptions ----------------------------------------------------------------------------------------------

create function private.apply_subscription(p_subscription jsonb, p_livemode boolean, p_ticket bigint, p_event_type text,
  out effects text[], out error text)
language plpgsql set search_path = ''
as $$
declare
  v_user uuid := private.person_of_customer(p_livemode, private.id_of(p_subscription -> 'customer'));
  v_item jsonb := p_subscription #> '{items,data,0}';
  v_price record;
  v_old public.subscriptions;
  v_new public.subscriptions;
  v_latest jsonb := p_subscription -> 'latest_invoice';
begin
  effects := '{ignored}';
  if v_user is null then
    error := 'No customer of ours has this subscription.';
    return;
  end if;
  select * into v_price from private.plan_of_price(p_livemode, v_item #>> '{price,id}');
  if v_price.plan is null then
    effects := '{mismatch}';
    error := 'The price of this subscription is none of ours; synchronise prices with Stripe.';
    return;
  end if;
  v_new.id := p_subscription ->> 'id';
  v_new.user_id := v_user;
  v_new.plan := v_price.plan;
  v_new.cycle := v_price.cycle;
  v_new.price_version := v_price.version;
  v_new.status := p_subscription ->> 'status';
  v_new.current_period_start := private.from_epoch(v_item -> 'current_period_start');
  v_new.current_period_end := private.from_epoch(v_item -> 'current_period_end');
  v_new.trial_ends_at := private.from_epoch(p_subscription -> 'trial_end');
  v_new.cancel_at := case when (p_subscription ->> 'cancel_at_period_end')::boolean then v_new.current_period_end
    else private.from_epoch(p_subscription -> 'cancel_at') end;
  v_new.ended_at := private.from_epoch(p_subscription -> 'ended_at');
  v_new.past_due_since := case when v_new.status in ('past_due', 'unpaid')
    then coalesce(private.from_epoch(v_latest -> 'created'), v_new.current_period_start) end;
  v_new.latest_invoice := private.id_of(v_latest);
  v_new.livemode := p_livemode;
  v_new.ticket := p_ticket;
  v_new.created_at := private.from_epoch(p_subscription -> 'created');
  v_new.updated_at := now();

  -- Waits for whoever applies another fetch of it; two first ones meet at the primary key.
  select * into v_old from public.subscriptions where id = v_new.id for update;
  insert into public.subscriptions as s select v_new.*
  on conflict (id) do update set plan = excluded.plan, cycle = excluded.cycle, price_version = excluded.price_version,
    status = excluded.status, current_period_start = excluded.current_period_start, current_period_end = excluded.current_period_end,
    trial_ends_at = excluded.trial_ends_at, cancel_at = excluded.cancel_at, ended_at = excluded.ended_at,
    past_due_since = excluded.past_due_since, latest_invoice = excluded.latest_invoice, ticket = excluded.ticket,
    updated_at = excluded.updated_at
  where s.ticket < excluded.ticket and s.user_id = excluded.user_id;
  if not found then
    effects := '{older_than_known}';
    return;
  end if;
  effects := case when v_old.id is null then '{subscription_recorded}'::text[]
    when to_jsonb(v_old) - '{ticket,updated_at}'::text[] = to_jsonb(v_new) - '{ticket,updated_at}'::text[] then '{nothing_new}'
    else '{subscription_updated}' end;
  perform private.follow_subscription(v_old, v_new, p_event_type);
end
$$;
comment on function private.apply_subscription is 'Keeps a subscription as it was fetched, unless a later fetch was there first.';

create function private.follow_subscription(p_old public.subscriptions, p_new public.subscriptions, p_event_type text) returns void
language plpgsql set search_path = ''
as $$
declare
  v_other public.subscriptions;
  v_over constant text[] := '{canceled,incomplete_expired,unpaid}';
  v_good constant text[] := '{trialing,active}';
begin
  -- Paid in two tabs: the first one stays, the other one is canceled and its payment returned.
  if p_new.status = any(v_good) then
    select * into v_other from public.subscriptions
    where user_id = p_new.user_id and id <> p_new.id and status in ('trialing', 'active', 'past_due')
    order by created_at, id limit 1;
    if found then
      perform private.add_task('cancel_subscription', concat('duplicate:', d.id), p_new.user_id,
        jsonb_build_object('subscription', d.id, 'reason', 'duplicate', 'invoice', d.latest_invoice))
      from public.subscriptions d
      where d.id = case when (v_other.created_at, v_other.id) < (p_new.created_at, p_new.id) then p_new.id else v_other.id end;
    end if;
  end if;
  -- Whoever falls back to Free gets the allowance of the month, if it was not given yet.
  if p_new.status = any(v_over) and coalesce(p_old.status, '') <> all(v_over) then
    update public.profiles set free_until = least(free_until, private.clock()) where id = p_new.user_id;
    if p_old.id is not null and p_old.status <> 'incomplete' then
      perform private.add_mail(p_new.user_id, 'subscription_ended', p_new.id, jsonb_build_object('plan', p_new.plan));
    end if;
  end if;
  if p_new.status = any(v_good) and coalesce(p_old.status, 'incomplete') = 'incomplete' then
    perform private.add_mail(p_new.user_id, 'subscription_started', p_new.id, jsonb_build_object('plan', p_new.plan,
      'interval', p_new.cycle, 'trial_ends_at', case when p_new.status = 'trialing' then p_new.trial_ends_at end,
      'credits', case when p_new.status = 'trialing' then (select trial_generations from public.plans where id = p_new.plan)
        else private.maximum_of(p_new.plan, 'generations') end));
  elsif (p_old.plan, p_old.cycle) is distinct from (p_new.plan, p_new.cycle) and p_old.id is not null then
    perform private.add_mail(p_new.user_id, 'subscription_changed', concat(p_new.id, ':', p_new.ticket), jsonb_build_object(
      'plan', p_new.plan, 'interval', p_new.cycle, 'effective_at', private.clock()));
  end if;
  if p_event_type = 'customer.subscription.trial_will_end' and p_new.status = 'trialing' then
    perform private.add_mail(p_new.user_id, 'trial_ends_soon', concat(p_new.id, ':', extract(epoch from p_new.trial_ends_at)::bigint),
      jsonb_build_object('plan', p_new.plan, 'ends_at', p_new.trial_ends_at, 'interval', p_new.cycle, 'price_cents', (
        select price_cents from public.plan_prices
        where plan = p_new.plan and cycle = p_new.cycle and version = p_new.price_version)));
  end if;
  if p_new.status in ('trialing', 'active', 'past_due') and p_old.id is not null then
    if p_new.cancel_at is not null and p_old.cancel_at is null then
      perform private.add_mail(p_new.user_id, 'subscription_canceling', concat(p_new.id, ':', p_new.ticket),
        jsonb_build_object('plan', p_new.plan, 'ends_at', p_new.cancel_at));
    elsif p_new.cancel_at is null and p_old.cancel_at is not null then
      perform private.add_mail(p_new.user_id, 'subscription_resumed', concat(p_new.id, ':', p_new.ticket),
        jsonb_build_object('plan', p_new.plan));
    end if;
  end if;
  if p_old.status = 'past_due' and p_new.status = 'active' then
    perform private.add_mail(p_new.user_id, 'payment_recovered', coalesce(p_new.latest_invoice, p_new.id), jsonb_build_object('plan', p_new.plan));
  end if;
end
$$;
comment on function private.follow_subscription is 'What follows from a change of a subscription: mails, the end of a second one, Free after the last one.';

create function private.end_grace(p_limit int) returns int
language plpgsql security definer set search_path = ''
as $$
declare
  v_subscription public.subscriptions;
  v_count int := 0;
begin
  for v_subscription in
    select * from public.subscriptions
    where status = 'past_due' and private.grace_end(past_due_since) <= private.clock()
      and not exists (select from private.tasks t where t.key = concat('grace:', id, ':', extract(epoch from past_due_since)::bigint))
    order by past_due_since limit p_limit
  loop
    perform private.add_task('cancel_subscription',
      concat('grace:', v_subscription.id, ':', extract(epoch from v_subscription.past_due_since)::bigint), v_subscription.user_id,
      jsonb_build_object('subscription', v_subscription.id, 'reason', 'grace'));
    perform private.add_mail(v_subscription.user_id, 'grace_ended', v_subscription.id, jsonb_build_object('plan', v_subscription.plan));
    update public.profiles set free_until = least(free_until, private.clock()) where id = v_subscription.user_id;
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;
comment on function private.end_grace is 'Subscriptions that stayed unpaid for all of their grace: Free from now on, and a worker cancels them at Stripe. Run by pg_cron. Definer: as grant_credits.';

-- Invoices ---------------------------------------------------------------------------------------------------

create function private.invoice_lines(p_invoice jsonb) returns jsonb
language sql immutable set search_path = ''
return (
  select coalesce(jsonb_agg(jsonb_build_object('description', l.line ->> 'description',
    'quantity', (l.line ->> 'quantity')::bigint, 'amount_cents', (l.line ->> 'amount')::bigint,
    'from', private.from_epoch(l.line #> '{period,start}'), 'until', private.from_epoch(l.line #> '{period,end}')) order by l.at), '[]')
  from jsonb_array_elements(p_invoice #> '{lines,data}') with ordinality as l (line, at)
);
comment on function private.invoice_lines is 'The lines of an invoice, as we keep them.';

create function private.apply_invoice(p_invoice jsonb, p_livemode boolean, p_ticket bigint, p_event_type text,
  out effects text[], out error text)
language plpgsql set search_path = ''
as $$
declare
  v_user uuid := private.person_of_customer(p_livemode, private.id_of(p_invoice -> 'customer'));
  v_id text := p_invoice ->> 'id';
  v_subscription text := private.id_of(p_invoice #> '{parent,subscription_details,subscription}');
  v_status text;
  v_payment jsonb;
  v_plan text;
begin
  effects := '{ignored}';
  if v_user is null then
    error := 'No customer of ours has this invoice.';
    return;
  end if;
  if exists (
    select from jsonb_array_elements(p_invoice #> '{lines,data}') l
    where l #>> '{parent,type}' = 'subscription_item_details'
      and (private.plan_of_price(p_livemode, private.id_of(l #> '{pricing,price_details,price}'))).plan is null) then
    effects := '{mismatch}';
    error := 'A price on this invoice is none of ours; synchronise prices with Stripe.';
    return;
  end if;
  select status into v_status from public.invoices where id = v_id for update;
  insert into public.invoices as i (id, user_id, subscription, number, status, reason, currency, subtotal_cents, tax_cents,
    total_cents, paid_cents, due_cents, lines, taxes, customer, hosted_url, attempts, next_attempt_at, issued_at, paid_at, livemode, ticket)
  values (v_id, v_user, v_subscription, p_invoice ->> 'number', coalesce(p_invoice ->> 'status', 'draft'), p_invoice ->> 'billing_reason',
    p_invoice ->> 'currency', (p_invoice ->> 'subtotal')::bigint,
    coalesce((select sum((t ->> 'amount')::bigint) from jsonb_array_elements(p_invoice -> 'total_taxes') t), 0),
    (p_invoice ->> 'total')::bigint, (p_invoice ->> 'amount_paid')::bigint, (p_invoice ->> 'amount_remaining')::bigint,
    private.invoice_lines(p_invoice), coalesce(p_invoice -> 'kredo_taxes', '[]'),
    jsonb_build_object('name', p_invoice -> 'customer_name', 'email', p_invoice -> 'customer_email',
      'address', p_invoice -> 'customer_address', 'tax_ids', coalesce(p_invoice -> 'customer_tax_ids', '[]')),
    p_invoice ->> 'hosted_invoice_url', coalesce((p_invoice ->> 'attempt_count')::int, 0),
    private.from_epoch(p_invoice -> 'next_payment_attempt'),
    coalesce(private.from_epoch(p_invoice #> '{status_transitions,finalized_at}'), private.from_epoch(p_invoice -> 'created')),
    private.from_epoch(p_invoice #> '{status_transitions,paid_at}'), p_livemode, p_ticket)
  on conflict (id) do update set number = excluded.number, status = excluded.status, subtotal_cents = excluded.subtotal_cents,
    tax_cents = excluded.tax_cents, total_cents = excluded.total_cents, paid_cents = excluded.paid_cents, due_cents = excluded.due_cents,
    lines = excluded.lines, taxes = excluded.taxes, customer = excluded.customer, hosted_url = excluded.hosted_url,
    attempts = excluded.attempts, next_attempt_at = excluded.next_attempt_at, issued_at = excluded.issued_at,
    paid_at = excluded.paid_at, ticket = excluded.ticket
  where i.ticket < excluded.ticket and i.user_id = excluded.user_id;
  if not found then
    effects := '{older_than_known}';
    return;
  end if;
  effects := case when v_status is null then '{invoice_recorded}'::text[]
    when v_status = p_invoice ->> 'status' then '{nothing_new}' else array[concat('invoice_', p_invoice ->> 'status')] end;

  select plan into v_plan from public.subscriptions where id = v_subscription;
  if p_invoice ->> 'status' = 'paid' then
    -- Payments are locked before the account, as everybody does it.
    for v_payment in select e from jsonb_array_elements(p_invoice #> '{payments,data}') e where e ->> 'status' = 'paid' loop
      if v_payment #>> '{payment,payment_intent}' is not null then
        perform private.note_payment(private.id_of(v_payment #> '{payment,payment_intent}'), v_user, null, v_id,
          (v_payment ->> 'amount_paid')::bigint, p_livemode);
      end if;
    end loop;
    effects := effects || private.grant_paid_periods(p_invoice, v_user, p_livemode) || private.settle_invoice(v_id);
    if (p_invoice ->> 'amount_paid')::bigint > 0 then
      perform private.add_mail(v_user, 'invoice_paid', v_id, jsonb_build_object('number', p_invoice ->> 'number',
        'amount_cents', (p_invoice ->> 'amount_paid')::bigint, 'invoice_id', v_id));
    end if;
  elsif p_invoice ->> 'status' = 'draft' and p_invoice ->> 'billing_reason' = 'subscription_cycle' then
    -- Stripe leaves a renewal open for additions for an hour. We add nothing, and the allowance of the month before has ended.
    perform private.add_task('finalize_invoice', concat('finalize:', v_id), v_user, jsonb_build_object('invoice', v_id));
  elsif p_invoice ->> 'status' = 'open' and v_subscription is not null and v_plan is not null then
    if p_event_type = 'invoice.payment_action_required' then
      perform private.add_mail(v_user, 'payment_action_required', v_id, jsonb_build_object(
        'amount_cents', (p_invoice ->> 'amount_remaining')::bigint, 'hosted_invoice_url', p_invoice ->> 'hosted_invoice_url'));
    elsif (p_invoice ->> 'attempt_count')::int > 0 and p_invoice ->> 'billing_reason' <> 'subscription_create' then
      perform private.add_mail(v_user, 'payment_failed', v_id, jsonb_build_object('plan', v_plan,
        'amount_cents', (p_invoice ->> 'amount_remaining')::bigint, 'hosted_invoice_url', p_invoice ->> 'hosted_invoice_url',
        'grace_ends_at', private.grace_end(private.from_epoch(p_invoice -> 'created'))));
    end if;
  end if;
end
$$;
comment on function private.apply_invoice is 'Keeps an invoice as it was fetched, and grants what a paid one paid for.';

create function private.claim_period(p_period private.plan_periods) returns void
language plpgsql set search_path = ''
as $$
declare
  v_other text;
begin
  -- Pro, Enterprise and Pro again in one month: whichever invoice we hear of first, the credits go back with the money of
  -- the one that began the period.
  select invoice into v_other from private.plan_periods
  where subscription = p_period.subscription and plan = p_period.plan and ends_at = p_period.ends_at for update;
  update private.plan_periods set invoice = p_period.invoice, starts_at = p_period.starts_at
  where subscription = p_period.subscription and plan = p_period.plan and ends_at = p_period.ends_at
    and (p_period.starts_at, p_period.invoice) < (starts_at, invoice);
  if found then
    update private.plan_allowances set invoice = p_period.invoice
    where subscription = p_period.subscription and plan = p_period.plan and invoice = v_other;
    perform private.settle_invoice(v_other);
  end if;
end
$$;
comment on function private.claim_period is 'A period that another invoice has paid for already belongs to the invoice of the earliest beginning.';

create function private.grant_paid_periods(p_invoice jsonb, p_user uuid, p_livemode boolean) returns text[]
language plpgsql set search_path = ''
as $$
declare
  v_line record;
  v_period private.plan_periods;
  v_effects text[] := '{}';
begin
  -- From what the invoice says and nothing else, so that it does not matter what is heard of first. A line that charges for a
  -- plan grants its allowance; one that gives money back does not. A trial's line costs nothing.
  for v_line in
    select private.id_of(l #> '{parent,subscription_item_details,subscription}') as subscription,
      (l ->> 'amount')::bigint as amount,
      private.from_epoch(l #> '{period,start}') as starts, private.from_epoch(l #> '{period,end}') as ends,
      p.plan, p.cycle, n.trial_generations
    from jsonb_array_elements(p_invoice #> '{lines,data}') l
    cross join lateral private.plan_of_price(p_livemode, private.id_of(l #> '{pricing,price_details,price}')) p
    join public.plans n on n.id = p.plan
    where (l ->> 'amount')::bigint >= 0
      and not ((l ->> 'amount')::bigint = 0 and coalesce((l #>> '{parent,subscription_item_details,proration}')::boolean, false))
    order by 4, 5
  loop
    v_period.subscription := v_line.subscription;
    v_period.plan := v_line.plan;
    v_period.ends_at := v_line.ends;
    v_period.starts_at := v_line.starts;
    v_period.user_id := p_user;
    v_period.yearly := v_line.cycle = 'year' and v_line.amount > 0;
    v_period.trial := v_line.amount = 0;
    v_period.credits := case when v_line.amount = 0 then v_line.trial_generations
      else private.maximum_of(v_line.plan, 'generations', private.from_epoch(p_invoice -> 'created')) end;
    v_period.invoice := p_invoice ->> 'id';
    continue when v_period.credits is null or v_period.starts_at >= v_period.ends_at;
    insert into private.plan_periods select v_period.* on conflict do nothing;
    if found then
      v_effects := v_effects || private.grant_allowance(v_period);
    else
      perform private.claim_period(v_period);
    end if;
  end loop;
  return v_effects;
end
$$;
comment on function private.grant_paid_periods is 'The allowances that a paid invoice brings, each once.';

-- Payments, refunds, disputes --------------------------------------------------------------------------------

create function private.apply_payment(p_intent jsonb, p_disputes jsonb, p_invoice text, p_livemode boolean, p_ticket bigint,
  out effects text[], out error text)
language plpgsql set search_path = ''
as $$
declare
  v_id text := p_intent ->> 'id';
  v_charge jsonb := p_intent -> 'latest_charge';
  v_checkout public.checkout_sessions;
  v_user uuid := private.person_of_customer(p_livemode, private.id_of(p_intent -> 'customer'));
  v_old public.payments;
  v_refunded bigint := coalesce((v_charge ->> 'amount_refunded')::bigint, 0);
  v_disputed bigint;
  v_dispute text;
  v_kind text;
  v_did text;
begin
  effects := '{ignored}';
  select * into v_checkout from public.checkout_sessions
  where id = private.uuid_or_null(p_intent #>> '{metadata,checkout_id}') or payment_intent = v_id
  order by payment_intent = v_id desc nulls last limit 1 for update;
  if v_user is null and (p_intent #>> '{metadata,user_id}') = v_checkout.user_id::text then
    v_user := v_checkout.user_id;
  end if;
  if v_user is null or v_checkout.user_id <> v_user then
    error := 'No purchase of ours has this payment.';
    return;
  end if;
  effects := '{}';
  if v_checkout.kind = 'auto' and v_checkout.status <> 'paid' then
    effects := effects || private.apply_topup(v_checkout, p_intent, p_livemode);
  end if;
  if p_intent ->> 'status' <> 'succeeded' then
    return;
  end if;

  -- An inquiry takes no money; what is open or lost does.
  select coalesce(sum((d ->> 'amount')::bigint) filter (where d ->> 'status' in ('needs_response', 'under_review', 'lost')), 0),
    case when bool_or(d ->> 'status' in ('needs_response', 'under_review')) then 'open'
      when bool_or(d ->> 'status' = 'lost') then 'lost'
      when bool_or(d ->> 'status' = 'won') then 'won' end
  into v_disputed, v_dispute
  from jsonb_array_elements(coalesce(p_disputes, '[]')) d;

  perform private.note_payment(v_id, v_user, v_checkout.id, p_invoice, (p_intent ->> 'amount_received')::bigint, p_livemode);
  select * into v_old from public.payments where id = v_id for update;
  update public.payments set refunded_cents = v_refunded, disputed_cents = v_disputed, dispute = v_dispute, ticket = p_ticket
  where id = v_id and ticket < p_ticket;
  if not found then
    effects := effects || '{older_than_known}'::text[];
    return;
  end if;
  v_kind := case when v_old.disputed_cents <> v_disputed then 'dispute' else 'refund' end;
  v_did := private.settle_money_back(v_id, v_kind, jsonb_build_object('refunded_cents', v_refunded, 'disputed_cents', v_disputed));
  effects := effects || coalesce(v_did, 'nothing_new');
  perform private.tell_money_back(v_old, v_id);
end
$$;
comment on function private.apply_payment is 'Takes back, or returns, what refunds and disputes of a payment ask for in total. Auto top-ups end here too.';

create function private.tell_money_back(p_old public.payments, p_payment text) returns void
language plpgsql set search_path = ''
as $$
declare
  v_new public.payments;
  v_debt bigint;
  v_taken bigint;
begin
  select * into v_new from public.payments where id = p_payment;
  select debt into v_debt from public.credit_accounts where user_id = v_new.user_id;
  v_taken := greatest(0, v_new.taken_credits - p_old.taken_credits);
  if v_new.refunded_cents > p_old.refunded_cents then
    perform private.add_mail(v_new.user_id, 'refund_applied', concat(p_payment, ':', v_new.ticket), jsonb_build_object(
      'amount_cents', v_new.refunded_cents - p_old.refunded_cents, 'credits_taken', v_taken, 'debt', v_debt));
  end if;
  if v_new.dispute is distinct from p_old.dispute then
    if v_new.dispute = 'open' then
      perform private.add_mail(v_new.user_id, 'dispute_opened', concat(p_payment, ':', v_new.ticket), jsonb_build_object(
        'amount_cents', v_new.disputed_cents, 'credits_taken', v_taken, 'debt', v_debt));
    elsif v_new.dispute = 'won' and p_old.dispute = 'open' then
      perform private.add_mail(v_new.user_id, 'dispute_won', concat(p_payment, ':', v_new.ticket), jsonb_build_object(
        'credits_returned', greatest(0, p_old.taken_credits - v_new.taken_credits)));
    elsif v_new.dispute = 'lost' then
      perform private.add_mail(v_new.user_id, 'dispute_lost', concat(p_payment, ':', v_new.ticket), jsonb_build_object(
        'amount_cents', v_new.disputed_cents));
    end if;
  end if;
end
$$;
comment on function private.tell_money_back is 'Mails about money that went back.';

revoke execute on function private.from_epoch, private.id_of, private.credit_checkout, private.apply_checkout_session,
  private.apply_subscription, private.follow_subscription, private.end_grace, private.invoice_lines, private.apply_invoice,
  private.claim_period, private.grant_paid_periods, private.apply_payment, private.tell_money_back from public, anon, authenticated, service_role;
