-- Auto top-up: when the balance falls below a threshold, a pack is charged to the card on file, within a cap per month.
-- The purchase is written with its task in one transaction and its id is Stripe's idempotency key, so that a worker that
-- dies and begins again charges once.

create table public.auto_topups (
  user_id uuid primary key references public.credit_accounts (user_id),
  state text not null default 'off' check (state in ('off', 'needs_card', 'on')),
  threshold bigint not null check (threshold between 1 and 10000),
  pack text not null references public.credit_packs (id),
  cap_cents bigint not null check (cap_cents between 100 and 1000000),
  payment_method text,
  card_brand text,
  card_last4 text,
  failures int not null default 0,
  retry_at timestamptz,
  off_reason text check (off_reason in ('failures', 'authentication', 'no_card')),
  updated_at timestamptz not null default now(),
  check (state <> 'on' or off_reason is null)
);
comment on table public.auto_topups is 'Below threshold (credits available) buy pack, for at most cap_cents a calendar month (UTC). off_reason: why it switched itself off.';
alter table public.auto_topups enable row level security;
create policy "people read their own auto top-up" on public.auto_topups
  for select to authenticated using ((select auth.uid()) = user_id);
create index auto_topups_on on public.auto_topups (user_id) where state = 'on';
create index auto_topups_pack on public.auto_topups (pack);
revoke all on public.auto_topups from public, anon, authenticated, service_role;
grant select (user_id, state, threshold, pack, cap_cents, card_brand, card_last4, failures, retry_at, off_reason, updated_at)
  on public.auto_topups to authenticated;

create function public.set_auto_topup(p_threshold bigint, p_pack text, p_cap_cents bigint) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  v_user uuid := auth.uid();
  v_price bigint := (select price_cents from public.credit_packs where id = p_pack and active);
  v_problems jsonb := '{}';
  v_state text;
begin
  if p_threshold is null or p_threshold not between 1 and 10000 then
    v_problems := v_problems || '{"threshold": "Use a whole number from 1 to 10,000 credits."}';
  end if;
  if v_price is null then
    v_problems := v_problems || '{"pack": "There is no such pack."}';
  elsif p_cap_cents is null or p_cap_cents not between 100 and 1000000 or p_cap_cents < v_price then
    v_problems := v_problems || '{"cap": "The monthly limit must cover at least one pack, and be at most $10,000."}';
  end if;
  if v_problems <> '{}' then
    perform private.refuse('KR004', 'Some fields are not valid.', v_problems);
  end if;
  if not exists (select from public.profiles where id = v_user and status = 'active') then
    perform private.refuse('KR005', 'This account cannot buy credits.');
  end if;
  -- The account before its settings, as everybody locks them.
  perform private.lock_account(v_user);
  insert into public.auto_topups as t (user_id, state, threshold, pack, cap_cents)
  values (v_user, 'needs_card', p_threshold, p_pack, p_cap_cents)
  on conflict (user_id) do update set threshold = excluded.threshold, pack = excluded.pack, cap_cents = excluded.cap_cents,
    -- Whoever switches it on again after failures says that the card is good now, or is asked for another.
    state = case when t.payment_method is null or t.off_reason is not null then 'needs_card' else 'on' end,
    failures = 0, retry_at = null, off_reason = null, updated_at = now()
  returning state into v_state;
  if v_state = 'on' then
    perform private.consider_topup(v_user);
  end if;
  return v_state;
end
$$;
comment on function public.set_auto_topup is 'Switches the caller''s auto top-up on: on, or needs_card until a card is kept. KR004 {threshold, pack, cap}, KR005. Definer: people hold no write right.';

create function public.stop_auto_topup() returns void
language sql volatile security definer set search_path = ''
begin atomic
  update public.auto_topups set state = 'off', failures = 0, retry_at = null, off_reason = null, updated_at = now()
  where user_id = (select auth.uid());
end;
comment on function public.stop_auto_topup is 'Switches the caller''s auto top-up off. Definer: as set_auto_topup.';

create function private.note_topup_card(p_user uuid, p_payment_method text, p_brand text, p_last4 text) returns void
language plpgsql set search_path = ''
as $$
begin
  perform private.lock_account(p_user);
  update public.auto_topups set payment_method = p_payment_method, card_brand = p_brand, card_last4 = p_last4,
    state = case when state = 'needs_card' then 'on' else state end, failures = 0, retry_at = null, updated_at = now()
  where user_id = p_user and p_payment_method is not null;
  perform private.consider_topup(p_user);
end
$$;
comment on function private.note_topup_card is 'The card that auto top-up charges; what waited for it begins.';

create function private.topups_of_month(p_user uuid, out starts timestamptz, out spent_cents bigint)
language sql stable set search_path = ''
begin atomic
  select m.starts, coalesce(sum(c.price_cents), 0)::bigint
  from (select date_trunc('month', private.clock(), 'UTC') as starts) m
  left join public.checkout_sessions c on c.user_id = p_user and c.kind = 'auto' and c.status <> 'failed' and c.created_at >= m.starts
  group by m.starts;
end;
comment on function private.topups_of_month is 'What auto top-up has charged, or is charging, this calendar month.';

create function public.read_topups_of_month() returns bigint
language sql stable security definer set search_path = ''
return (select m.spent_cents from private.topups_of_month((select auth.uid())) m);
comment on function public.read_topups_of_month is 'What the caller''s auto top-up has charged, or is charging, this calendar month (UTC), in USD cents: the sum that the cap is held against. Definer: reads the business''s clock.';

create function private.topup_cap_key(p_user uuid, p_month timestamptz) returns text
language sql stable set search_path = ''
return concat(p_user, ':cap:', to_char(p_month at time zone 'UTC', 'YYYY-MM'));
comment on function private.topup_cap_key is 'The key of the one mail a month that says that the cap is reached.';

create function private.consider_topup(p_user uuid) returns boolean
language plpgsql set search_path = ''
as $$
declare
  v_topup public.auto_topups;
  v_pack public.credit_packs;
  v_month record;
  v_checkout uuid := gen_random_uuid();
begin
  -- One at a time for a person, so that two requests do not both find the balance low and no purchase under way.
  perform private.lock_account(p_user);
  select * into v_topup from public.auto_topups where user_id = p_user and state = 'on' for update;
  if not found or v_topup.retry_at > private.clock()
      or (select available from public.credit_accounts where user_id = p_user) >= v_topup.threshold
      or exists (select from public.checkout_sessions
        where user_id = p_user and kind = 'auto' and status in ('creating', 'processing'))
      or not exists (select from public.profiles where id = p_user and status = 'active') then
    return false;
  end if;
  select * into v_pack from public.credit_packs where id = v_topup.pack and active;
  if not found then
    return false;
  end if;
  v_month := private.topups_of_month(p_user);
  if v_pack.price_cents + v_month.spent_cents > v_topup.cap_cents then
    perform private.add_mail(p_user, 'topup_switched_off', private.topup_cap_key(p_user, v_month.starts), '{"reason": "cap"}');
    return false;
  end if;
  insert into public.checkout_sessions (id, user_id, kind, pack, credits, price_cents, price_version, status, created_at)
  values (v_checkout, p_user, 'auto', v_pack.id, v_pack.credits, v_pack.price_cents,
    private.price_version(concat('pack:', v_pack.id), v_pack.credits, v_pack.price_cents), 'processing', private.clock());
  return private.add_task('auto_topup', concat('topup:', v_checkout), p_user, jsonb_build_object('checkout', v_checkout,
    'credits', v_pack.credits, 'price_cents', v_pack.price_cents, 'payment_method', v_topup.payment_method));
end
$$;
comment on function private.consider_topup is 'Buys a pack if the balance is low, nothing is under way and the month''s cap allows it. True when it does.';

create function private.apply_topup(p_checkout public.checkout_sessions, p_intent jsonb, p_livemode boolean) returns text[]
language plpgsql set search_path = ''
as $$
declare
  v_effects text[];
begin
  if p_intent ->> 'status' = 'succeeded' then
    if (p_intent ->> 'amount_received')::bigint is distinct from p_checkout.price_cents or p_intent ->> 'currency' is distinct from 'usd' then
      return '{mismatch}';
    end if;
    v_effects := private.credit_checkout(p_checkout, p_intent ->> 'id', p_checkout.price_cents, null, p_livemode);
    update public.auto_topups set failures = 0, retry_at = null where user_id = p_checkout.user_id;
    perform private.add_mail(p_checkout.user_id, 'topup_succeeded', p_checkout.id::text,
      jsonb_build_object('pack_credits', p_checkout.credits, 'amount_cents', p_checkout.price_cents));
    return v_effects;
  elsif p_intent ->> 'status' in ('requires_payment_method', 'requires_action', 'canceled') then
    return array[private.fail_topup(p_checkout.id,
      case when p_intent ->> 'status' = 'requires_action' or p_intent #>> '{last_payment_error,code}' = 'authentication_required'
        then 'authentication' else 'failures' end)];
  end if;
  return '{waiting}';
end
$$;
comment on function private.apply_topup is 'What became of an automatic purchase. The caller has locked it and seen that it is not paid.';

create function private.fail_topup(p_checkout uuid, p_reason text) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  v_checkout public.checkout_sessions;
  v_topup public.auto_topups;
  v_off boolean;
begin
  update public.checkout_sessions set status = 'failed' where id = p_checkout and kind = 'auto' and status = 'processing'
  returning * into v_checkout;
  if not found then
    return 'nothing_new';
  end if;
  -- An hour, six hours; the third failure switches it off, as does a card that wants its owner present.
  update public.auto_topups t set failures = t.failures + 1,
    retry_at = private.clock() + case t.failures when 0 then interval '1 hour' else interval '6 hours' end,
    state = case when t.failures >= 2 or p_reason <> 'failures' then 'off' else t.state end,
    off_reason = case when t.failures >= 2 or p_reason <> 'failures' then p_reason end, updated_at = now()
  where t.user_id = v_checkout.user_id and t.state = 'on'
  returning * into v_topup;
  v_off := v_topup.state = 'off';
  if v_off then
    perform private.add_mail(v_checkout.user_id, 'topup_switched_off', p_checkout::text, jsonb_build_object('reason', v_topup.off_reason));
  elsif v_topup.user_id is not null then
    perform private.add_mail(v_checkout.user_id, 'topup_failed', p_checkout::text, jsonb_build_object(
      'amount_cents', v_checkout.price_cents, 'attempts', v_topup.failures, 'next_attempt_at', v_topup.retry_at));
  end if;
  return 'failed';
end
$$;
comment on function private.fail_topup is 'An automatic purchase that was not paid: backs off, and switches off after three or when the card''s owner is needed. Definer: as grant_credits.';

create function private.awaits_topup(p_checkout uuid) returns boolean
language sql stable security definer set search_path = ''
return exists (select from public.checkout_sessions where id = p_checkout and kind = 'auto' and status = 'processing');
comment on function private.awaits_topup is 'Whether an automatic purchase is still to be paid. Stripe forgets its idempotency keys after a day, and a task may be tried again after that. Definer: as grant_credits.';

create function private.sweep_topups(p_limit int) returns int
language plpgsql security definer set search_path = ''
as $$
declare
  v_user uuid;
  v_count int := 0;
begin
  for v_user in
    select t.user_id from public.auto_topups t
    join public.credit_accounts a on a.user_id = t.user_id
    join public.profiles f on f.id = t.user_id and f.status = 'active'
    join public.credit_packs k on k.id = t.pack and k.active
    cross join lateral private.topups_of_month(t.user_id) m
    where t.state = 'on' and a.available < t.threshold and (t.retry_at is null or t.retry_at <= private.clock())
      -- Those for whom nothing can be done would otherwise stand before everybody else for the rest of the month.
      and not exists (
        select from public.checkout_sessions c
        where c.user_id = t.user_id and c.kind = 'auto' and c.status in ('creating', 'processing'))
      and (k.price_cents + m.spent_cents <= t.cap_cents or not exists (
        select from private.tasks o where o.key = concat('mail:topup_switched_off:', private.topup_cap_key(t.user_id, m.starts))))
    order by t.user_id limit p_limit
  loop
    if private.consider_topup(v_user) then
      v_count := v_count + 1;
    end if;
  end loop;
  return v_count;
end
$$;
comment on function private.sweep_topups is 'Balances that fell by other ways than a job, and failures whose wait is over. Run by pg_cron. Definer: as grant_credits.';

revoke execute on function public.set_auto_topup, public.stop_auto_topup, public.read_topups_of_month, private.note_topup_card, private.topups_of_month,
  private.topup_cap_key, private.consider_topup, private.apply_topup, private.fail_topup, private.awaits_topup, private.sweep_topups from public, anon, authenticated, service_role;
grant execute on function public.set_auto_topup, public.stop_auto_topup, public.read_topups_of_month to authenticated;
grant execute on function private.fail_topup, private.awaits_topup to service_role;
