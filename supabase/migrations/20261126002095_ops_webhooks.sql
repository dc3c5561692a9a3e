-- The journal of what Stripe told us, for operators. As in ops_audit: each function begins by asking who calls, reaches its rows by
-- an index and returns a bounded part of them. Two of them do something: a preview, which takes all of it back again, and a
-- replay, which is in the audit log.

-- The journal ------------------------------------------------------------------------------------------------

-- Mode and time of an event are known when it comes, and needed by a replay when its payload is forgotten.
create or replace function private.note_webhook_object() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.object_id := private.webhook_object(new.source, new.payload);
  if new.source = 'stripe' and jsonb_typeof(new.payload -> 'livemode') = 'boolean' then
    new.livemode := (new.payload ->> 'livemode')::boolean;
    new.occurred_at := private.from_epoch(new.payload -> 'created');
  end if;
  return new;
end
$$;
comment on function private.note_webhook_object is 'Keeps beside an event the id of its object and, of Stripe''s, mode and time.';
update private.webhook_events set livemode = (payload ->> 'livemode')::boolean, occurred_at = private.from_epoch(payload -> 'created')
where source = 'stripe' and livemode is null and jsonb_typeof(payload -> 'livemode') = 'boolean';

-- Only Stripe's are listed: Replicate's are many more, and belong to their jobs. So its events pay for none of these.
create index webhook_events_newest on private.webhook_events (received_at desc, event_id desc) where source = 'stripe';
create index webhook_events_verdict on private.webhook_events (verdict, received_at desc, event_id desc) where source = 'stripe';
create index webhook_events_type on private.webhook_events (type, received_at desc, event_id desc) where source = 'stripe';
create index webhook_events_type_verdict on private.webhook_events (type, verdict, received_at desc, event_id desc) where source = 'stripe';
create index audit_log_subject on private.audit_log (subject, id desc);

create function private.webhook_facts(p_event private.webhook_events) returns jsonb
language sql immutable set search_path = ''
return to_jsonb(p_event) - '{source,payload}'::text[];
comment on function private.webhook_facts is 'A line of the journal.';

create function public.operator_webhook_events(
  p_verdict text default null, p_type text default null, p_object text default null,
  p_from timestamptz default null, p_until timestamptz default null,
  p_at timestamptz default null, p_id text default null, p_limit int default 50
) returns setof jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_operator();
  -- Put together from what is asked, so that each question is planned by itself and finds its own index.
  return query execute concat(
    'select private.webhook_facts(e) from private.webhook_events e where e.source = ''stripe''',
    case when p_verdict is not null then ' and e.verdict = $1' end,
    case when p_type is not null then ' and e.type = $2' end,
    case when p_object is not null then ' and (e.object_id = $3 or e.event_id = $3)' end,
    case when p_from is not null then ' and e.received_at >= $4' end,
    case when p_until is not null then ' and e.received_at < $5' end,
    case when p_at is not null then ' and (e.received_at, e.event_id) < ($6, $7)' end,
    ' order by e.received_at desc, e.event_id desc limit $8')
  using p_verdict, p_type, p_object, p_from, p_until, p_at, coalesce(p_id, ''), private.page_size(p_limit);
end
$$;
comment on function public.operator_webhook_events is 'What Stripe told us, the latest first, on from a time and id: of a verdict, a type, an object''s or an event''s id, a period. Definer: as operator_account_id.';

create function public.operator_webhook_counts() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_operator();
  return (
    select jsonb_build_object(
      'failed_last_hour', count(*) filter (where e.verdict = 'failed' and e.processed_at > now() - interval '1 hour'),
      'failed', count(*) filter (where e.verdict = 'failed'),
      'given_up', count(*) filter (where e.verdict = 'failed' and e.retry_at is null),
      'due', count(*) filter (where e.verdict = 'received'))
    from (
      select * from private.webhook_events
      where verdict in ('received', 'failed') and source = 'stripe' order by received_at desc limit 10000
    ) e);
end
$$;
comment on function public.operator_webhook_counts is 'Of the newest 10000 events of Stripe without an effect: failed with a try in the last hour, failed at all, failed and not tried any more, due. Definer: as operator_account_id.';

-- What an event is about -------------------------------------------------------------------------------------

create function private.stripe_links(p_ids text[]) returns text[]
language sql stable set search_path = ''
return (
  select coalesce(array_agg(distinct l.id), '{}') from (
    select unnest(p_ids) as id
    union all
    select unnest(array[c.id::text, c.stripe_session_id, c.payment_intent]) from public.checkout_sessions c
    where c.id = any(array(select private.uuid_or_null(i) from unnest(p_ids) i))
      or c.stripe_session_id = any(p_ids) or c.payment_intent = any(p_ids)
    union all
    select unnest(array[p.id, p.checkout_id::text, p.invoice]) from public.payments p
    where p.id = any(p_ids) or p.invoice = any(p_ids)
      or p.checkout_id = any(array(select private.uuid_or_null(i) from unnest(p_ids) i))
    union all
    select i.subscription from public.invoices i where i.id = any(p_ids)
  ) l where l.id is not null
);
comment on function private.stripe_links is 'Ids, and those one step from them: purchase, session, payment, invoice, subscription.';

create function private.stripe_objects(p_ids text[]) returns jsonb
language sql stable set search_path = ''
return (
  select coalesce(jsonb_agg(o.facts order by o.n, o.facts ->> 'created_at', o.facts ->> 'id'), '[]') from (
    select 1 as n, jsonb_build_object('noun', 'purchase', 'id', c.id, 'user_id', c.user_id, 'kind', c.kind, 'status', c.status,
      'pack', c.pack, 'plan', c.plan, 'cycle', c.cycle, 'credits', c.credits, 'price_cents', c.price_cents,
      'stripe_session_id', c.stripe_session_id, 'payment_intent', c.payment_intent, 'created_at', c.created_at, 'credited_at', c.credited_at) as facts
    from public.checkout_sessions c where c.id = any(array(select private.uuid_or_null(i) from unnest(p_ids) i))
    union all
    select 2, jsonb_build_object('noun', 'subscription', 'id', s.id, 'user_id', s.user_id, 'plan', s.plan, 'cycle', s.cycle,
      'price_version', s.price_version, 'status', s.status, 'current_period_start', s.current_period_start,
      'current_period_end', s.current_period_end, 'trial_ends_at', s.trial_ends_at, 'cancel_at', s.cancel_at, 'ended_at', s.ended_at,
      'past_due_since', s.past_due_since, 'latest_invoice', s.latest_invoice, 'created_at', s.created_at)
    from public.subscriptions s where s.id = any(p_ids)
    union all
    select 3, jsonb_build_object('noun', 'invoice', 'id', i.id, 'user_id', i.user_id, 'number', i.number, 'status', i.status,
      'reason', i.reason, 'total_cents', i.total_cents, 'paid_cents', i.paid_cents, 'due_cents', i.due_cents, 'attempts', i.attempts,
      'next_attempt_at', i.next_attempt_at, 'created_at', i.issued_at, 'paid_at', i.paid_at)
    from public.invoices i where i.id = any(p_ids)
    union all
    select 4, jsonb_build_object('noun', 'payment', 'id', p.id, 'user_id', p.user_id, 'amount_cents', p.amount_cents,
      'refunded_cents', p.refunded_cents, 'disputed_cents', p.disputed_cents, 'dispute', p.dispute, 'taken_credits', p.taken_credits,
      'moves', p.moves, 'invoice', p.invoice, 'checkout_id', p.checkout_id, 'created_at', p.created_at)
    from public.payments p where p.id = any(p_ids)
    union all
    select 5, jsonb_build_object('noun', 'auto_topup', 'id', t.user_id, 'user_id', t.user_id, 'state', t.state, 'off_reason', t.off_reason,
      'failures', t.failures, 'retry_at', t.retry_at)
    from public.auto_topups t where t.user_id = any(array(select private.uuid_or_null(i) from unnest(p_ids) i))
  ) o
);
comment on function private.stripe_objects is 'Our rows with these ids, without addresses and cards. Tickets are left out: that something was fetched again is no change.';

create function private.entries_of_objects(p_objects jsonb) returns jsonb
language sql stable set search_path = ''
return (
  select coalesce(jsonb_agg(jsonb_build_object('user_id', e.user_id, 'seq', e.seq, 'kind', e.kind, 'amount', e.amount,
    'balance_after', e.balance_after, 'ref', e.ref, 'created_at', e.created_at) order by e.created_at, e.seq), '[]')
  from (
    select (o ->> 'user_id')::uuid as user_id,
      private.first_entry((o ->> 'user_id')::uuid, 'topup', concat('checkout:', o ->> 'id')) as seq
    from jsonb_array_elements(p_objects) o where o ->> 'noun' = 'purchase'
    union
    select a.user_id, a.entry_seq from jsonb_array_elements(p_objects) o join private.plan_allowances a on a.invoice = o ->> 'id'
    where o ->> 'noun' = 'invoice'
    union
    select (o ->> 'user_id')::uuid, private.first_entry((o ->> 'user_id')::uuid, k, concat(k, ':', o ->> 'id', ':', n))
    from jsonb_array_elements(p_objects) o, generate_series(1, least((o ->> 'moves')::int, 50)) n, unnest('{refund,dispute}'::text[]) k
    where o ->> 'noun' = 'payment'
  ) f
  join public.credit_entries e on e.user_id = f.user_id and e.seq = f.seq
);
comment on function private.entries_of_objects is 'What purchases, invoices and payments have moved: top-ups, allowances, and what went back.';

create function public.operator_webhook_event(p_event text) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_event private.webhook_events;
  v_object jsonb;
  v_ids text[];
  v_objects jsonb;
  v_user uuid;
begin
  perform private.require_operator();
  select * into v_event from private.webhook_events where source = 'stripe' and event_id = p_event;
  if not found then
    perform private.refuse('KR003', 'There is no such event of Stripe''s.');
  end if;
  v_object := v_event.payload #> '{data,object}';
  v_ids := array_remove(array[v_event.object_id, v_object ->> 'subscription', v_object ->> 'payment_intent', v_object ->> 'invoice',
    v_object #>> '{metadata,checkout_id}'], null);
  -- From a charge's payment to its invoice, and on to the subscription.
  v_ids := private.stripe_links(private.stripe_links(private.stripe_links(v_ids)));
  v_objects := private.stripe_objects(v_ids);
  v_user := coalesce((v_objects #>> '{0,user_id}')::uuid, private.person_of_customer(v_event.livemode, v_object ->> 'customer'));
  return private.webhook_facts(v_event) || jsonb_build_object(
    'payload', v_event.payload, 'user_id', v_user, 'email', private.email_of(v_user),
    'objects', v_objects, 'entries', private.entries_of_objects(v_objects),
    'others', (
      select coalesce(jsonb_agg(private.webhook_facts(o) order by o.received_at, o.event_id), '[]') from (
        select * from private.webhook_events where object_id = v_event.object_id and source = 'stripe' and event_id <> p_event
        order by received_at desc limit 20
      ) o),
    'replays', (
      select coalesce(jsonb_agg(jsonb_build_object('at', l.at, 'actor', l.actor, 'email', private.email_of(l.actor),
        'verdict', l.detail ->> 'verdict', 'effect', l.detail ->> 'effect') order by l.id), '[]') from (
        select * from private.audit_log where subject = concat('webhook:', p_event) order by id desc limit 20
      ) l));
end
$$;
comment on function public.operator_webhook_event is 'One event: what is kept of it, what became of it and when it is tried again, whom and which of our rows it is about, what those moved, other events about its object, and replays. KR003. Definer: as operator_account_id.';

-- What a replay would do -------------------------------------------------------------------------------------

create function private.person_of_facts(p_livemode boolean, p_facts jsonb) returns uuid
language sql stable set search_path = ''
return coalesce(
  (select c.user_id from public.checkout_sessions c where c.id = private.uuid_or_null(p_facts #>> '{session,metadata,checkout_id}')),
  private.person_of_customer(p_livemode, coalesce(private.id_of(p_facts #> '{subscription,customer}'),
    private.id_of(p_facts #> '{invoice,customer}'), private.id_of(p_facts #> '{payment_intent,customer}'))),
  (select c.user_id from public.checkout_sessions c where c.id = private.uuid_or_null(p_facts #>> '{payment_intent,metadata,checkout_id}')));
comment on function private.person_of_facts is 'Whom objects of Stripe concern; null when nobody of ours.';

create function private.ids_in_facts(p_facts jsonb) returns text[]
language sql stable set search_path = ''
return array_remove(array[p_facts #>> '{session,metadata,checkout_id}', p_facts #>> '{session,id}',
    private.id_of(p_facts #> '{session,payment_intent}'), p_facts #>> '{subscription,id}', p_facts #>> '{invoice,id}',
    p_facts #>> '{payment_intent,id}', p_facts #>> '{payment_intent,metadata,checkout_id}'], null)
  || array(
    select private.id_of(e #> '{payment,payment_intent}') from jsonb_array_elements(p_facts #> '{invoice,payments,data}') e
    where e #> '{payment,payment_intent}' is not null);
comment on function private.ids_in_facts is 'What of ours the facts may touch.';

create function private.balance_of(p_user uuid) returns jsonb
language sql stable set search_path = ''
return (
  select jsonb_build_object('available', available, 'held', held, 'debt', debt, 'seq', seq)
  from public.credit_accounts where user_id = p_user
);
comment on function private.balance_of is 'An account as it stands, for a before and an after.';

create function public.operator_preview_webhook(p_event text, p_livemode boolean, p_facts jsonb) returns jsonb
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_type text;
  v_user uuid;
  v_ids text[];
  v_done record;
  v_before jsonb;
  v_after jsonb;
  v_rows_before jsonb;
  v_rows_after jsonb;
  v_entries jsonb;
  v_tasks jsonb;
  v_last_task bigint;
  v_refusal text;
begin
  perform private.require_operator();
  select type into v_type from private.webhook_events where source = 'stripe' and event_id = p_event;
  if not found then
    perform private.refuse('KR003', 'There is no such event of Stripe''s.');
  end if;
  v_user := private.person_of_facts(p_livemode, p_facts);
  v_ids := private.stripe_links(private.ids_in_facts(p_facts) || array_remove(array[v_user::text], null));
  -- Somebody else may append an entry just before we hold the account, and it would pass for one of ours; locking the account
  -- first would cross the order of locks. So it is looked at again afterwards, and begun anew if it has moved.
  for v_try in 1..5 loop
    v_refusal := null;
    v_before := private.balance_of(v_user);
    v_rows_before := private.stripe_objects(v_ids);
    select coalesce(max(id), 0) into v_last_task from private.tasks;
    begin
      -- The real thing, with the newest ticket, as a replay would have it.
      v_done := private.apply_stripe_facts(v_type, p_livemode, nextval('private.stripe_tickets'), p_facts);
      v_after := private.balance_of(v_user);
      v_rows_after := private.stripe_objects(private.stripe_links(v_ids));
      select coalesce(jsonb_agg(jsonb_build_object('seq', e.seq, 'kind', e.kind, 'amount', e.amount, 'counter_account', e.counter_account,
        'balance_after', e.balance_after, 'ref', e.ref, 'cause', e.cause) order by e.seq), '[]')
      into v_entries
      from (
        select * from public.credit_entries where user_id = v_user and seq > (v_before ->> 'seq')::bigint order by seq limit 100
      ) e;
      -- now() is the same moment for all that one transaction writes, and only for that.
      select coalesce(jsonb_agg(jsonb_build_object('kind', t.kind, 'key', t.key, 'data', t.data) order by t.id), '[]') into v_tasks
      from (
        select * from private.tasks where id > v_last_task and created_at = now() order by id limit 100
      ) t;
      raise exception using errcode = 'KR000', message = 'A preview leaves nothing behind.';
    exception
      when sqlstate 'KR000' then
        null;
      when deadlock_detected or serialization_failure or lock_not_available then
        raise;
      when others then
        -- What would keep the event failed. It is an operator who reads it.
        v_refusal := sqlerrm;
    end;
    exit when v_refusal is not null or (private.balance_of(v_user) -> 'seq') is not distinct from (v_before -> 'seq');
  end loop;
  if v_refusal is not null then
    return jsonb_build_object('verdict', 'failed', 'effects', '[]'::jsonb, 'error', null, 'refusal', v_refusal,
      'user_id', v_user, 'email', private.email_of(v_user), 'balance', null, 'entries', '[]'::jsonb, 'changes', '[]'::jsonb, 'tasks', '[]'::jsonb);
  end if;
  return jsonb_build_object(
    'verdict', private.verdict_of(v_done.effects), 'effects', to_jsonb(v_done.effects), 'error', v_done.error, 'refusal', null,
    'user_id', v_user, 'email', private.email_of(v_user),
    'balance', case when v_user is not null then jsonb_build_object('before', v_before - 'seq', 'after', v_after - 'seq') end,
    'entries', v_entries,
    'changes', (
      select coalesce(jsonb_agg(jsonb_build_object('noun', a ->> 'noun', 'id', a ->> 'id', 'before', b, 'after', a) order by n), '[]')
      from jsonb_array_elements(v_rows_after) with ordinality as x (a, n)
      left join jsonb_array_elements(v_rows_before) b on (b ->> 'noun', b ->> 'id') = (a ->> 'noun', a ->> 'id')
      where a is distinct from b),
    'tasks', v_tasks);
end
$$;
comment on function public.operator_preview_webhook is 'What applying an event would do now, with these facts just fetched from Stripe: effects, entries, balance, changed rows, mails and tasks. It is done for real and taken back, always; so it never differs from what a replay does. refusal: why the books would not take it. KR003. Definer: as operator_account_id.';

-- A replay ---------------------------------------------------------------------------------------------------

create function public.operator_replay_webhook(p_event text) returns text
language plpgsql volatile security definer set search_path = ''
as $$
declare
  v_event private.webhook_events;
begin
  perform private.require_operator();
  select * into v_event from private.webhook_events where source = 'stripe' and event_id = p_event for update;
  if not found then
    perform private.refuse('KR003', 'There is no such event of Stripe''s.');
  end if;
  if v_event.verdict = 'received' and v_event.retry_at is not null then
    return 'already';
  end if;
  -- Money is computed from totals, whatever the verdict was: what had its effect finds nothing left to do.
  update private.webhook_events set verdict = 'received', retry_at = now() where source = 'stripe' and event_id = p_event;
  perform private.write_audit('webhook.replayed', concat('webhook:', p_event), jsonb_build_object(
    'type', v_event.type, 'verdict', v_event.verdict, 'effect', v_event.effect, 'error', v_event.error, 'attempts', v_event.attempts));
  perform private.wake_worker();
  return 'queued';
end
$$;
comment on function public.operator_replay_webhook is 'Makes an event of Stripe''s due, whatever became of it before; already: it is due. What it had said is kept in the audit log. KR003. Definer: as operator_account_id.';

revoke execute on function private.webhook_facts, private.stripe_links, private.stripe_objects, private.entries_of_objects,
  private.person_of_facts, private.ids_in_facts, private.balance_of from public, anon, authenticated, service_role;
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
