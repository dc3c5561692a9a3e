-- Packs, and the purchase of one through Stripe Checkout. Stripe's session is the truth of a payment;
-- an event is only news about it. Credits are keyed by the payment, never by the event.

create table public.credit_packs (
  id text primary key check (id ~ '^pack_[0-9]+$'),
  credits bigint not null check (credits > 0),
  price_cents bigint not null check (price_cents >= 50),
  position int not null default 0,
  active boolean not null default true
);
comment on table public.credit_packs is 'What can be bought. price_cents in USD cents.';
alter table public.credit_packs enable row level security;
create policy "everyone reads the packs on sale" on public.credit_packs
  for select to anon, authenticated using (active);
revoke all on public.credit_packs from public, anon, authenticated, service_role;
grant select on public.credit_packs to anon, authenticated;

create table public.checkout_sessions (
  id uuid primary key default gen_random_uuid(),
  user_id uuid not null references public.credit_accounts (user_id),
  pack text not null references public.credit_packs (id),
  credits bigint not null check (credits > 0),
  price_cents bigint not null check (price_cents > 0),
  status text not null default 'creating'
    check (status in ('creating', 'open', 'processing', 'paid', 'failed', 'expired')),
  stripe_session_id text unique,
  payment_intent text unique,
  url text,
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  credited_at timestamptz,
  check ((status = 'paid') = (credited_at is not null))
);
comment on table public.checkout_sessions is 'One intended purchase, written before Stripe is asked. credits and price are those at the time.';
alter table public.checkout_sessions enable row level security;
create policy "people read their own purchases" on public.checkout_sessions
  for select to authenticated using ((select auth.uid()) = user_id);
create index checkout_sessions_user on public.checkout_sessions (user_id, created_at desc, id desc);
create index checkout_sessions_pack on public.checkout_sessions (pack);
revoke all on public.checkout_sessions from public, anon, authenticated, service_role;
grant select on public.checkout_sessions to authenticated;

create function private.open_checkout(p_user uuid, p_pack text, p_idempotency_key text, p_request_hash text)
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
    insert into public.checkout_sessions as c (id, user_id, pack, credits, price_cents)
    values (v_checkout, p_user, v_pack.id, v_pack.credits, v_pack.price_cents);
  end if;
  return query
    select c.id, c.stripe_session_id, c.url, c.status, c.credits, c.price_cents, v_first is not null
    from public.checkout_sessions c where c.id = coalesce(v_first::uuid, v_checkout);
end
$$;
comment on function private.open_checkout is 'Writes the intent to buy a pack. Same key: the first one, replayed. KR002, KR004, KR005. Definer, for the web role alone, which passes the signed-in user.';

create function private.attach_checkout(p_checkout uuid, p_stripe_session_id text, p_url text, p_expires_at timestamptz)
returns void
language sql volatile security definer set search_path = ''
begin atomic
  -- The webhook may have been faster than the answer to our own call, so only `creating` moves.
  update public.checkout_sessions set
    stripe_session_id = coalesce(stripe_session_id, p_stripe_session_id),
    url = coalesce(url, p_url),
    expires_at = coalesce(expires_at, p_expires_at),
    status = case when status = 'creating' then 'open' else status end
  where id = p_checkout;
end;
comment on function private.attach_checkout is 'Notes which Stripe session serves a purchase. Definer, for the web role alone.';

revoke execute on function private.open_checkout, private.attach_checkout from public, anon, authenticated, service_role;
grant execute on function private.open_checkout, private.attach_checkout to kredo_web;

create function private.apply_stripe_checkout(
  p_event_id text, p_event_type text, p_livemode boolean, p_payload jsonb, p_session jsonb
) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  v_seen text;
  v_checkout public.checkout_sessions;
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
        'stripe_session', p_session ->> 'id', 'livemode', p_livemode),
      concat('stripe:', coalesce(p_session ->> 'payment_intent', p_session ->> 'id'), ':topup'));
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
comment on function private.apply_stripe_checkout is 'Inbox row, effect and verdict of one Stripe event in one transaction. p_session is the session as fetched from Stripe after the event arrived. Definer: the ledger is nobody''s to write.';

create function private.uuid_or_null(p_text text) returns uuid
language sql immutable set search_path = ''
return case when p_text ~* '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' then p_text::uuid end;
comment on function private.uuid_or_null is 'A uuid from text that strangers may have written.';

revoke execute on function private.apply_stripe_checkout from public, anon, authenticated;
grant execute on function private.apply_stripe_checkout to service_role;
