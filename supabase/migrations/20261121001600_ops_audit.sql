-- What an operator's pages read. Each function begins by asking who calls: to everybody else there is nothing here
-- (KR003), and the tables stay closed to all. They only read, they reach every row by an index, and what they
-- return is bounded, whatever is asked for. Prompts and pictures are the customers' own and are not among it.

-- Which object of its sender an event is about, so that a payment leads to its events; the payload that says so
-- is forgotten after 90 days.
alter table private.webhook_events add column object_id text;
comment on column private.webhook_events.object_id is 'Id of the object the event is about: a Checkout session, a charge, a prediction.';

create function private.webhook_object(p_source text, p_payload jsonb) returns text
language sql immutable set search_path = ''
return left(case p_source when 'stripe' then p_payload #>> '{data,object,id}' else p_payload ->> 'id' end, 255);
comment on function private.webhook_object is 'Reads the id of the object out of an event.';

create function private.note_webhook_object() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.object_id := private.webhook_object(new.source, new.payload);
  return new;
end
$$;
comment on function private.note_webhook_object is 'Keeps the id of an event''s object beside it.';
create trigger webhook_events_object before insert on private.webhook_events
  for each row execute function private.note_webhook_object();
update private.webhook_events set object_id = private.webhook_object(source, payload) where payload is not null;
create index webhook_events_object on private.webhook_events (object_id, received_at) where object_id is not null;

create index profiles_email on public.profiles (lower(email) text_pattern_ops);
create index invariant_breaches_account on private.invariant_breaches (user_id, seq) where resolved_at is null;
create index invariant_breaches_resolved on private.invariant_breaches (resolved_at desc, id desc) where resolved_at is not null;

create function private.email_of(p_user uuid) returns text
language sql stable set search_path = ''
return (select email from public.profiles where id = p_user);
comment on function private.email_of is 'The address of a person; null once they are erased.';

create function private.page_size(p_limit int) returns int
language sql immutable set search_path = ''
return least(greatest(coalesce(p_limit, 50), 1), 100);
comment on function private.page_size is 'From 1 to 100 rows, whatever was asked for.';

-- Accounts and their entries ---------------------------------------------------------------------------------

create function public.operator_account_id(p_name text) returns uuid
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_name text := lower(btrim(p_name));
begin
  perform private.require_operator();
  return coalesce(
    (select user_id from public.credit_accounts where user_id = private.uuid_or_null(v_name)),
    (select p.id from public.profiles p where lower(p.email) = v_name order by p.created_at limit 1));
end
$$;
comment on function public.operator_account_id is 'The account that an id or an e-mail address names; null when none. Definer: an operator holds no right on other people''s rows.';

create function private.charge_of(p_user uuid, p_job uuid, p_at timestamptz) returns bigint
language plpgsql stable set search_path = ''
as $$
declare
  v_low bigint := 1;
  v_high bigint := coalesce((select seq from public.credit_accounts where user_id = p_user), 0) + 1;
  v_middle bigint;
  v_at timestamptz;
begin
  -- Charges have no index by job, for every settlement would pay for it. But entries of an account follow one
  -- another in time, and a charge is written right after its reservation was settled: halving finds the place.
  while p_at is not null and v_low < v_high loop
    v_middle := (v_low + v_high) / 2;
    select created_at into v_at from public.credit_entries where user_id = p_user and seq >= v_middle order by seq limit 1;
    if v_at < p_at then
      v_low := v_middle + 1;
    else
      v_high := v_middle;
    end if;
  end loop;
  return (
    select min(seq) from public.credit_entries
    where user_id = p_user and seq between v_low and v_low + 500 and kind = 'settle' and ref = concat('job:', p_job));
end
$$;
comment on function private.charge_of is 'The number of the entry that charged a job whose reservation was settled at p_at; null when nothing was charged.';

create function public.operator_search(p_query text, p_limit int default 20)
returns table (
  user_id uuid, email text, display_name text, role text, status text, available bigint, held bigint, debt bigint,
  matched text, entry_seq bigint
)
language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  v_query text := lower(btrim(p_query));
  v_id uuid := private.uuid_or_null(v_query);
  v_hex text := replace(v_query, '-', '');
begin
  perform private.require_operator();
  if char_length(v_query) < 3 then
    return;
  end if;
  return query
    select f.user_id, p.email, p.display_name, p.role, p.status, a.available, a.held, a.debt, f.matched, f.seq
    from (
      (select c.user_id, 'account' as matched, null::bigint as seq from public.credit_accounts c
        where v_hex ~ '^[0-9a-f]{6,32}$' and c.user_id between rpad(v_hex, 32, '0')::uuid and rpad(v_hex, 32, 'f')::uuid
        order by c.user_id limit private.page_size(p_limit))
      union all
      select j.user_id, 'job', private.charge_of(h.user_id, h.id, h.resolved_at)
      from public.jobs j join public.credit_holds h on h.id = j.id where j.id = v_id
      union all
      select k.user_id, 'checkout', private.first_entry(k.user_id, 'topup', concat('checkout:', k.id))
      from public.checkout_sessions k where k.id = v_id
      union all
      select k.user_id, 'checkout', private.first_entry(k.user_id, 'topup', concat('checkout:', k.id))
      from public.checkout_sessions k where k.stripe_session_id = btrim(p_query)
      union all
      select k.user_id, 'checkout', private.first_entry(k.user_id, 'topup', concat('checkout:', k.id))
      from public.checkout_sessions k where k.payment_intent = btrim(p_query)
      union all
      select d.user_id, 'adjustment', d.entry_seq from private.credit_adjustments d where d.id = v_id
      union all
      -- As bytes, so that the index serves and no character of an address means anything but itself.
      (select q.id, 'email', null from public.profiles q
        where lower(q.email) operator(pg_catalog.~>=~) v_query
          and lower(q.email) operator(pg_catalog.~<=~) (v_query || chr(1114111))
        order by lower(q.email) using operator(pg_catalog.~<~) limit private.page_size(p_limit))
    ) f
    join public.credit_accounts a on a.user_id = f.user_id
    left join public.profiles p on p.id = f.user_id
    limit private.page_size(p_limit);
end
$$;
comment on function public.operator_search is 'Accounts by the beginning of an e-mail address or id, or by the whole id of a job, purchase, payment or adjustment, with the entry it led to. At least three characters. Definer: as operator_account_id.';

create function private.entry_faults(
  p_entry public.credit_entries, p_previous_seq bigint, p_previous_balance bigint, p_previous_hash bytea
) returns text[]
language sql immutable set search_path = ''
return array_remove(array[
  case when p_entry.seq <> coalesce(p_previous_seq, 0) + 1 then 'seq' end,
  case when p_entry.balance_after <> coalesce(p_previous_balance, 0) + p_entry.amount then 'balance' end,
  case when p_entry.hash <> private.entry_hash(coalesce(p_previous_hash, decode(repeat('00', 32), 'hex')), p_entry.user_id,
    p_entry.seq, p_entry.kind, p_entry.amount, p_entry.counter_account, p_entry.balance_after, p_entry.ref, p_entry.cause,
    p_entry.created_at) then 'hash' end], null);
comment on function private.entry_faults is 'What of number, running balance and hash does not follow from the entry before; in the words of check_chain.';

create function private.chain_state(p_user uuid, p_limit int) returns jsonb
language sql stable set search_path = ''
return (
  with newest as (
    select e as entry, e.seq, e.balance_after, e.hash from public.credit_entries e
    where e.user_id = p_user order by e.seq desc limit p_limit + 1
  ), linked as (
    select n.seq, n.hash, row_number() over (order by n.seq desc) as n, private.entry_faults(n.entry,
      lag(n.seq) over (order by n.seq), lag(n.balance_after) over (order by n.seq), lag(n.hash) over (order by n.seq)) as wrong
    from newest n
  ), looked as (
    select * from linked where n <= p_limit
  )
  select jsonb_build_object(
    'checked', count(l.seq), 'from_seq', min(l.seq), 'to_seq', max(l.seq),
    'whole', (select count(*) <= p_limit from newest),
    'wrong', count(l.seq) filter (where l.wrong <> '{}'),
    'first_wrong', min(l.seq) filter (where l.wrong <> '{}'),
    'head', coalesce((select a.seq = coalesce(max(l.seq), 0)
        and a.head_hash = coalesce((select hash from looked order by seq desc limit 1), decode(repeat('00', 32), 'hex'))
      from public.credit_accounts a where a.user_id = p_user), false))
  from looked l
);
comment on function private.chain_state is 'Computes the newest p_limit entries of an account again: how many, the first wrong one, and whether the last is the account''s head.';

create function public.operator_account(p_user uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_account public.credit_accounts;
begin
  perform private.require_operator();
  select * into v_account from public.credit_accounts where user_id = p_user;
  if not found then
    perform private.refuse('KR003', 'There is no such account.');
  end if;
  return jsonb_build_object(
    'user_id', v_account.user_id, 'available', v_account.available, 'held', v_account.held, 'debt', v_account.debt,
    'seq', v_account.seq, 'head_hash', encode(v_account.head_hash, 'hex'), 'updated_at', v_account.updated_at,
    'profile', (
      select jsonb_build_object('email', p.email, 'display_name', p.display_name, 'role', p.role, 'status', p.status,
        'created_at', p.created_at)
      from public.profiles p where p.id = p_user),
    'chain', private.chain_state(p_user, 2000),
    'lots', (
      select coalesce(jsonb_agg(to_jsonb(g) - 'user_id' - 'scheduled' order by g.entry_seq is null, g.priority desc, g.expires_at, g.number), '[]')
      from (
        (select * from public.credit_grants
          where user_id = p_user and closed_at is null and entry_seq is not null
          order by priority desc, expires_at, number limit 50)
        union all
        (select * from public.credit_grants where user_id = p_user and entry_seq is null order by ref limit 50)
      ) g),
    'holds', (
      select coalesce(jsonb_agg(jsonb_build_object('id', h.id, 'amount', h.amount, 'created_at', h.created_at,
        'job', (select jsonb_build_object('status', j.status, 'model', j.model) from public.jobs j where j.id = h.id))
        order by h.created_at desc), '[]')
      from (
        select * from public.credit_holds where user_id = p_user and state = 'held' limit 50
      ) h),
    'breaches', (
      select coalesce(jsonb_agg(jsonb_build_object('id', b.id, 'invariant', b.invariant, 'place', b.place, 'seq', b.seq,
        'detail', b.detail, 'first_seen_at', b.first_seen_at, 'last_seen_at', b.last_seen_at) order by b.seq, b.id), '[]')
      from (
        select * from private.invariant_breaches where user_id = p_user and resolved_at is null order by seq limit 100
      ) b));
end
$$;
comment on function public.operator_account is 'One account: balance, open lots and reservations (50 each), open breaches, and its chain as computed now over the newest 2000 entries. KR003 when there is none. Definer: as operator_account_id.';

create function public.operator_entries(
  p_user uuid, p_around bigint default null, p_before bigint default null, p_after bigint default null, p_limit int default 50
) returns table (
  seq bigint, kind text, amount bigint, counter_account text, balance_after bigint, ref text, cause jsonb,
  created_at timestamptz, hash text, wrong text[]
)
language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  v_limit int := private.page_size(p_limit);
  v_top bigint := 9223372036854775807;
begin
  perform private.require_operator();
  if p_around is not null then
    select coalesce(max(n.seq), p_around) into v_top from (
      select e.seq from public.credit_entries e where e.user_id = p_user and e.seq >= p_around order by e.seq limit (v_limit + 1) / 2
    ) n;
  elsif p_after is not null then
    select coalesce(max(n.seq), p_after) into v_top from (
      select e.seq from public.credit_entries e where e.user_id = p_user and e.seq > p_after order by e.seq limit v_limit
    ) n;
  elsif p_before is not null then
    v_top := p_before - 1;
  end if;
  return query
    select (l.entry).seq, (l.entry).kind::text, (l.entry).amount, (l.entry).counter_account::text, (l.entry).balance_after, (l.entry).ref::text,
      (l.entry).cause, (l.entry).created_at, encode((l.entry).hash, 'hex'),
      private.entry_faults(l.entry, l.previous_seq, l.previous_balance, l.previous_hash)
    from (
      select n.entry, lead(n.seq) over w as previous_seq, lead(n.balance_after) over w as previous_balance,
        lead(n.hash) over w as previous_hash
      from (
        -- One more than is shown: the first of the page is held against the one before it.
        select e as entry, e.seq, e.balance_after, e.hash from public.credit_entries e
        where e.user_id = p_user and e.seq <= v_top order by e.seq desc limit v_limit + 1
      ) n
      window w as (order by n.seq desc)
    ) l
    order by (l.entry).seq desc
    limit v_limit;
end
$$;
comment on function public.operator_entries is 'A page of an account''s entries, newest first: around, before or after a number. wrong names what does not follow from the entry before. Definer: as operator_account_id.';

create function private.price_facts(p_price text) returns jsonb
language sql stable set search_path = ''
return (
  select jsonb_build_object('subject', p.subject, 'version', p.version, 'credits', p.credits, 'price_cents', p.price_cents,
    'valid_from', p.valid_from,
    'valid_to', (select n.valid_from from public.credit_prices n where n.subject = p.subject and n.version = p.version + 1))
  from public.credit_prices p
  where p.subject = split_part(p_price, '@', 1) and p.version::text = split_part(p_price, '@', 2)
);
comment on function private.price_facts is 'The version of a price that a cause names as subject@version, and when it held.';

create function private.job_facts(p_job uuid) returns jsonb
language sql stable set search_path = ''
return (
  select jsonb_build_object(
    'id', j.id, 'model', j.model, 'kind', j.kind, 'status', j.status, 'outputs_requested', j.outputs_requested,
    'credits_per_output', j.credits_per_output, 'credits_reserved', j.credits_reserved, 'credits_charged', j.credits_charged,
    'error_code', j.error_code, 'created_at', j.created_at, 'started_at', j.started_at, 'finished_at', j.finished_at,
    'hold', (
      select jsonb_build_object('state', h.state, 'amount', h.amount, 'settled_amount', h.settled_amount, 'reason', h.reason,
        'created_at', h.created_at, 'resolved_at', h.resolved_at, 'grants', h.grants, 'grant_amounts', h.grant_amounts)
      from public.credit_holds h where h.id = j.id),
    'attempts', (
      select coalesce(jsonb_agg(jsonb_build_object('number', t.number, 'state', t.state, 'worker', t.worker,
        'prediction_id', t.prediction_id, 'provider_status', t.provider_status, 'error_code', t.error_code,
        'late_result', t.late_result, 'cost_micros', t.cost_micros, 'started_at', t.started_at, 'ended_at', t.ended_at)
        order by t.number), '[]')
      from private.job_attempts t where t.job_id = j.id),
    'outputs', (
      select coalesce(jsonb_agg(jsonb_build_object('position', o.position, 'content_type', o.content_type, 'bytes', o.bytes,
        'sha256', o.sha256, 'width', o.width, 'height', o.height) order by o.position), '[]')
      from public.job_outputs o where o.job_id = j.id))
  from public.jobs j where j.id = p_job
);
comment on function private.job_facts is 'A job with its reservation, attempts and outputs, without what the customer wrote and what was drawn.';

create function private.checkout_facts(p_checkout uuid) returns jsonb
language sql stable set search_path = ''
return (
  select jsonb_build_object(
    'id', k.id, 'pack', k.pack, 'credits', k.credits, 'price_cents', k.price_cents, 'status', k.status,
    'stripe_session_id', k.stripe_session_id, 'payment_intent', k.payment_intent, 'created_at', k.created_at,
    'credited_at', k.credited_at,
    'events', (
      select coalesce(jsonb_agg(jsonb_build_object('event_id', w.event_id, 'type', w.type, 'verdict', w.verdict, 'effect', w.effect,
        'attempts', w.attempts, 'error', w.error, 'received_at', w.received_at, 'processed_at', w.processed_at)
        order by w.received_at, w.event_id), '[]')
      from (
        select * from private.webhook_events where object_id = k.stripe_session_id order by received_at limit 50
      ) w))
  from public.checkout_sessions k where k.id = p_checkout
);
comment on function private.checkout_facts is 'A purchase with the webhook events about its Checkout session.';

create function private.adjustment_facts(p_adjustment private.credit_adjustments) returns jsonb
language sql stable set search_path = ''
return to_jsonb(p_adjustment) || jsonb_build_object(
  'email', private.email_of(p_adjustment.user_id),
  'requested_by_email', private.email_of(p_adjustment.requested_by),
  'decided_by_email', private.email_of(p_adjustment.decided_by));
comment on function private.adjustment_facts is 'An adjustment with the addresses of everybody in it.';

create function public.operator_entry(p_user uuid, p_seq bigint) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_entry public.credit_entries;
  v_before public.credit_entries;
  v_after bigint;
  v_noun text;
  v_id uuid;
  v_other uuid;
  v_wrong text[];
begin
  perform private.require_operator();
  select * into v_entry from public.credit_entries where user_id = p_user and seq = p_seq;
  if not found then
    perform private.refuse('KR003', 'There is no such entry.');
  end if;
  select * into v_before from public.credit_entries where user_id = p_user and seq < p_seq order by seq desc limit 1;
  select e.seq into v_after from public.credit_entries e where e.user_id = p_user and e.seq > p_seq order by e.seq limit 1;
  v_wrong := private.entry_faults(v_entry, v_before.seq, v_before.balance_after, v_before.hash);
  v_noun := split_part(v_entry.ref, ':', 1);
  v_id := private.uuid_or_null(split_part(v_entry.ref, ':', 2));
  v_other := private.uuid_or_null(coalesce(v_entry.cause ->> 'to', v_entry.cause ->> 'from'));
  return jsonb_build_object(
    'entry', to_jsonb(v_entry) || jsonb_build_object('hash', encode(v_entry.hash, 'hex')),
    'email', private.email_of(p_user),
    'wrong', to_jsonb(v_wrong),
    'previous_seq', v_before.seq, 'next_seq', v_after,
    'previous_hash', encode(coalesce(v_before.hash, decode(repeat('00', 32), 'hex')), 'hex'),
    'previous_balance', coalesce(v_before.balance_after, 0),
    'recomputed_hash', encode(private.entry_hash(coalesce(v_before.hash, decode(repeat('00', 32), 'hex')), p_user, p_seq,
      v_entry.kind, v_entry.amount, v_entry.counter_account, v_entry.balance_after, v_entry.ref, v_entry.cause, v_entry.created_at), 'hex'),
    'is_head', (select a.seq = p_seq and a.head_hash = v_entry.hash from public.credit_accounts a where a.user_id = p_user),
    -- What was written before causes named the price still leads to it.
    'price', private.price_facts(coalesce(v_entry.cause ->> 'price',
      (select concat(j.price_subject, '@', j.price_version) from public.jobs j where v_noun = 'job' and j.id = v_id),
      (select concat(k.price_subject, '@', k.price_version) from public.checkout_sessions k where v_noun = 'checkout' and k.id = v_id))),
    'job', case when v_noun = 'job' then private.job_facts(v_id) end,
    'checkout', case when v_noun = 'checkout' then private.checkout_facts(v_id) end,
    'adjustment', (
      select private.adjustment_facts(a) from private.credit_adjustments a where v_noun = 'adjustment' and a.id = v_id),
    'transfer', case when v_entry.kind = 'transfer' and v_other is not null then jsonb_build_object(
      'user_id', v_other, 'email', private.email_of(v_other), 'seq', private.first_entry(v_other, 'transfer', v_entry.ref)) end,
    'lots', (
      select coalesce(jsonb_agg(to_jsonb(g) - 'user_id' - 'scheduled' order by g.number), '[]')
      from (
        (select * from public.credit_grants where user_id = p_user and entry_seq = p_seq order by number limit 50)
        union all
        select * from public.credit_grants
        where v_entry.kind = 'expiry' and user_id = p_user and number = (v_entry.cause ->> 'grant')::int
      ) g),
    'breaches', (
      select coalesce(jsonb_agg(jsonb_build_object('id', b.id, 'invariant', b.invariant, 'place', b.place, 'seq', b.seq,
        'detail', b.detail, 'first_seen_at', b.first_seen_at, 'last_seen_at', b.last_seen_at) order by b.id), '[]')
      from (
        select * from private.invariant_breaches where user_id = p_user and seq = p_seq and resolved_at is null order by id limit 50
      ) b));
end
$$;
comment on function public.operator_entry is 'One entry and what is behind it: job, purchase, adjustment, transfer or lot, the price version, its neighbours, and its hash as computed now. KR003 when there is none. Definer: as operator_account_id.';

-- The books as a whole ---------------------------------------------------------------------------------------

create function private.between_ids(p_id uuid, p_first uuid, p_last uuid) returns numeric
language sql immutable set search_path = ''
return (
  select coalesce(least(greatest((i.here - i.first)::numeric / nullif(i.last - i.first, 0), 0), 1), 0)
  from (
    select ('x' || left(replace(p_id::text, '-', ''), 12))::bit(48)::bigint as here,
      ('x' || left(replace(p_first::text, '-', ''), 12))::bit(48)::bigint as first,
      ('x' || left(replace(p_last::text, '-', ''), 12))::bit(48)::bigint as last
  ) i
);
comment on function private.between_ids is 'How far an id lies between two others, from 0 to 1. Ids are random or follow time, so that is about how many lie before it.';

create function private.pass_progress(p_position text) returns numeric
language sql stable set search_path = ''
return round(case
  when p_position = '' then null
  when p_position ~ '^\d{4}-\d\d-\d\d$' then (
    select (p_position::date - min(day))::numeric / greatest(max(day) - min(day), 1) from private.credit_days)
  when p_position like 'node/%' then (
    select (nullif(split_part(p_position, '/', 2), '')::int - min(number))::numeric / (max(number) - min(number) + 1)
    from private.checkpoint_nodes)
  when p_position like 'hold/%' then 0.5 + 0.5 * coalesce(private.between_ids(
    private.uuid_or_null(split_part(p_position, '/', 2)),
    (select id from public.credit_holds order by id limit 1), (select id from public.credit_holds order by id desc limit 1)), 0)
  else (case when p_position like 'entry/%' then 0.5 else 1 end) * coalesce(private.between_ids(
    private.uuid_or_null(substring(p_position from '[0-9a-f-]{36}')),
    (select user_id from public.credit_accounts order by user_id limit 1),
    (select user_id from public.credit_accounts order by user_id desc limit 1)), 0)
end, 3);
comment on function private.pass_progress is 'From 0 to 1, how far a pass has come, read off the place where it stands; null between passes.';

create function public.operator_invariants()
returns table (
  name text, description text, last_run_at timestamptz, last_checked int, last_ms int, passes bigint,
  pass_started_at timestamptz, pass_finished_at timestamptz, progress numeric, pass_checked bigint, next_run_at timestamptz,
  open_breaches bigint, check_failed boolean
)
language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
begin
  perform private.require_operator();
  return query
    select i.name, i.description, i.last_run_at, i.last_checked, i.last_ms, i.passes, i.pass_started_at, i.pass_finished_at,
      private.pass_progress(i.position),
      (select coalesce(sum(r.checked), 0)::bigint from private.invariant_runs r
        where r.invariant = i.name and r.started_at >= i.pass_started_at),
      -- Every minute, and later for one whose last slice took long: as run_invariants has it.
      date_trunc('minute', i.last_run_at + make_interval(secs => case when i.last_ms > 600 then i.last_ms / 10.0 else 0 end))
        + interval '1 minute',
      b.open_count, coalesce(b.failed, false)
    from private.invariants i
    cross join lateral (
      select count(*) as open_count, bool_or(o.place = 'failed') as failed from private.invariant_breaches o
      where o.invariant = i.name and o.resolved_at is null
    ) b
    order by i.name;
end
$$;
comment on function public.operator_invariants is 'Each invariant: its last slice, how far the pass has come and how many rows it has seen, when the next slice is due (in the past: it is late), and how many breaches are open. Definer: as operator_account_id.';

create function public.operator_breaches(p_resolved boolean default false, p_limit int default 50)
returns table (
  id bigint, invariant text, place text, user_id uuid, email text, seq bigint, detail jsonb, first_seen_at timestamptz,
  last_seen_at timestamptz, resolved_at timestamptz, accepted text
)
language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
begin
  perform private.require_operator();
  if p_resolved then
    return query
      select b.id, b.invariant, b.place, b.user_id, private.email_of(b.user_id), b.seq, b.detail, b.first_seen_at, b.last_seen_at,
        b.resolved_at, b.accepted
      from private.invariant_breaches b where b.resolved_at is not null
      order by b.resolved_at desc, b.id desc limit private.page_size(p_limit);
  else
    return query
      select b.id, b.invariant, b.place, b.user_id, private.email_of(b.user_id), b.seq, b.detail, b.first_seen_at, b.last_seen_at,
        b.resolved_at, b.accepted
      from private.invariant_breaches b where b.resolved_at is null
      order by b.invariant, b.place limit private.page_size(p_limit);
  end if;
end
$$;
comment on function public.operator_breaches is 'Breaches that are open, or those resolved last: right again, or accepted with a reason. Definer: as operator_account_id.';

create function public.operator_trial_balance() returns table (account text, amount bigint)
language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
begin
  perform private.require_operator();
  return query select t.account::text, t.amount from private.credit_trial_balance t order by t.account;
end
$$;
comment on function public.operator_trial_balance is 'What customers have, reserved and owe, and the other side of every entry; its sum is zero. Definer: as operator_account_id.';

create function public.operator_totals_by_day(p_days int default 30)
returns table (day date, counter_account text, kind text, entries bigint, amount bigint)
language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
begin
  perform private.require_operator();
  return query
    select t.day, t.counter_account::text, t.kind::text, t.entries, t.amount from private.credit_totals_by_day t
    where t.day > (now() at time zone 'UTC')::date - least(greatest(coalesce(p_days, 30), 1), 92)
    order by t.day, t.counter_account, t.kind;
end
$$;
comment on function public.operator_totals_by_day is 'Entries of the last days (UTC, today included, at most 92): how many and how many credits, per counter-account and kind. Definer: as operator_account_id.';

-- Corrections and the audit log ------------------------------------------------------------------------------

create function public.operator_preview_adjustment(p_user uuid, p_amount bigint) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_operator uuid := private.require_operator();
  v_account public.credit_accounts;
  v_expired bigint;
  v_repaid bigint;
begin
  select * into v_account from public.credit_accounts where user_id = p_user;
  if not found then
    perform private.refuse('KR003', 'There is no such account.');
  end if;
  -- A removal first writes off what has ended and was not swept yet.
  select coalesce(sum(g.remaining), 0)::bigint into v_expired from public.credit_grants g
  where g.user_id = p_user and g.closed_at is null and g.entry_seq is not null and g.expires_at <= now() and p_amount < 0;
  v_repaid := least(v_account.debt, greatest(p_amount, 0));
  return jsonb_build_object(
    'user_id', p_user, 'email', private.email_of(p_user),
    'available', v_account.available - v_expired, 'held', v_account.held, 'debt', v_account.debt,
    'available_after', v_account.available - v_expired + p_amount - v_repaid, 'debt_after', v_account.debt - v_repaid,
    'missing', greatest(-p_amount - (v_account.available - v_expired), 0),
    'second_person', private.second_person_for(v_operator, p_user, p_amount),
    'checker_above', private.setting_int('adjustment_checker_above_credits'),
    'alone_per_day', private.setting_int('adjustment_alone_per_day_credits'));
end
$$;
comment on function public.operator_preview_adjustment is 'What a correction would do, and whether it would wait for a second operator. KR003. Definer: as operator_account_id.';

create function public.operator_adjustment(p_adjustment uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_adjustment private.credit_adjustments;
begin
  perform private.require_operator();
  select * into v_adjustment from private.credit_adjustments where id = p_adjustment;
  if not found then
    perform private.refuse('KR003', 'There is no such adjustment.');
  end if;
  return private.adjustment_facts(v_adjustment);
end
$$;
comment on function public.operator_adjustment is 'One correction and who is in it. KR003. Definer: as operator_account_id.';

create function public.operator_adjustments(
  p_pending boolean, p_at timestamptz default null, p_id uuid default null, p_limit int default 50
) returns setof jsonb
language plpgsql stable security definer set search_path = ''
as $$
begin
  perform private.require_operator();
  if p_pending then
    return query
      select private.adjustment_facts(a) from private.credit_adjustments a
      where a.state = 'pending' and (a.requested_at, a.id) > (coalesce(p_at, '-infinity'), coalesce(p_id, '00000000-0000-0000-0000-000000000000'))
      order by a.requested_at, a.id limit private.page_size(p_limit);
  else
    return query
      select private.adjustment_facts(a) from private.credit_adjustments a
      where a.state <> 'pending' and (a.decided_at, a.id) < (coalesce(p_at, 'infinity'), coalesce(p_id, 'ffffffff-ffff-ffff-ffff-ffffffffffff'))
      order by a.decided_at desc, a.id desc limit private.page_size(p_limit);
  end if;
end
$$;
comment on function public.operator_adjustments is 'Corrections that wait, the oldest first, or that were decided, the latest first; on from a time and id. Definer: as operator_account_id.';

create function public.operator_audit_log(p_actor uuid default null, p_before bigint default null, p_limit int default 50)
returns table (
  id bigint, at timestamptz, actor uuid, actor_email text, login text, action text, subject text, detail jsonb, account_email text
)
language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
begin
  perform private.require_operator();
  if p_actor is null then
    return query
      select l.id, l.at, l.actor, private.email_of(l.actor), l.login, l.action, l.subject, l.detail,
        private.email_of(private.uuid_or_null(l.detail ->> 'user'))
      from private.audit_log l
      where l.id < coalesce(p_before, 9223372036854775807)
      order by l.id desc limit private.page_size(p_limit);
  else
    return query
      select l.id, l.at, l.actor, private.email_of(l.actor), l.login, l.action, l.subject, l.detail,
        private.email_of(private.uuid_or_null(l.detail ->> 'user'))
      from private.audit_log l
      where l.actor = p_actor and l.id < coalesce(p_before, 9223372036854775807)
      order by l.id desc limit private.page_size(p_limit);
  end if;
end
$$;
comment on function public.operator_audit_log is 'Who did what, the latest first; of one actor or of all. Definer: as operator_account_id.';

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
