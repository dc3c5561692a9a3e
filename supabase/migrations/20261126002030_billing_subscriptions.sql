-- Subscriptions, invoices and payments as Stripe has them, and what they bring. Stripe's objects are the truth; these rows
-- are what was fetched last. Each fetch takes a ticket first, and only a higher ticket overwrites: an event comes after
-- its change, so the fetch with the highest ticket has seen every change that was ever announced before it, however the
-- events were delayed, doubled or shuffled.
-- Locks are taken in one order: event, checkout, subscription, invoice, payment, account.

create sequence private.stripe_tickets;
comment on sequence private.stripe_tickets is 'The order in which objects were fetched from Stripe.';

create table public.subscriptions (
  id text primary key check (char_length(id) <= 255),
  user_id uuid not null references public.credit_accounts (user_id),
  plan text not null references public.plans (id),
  cycle text not null,
  price_version int not null,
  status text not null check (status in
    ('trialing', 'active', 'past_due', 'canceled', 'incomplete', 'incomplete_expired', 'unpaid', 'paused')),
  current_period_start timestamptz not null,
  current_period_end timestamptz not null,
  trial_ends_at timestamptz,
  cancel_at timestamptz,
  ended_at timestamptz,
  past_due_since timestamptz,
  latest_invoice text,
  livemode boolean not null,
  ticket bigint not null,
  created_at timestamptz not null,
  updated_at timestamptz not null default now(),
  foreign key (plan, cycle, price_version) references public.plan_prices (plan, cycle, version),
  check ((past_due_since is not null) = (status in ('past_due', 'unpaid')))
);
comment on table public.subscriptions is 'As last fetched from Stripe. cancel_at: when it ends, if it was canceled; past_due_since: when the invoice that could not be paid was made.';
alter table public.subscriptions enable row level security;
create policy "people read their own subscriptions" on public.subscriptions
  for select to authenticated using ((select auth.uid()) = user_id);
create index subscriptions_user on public.subscriptions (user_id, created_at desc);
create index subscriptions_live on public.subscriptions (user_id) where status in ('trialing', 'active', 'past_due');
create index subscriptions_period on public.subscriptions (current_period_end) where status in ('trialing', 'active', 'past_due');
create index subscriptions_past_due on public.subscriptions (past_due_since) where status = 'past_due';
create index subscriptions_price on public.subscriptions (plan, cycle, price_version);
revoke all on public.subscriptions from public, anon, authenticated, service_role;
grant select (id, user_id, plan, cycle, price_version, status, current_period_start, current_period_end, trial_ends_at,
  cancel_at, ended_at, past_due_since, latest_invoice, created_at) on public.subscriptions to authenticated;

create table public.invoices (
  id text primary key check (char_length(id) <= 255),
  user_id uuid not null references public.credit_accounts (user_id),
  subscription text,
  number text,
  status text not null check (status in ('draft', 'open', 'paid', 'void', 'uncollectible')),
  reason text,
  currency text not null,
  subtotal_cents bigint not null,
  tax_cents bigint not null,
  total_cents bigint not null,
  paid_cents bigint not null,
  due_cents bigint not null,
  lines jsonb not null,
  taxes jsonb not null,
  customer jsonb not null,
  hosted_url text,
  attempts int not null default 0,
  next_attempt_at timestamptz,
  issued_at timestamptz not null,
  paid_at timestamptz,
  livemode boolean not null,
  ticket bigint not null
);
comment on table public.invoices is 'As last fetched from Stripe. lines: description, quantity, amount_cents, period; taxes: name, percent, amount_cents, as Stripe Tax reports them; customer: name, address, tax ids as they stand on the invoice. Amounts in cents of the currency.';
alter table public.invoices enable row level security;
create policy "people read their own invoices" on public.invoices
  for select to authenticated using ((select auth.uid()) = user_id);
create index invoices_user on public.invoices (user_id, issued_at desc, id desc);
create index invoices_subscription on public.invoices (subscription) where subscription is not null;
revoke all on public.invoices from public, anon, authenticated, service_role;
grant select (id, user_id, subscription, number, status, reason, currency, subtotal_cents, tax_cents, total_cents, paid_cents,
  due_cents, lines, taxes, customer, hosted_url, attempts, next_attempt_at, issued_at, paid_at) on public.invoices to authenticated;

-- A paid month or year of a plan, and the allowances that were granted for it: for a year one each month.
create table private.plan_periods (
  subscription text not null,
  plan text not null,
  ends_at timestamptz not null,
  starts_at timestamptz not null,
  user_id uuid not null references public.credit_accounts (user_id),
  yearly boolean not null,
  trial boolean not null,
  credits bigint not null check (credits > 0),
  invoice text not null,
  primary key (subscription, plan, ends_at),
  check (starts_at < ends_at)
);
comment on table private.plan_periods is 'A period that an invoice paid for, once per subscription, plan and end, whatever is switched back and forth in it. credits: the allowance of each month in it.';
alter table private.plan_periods enable row level security;
create index plan_periods_yearly on private.plan_periods (ends_at) where yearly;
create index plan_periods_user on private.plan_periods (user_id);
-- Whoever opens several pages before the first is paid begins several trials. No money came in that could go back with the
-- second one, so its allowance is never granted.
create unique index plan_periods_one_trial on private.plan_periods (user_id) where trial;

create table private.plan_allowances (
  subscription text not null,
  plan text not null,
  ends_at timestamptz not null,
  user_id uuid not null,
  invoice text not null,
  credits bigint not null check (credits > 0),
  entry_seq bigint not null,
  primary key (subscription, plan, ends_at)
);
comment on table private.plan_allowances is 'An allowance that was granted, with its entry and the invoice that paid for it.';
alter table private.plan_allowances enable row level security;
create index plan_allowances_invoice on private.plan_allowances (invoice);
create index plan_allowances_entry on private.plan_allowances (user_id, entry_seq);

create function private.grace_end(p_past_due_since timestamptz) returns timestamptz
language sql stable set search_path = ''
return p_past_due_since + make_interval(days => private.setting_int('grace_days')::int);
comment on function private.grace_end is 'Until when a plan goes on after a payment for it has failed.';

create function private.plan_in_force(
  p_user uuid, out plan text, out subscription text, out starts_at timestamptz, out ends_at timestamptz
)
language plpgsql stable set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_subscription public.subscriptions;
begin
  select s.* into v_subscription
  from public.subscriptions s
  where s.user_id = p_user and s.status in ('trialing', 'active', 'past_due')
    and (s.status <> 'past_due' or v_now < private.grace_end(s.past_due_since))
    and (s.cancel_at is null or v_now < s.cancel_at)
  -- Of two the first one stays (private.follow_subscription): the second must not lend its plan until it is canceled.
  order by s.created_at, s.id limit 1;
  if found then
    plan := v_subscription.plan;
    subscription := v_subscription.id;
    starts_at := v_subscription.current_period_start;
    ends_at := v_subscription.current_period_end;
    -- The month of a year that is paid at once; while a renewal is on its way, the month after the one that ended.
    if v_now >= ends_at or v_subscription.cycle = 'year' and v_subscription.status <> 'trialing' then
      select w.starts, w.ends into starts_at, ends_at from private.month_window(v_subscription.current_period_start, v_now) w;
    end if;
  else
    plan := 'free';
    select w.starts, w.ends into starts_at, ends_at
    from public.profiles p cross join lateral private.month_window(p.created_at, greatest(v_now, p.created_at)) w where p.id = p_user;
  end if;
end
$$;
comment on function private.plan_in_force is 'What a person is on now, and the month in which its allowances count. Past due is not the end until its grace is over; without a subscription it is Free, in months since they signed up. Periods roll over by being computed.';

create function private.grant_allowance(p_period private.plan_periods) returns text
language plpgsql set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_ends timestamptz := p_period.ends_at;
  v_seq bigint;
begin
  if p_period.yearly then
    select w.ends into v_ends
    from private.month_window(p_period.ends_at - interval '1 year', greatest(v_now, p_period.starts_at)) w;
  end if;
  if v_ends <= v_now or v_ends > p_period.ends_at then
    return 'allowance_over';
  end if;
  -- The first one waits here for another transaction that grants the same.
  insert into private.plan_allowances (subscription, plan, ends_at, user_id, invoice, credits, entry_seq)
  values (p_period.subscription, p_period.plan, v_ends, p_period.user_id, p_period.invoice, p_period.credits, 0)
  on conflict do nothing;
  if not found then
    return 'allowance_granted_before';
  end if;
  -- Before the welcome (70) and what was bought (50), which do not end.
  v_seq := private.grant_credits(p_period.user_id, p_period.credits, 'grant', 'plan',
    concat('invoice:', p_period.invoice, ':', to_char(v_ends at time zone 'UTC', 'YYYYMMDD')),
    jsonb_build_object('rule', 'allowance of a plan, until the end of its period', 'plan', p_period.plan,
      'invoice', p_period.invoice, 'subscription', p_period.subscription, 'until', v_ends),
    concat('grant:', p_period.subscription, ':', p_period.plan, ':', extract(epoch from v_ends)::bigint),
    80, null, v_ends);
  update private.plan_allowances set entry_seq = v_seq
  where subscription = p_period.subscription and plan = p_period.plan and ends_at = v_ends;
  return 'allowance_granted';
end
$$;
comment on function private.grant_allowance is 'The allowance of the month that is now, once. The caller has locked the period''s row.';

create function private.renew_allowances(p_limit int) returns int
language plpgsql security definer set search_path = ''
as $$
declare
  v_now timestamptz := private.clock();
  v_period private.plan_periods;
  v_person record;
  v_window record;
  v_count int := 0;
begin
  -- Months of a year that was paid at once. Only while the subscription is still on that plan.
  for v_period in
    select d.* from private.plan_periods d join public.subscriptions s on s.id = d.subscription
    where d.yearly and d.ends_at > v_now and d.starts_at <= v_now and s.plan = d.plan and s.status in ('active', 'past_due')
      and not exists (
        select from private.plan_allowances a where a.subscription = d.subscription and a.plan = d.plan
          and a.ends_at = (select w.ends from private.month_window(d.ends_at - interval '1 year', v_now) w))
    order by d.ends_at limit p_limit
  loop
    begin
      -- Its payments are locked before the account, as everybody does it.
      perform from public.payments where invoice = v_period.invoice order by id for update;
      if private.grant_allowance(v_period) = 'allowance_granted' then
        v_count := v_count + 1;
        perform private.settle_invoice(v_period.invoice);
      end if;
    exception when others then
      raise warning 'the allowance of % could not be granted: %', v_period.subscription, sqlerrm;
    end;
  end loop;

  -- Free, from the second month on: the first one's is the welcome at sign-up. Those without a paid plan, month by month.
  for v_person in
    select p.id, private.maximum_of('free', 'generations', p.free_month_from) as credits, p.free_month_from
    from (
      select f.id, f.free_until, (private.month_window(f.created_at, v_now)).starts as free_month_from
      from public.profiles f
      where f.free_until <= v_now and f.status = 'active'
      order by f.free_until limit p_limit
    ) p
  loop
    begin
      perform private.lock_account(v_person.id);
      select w.*, w.starts = f.created_at as welcomed into v_window from public.profiles f
        cross join lateral private.month_window(f.created_at, v_now) w where f.id = v_person.id and f.free_until <= v_now;
      continue when not found;
      update public.profiles set free_until = v_window.ends where id = v_person.id;
      continue when v_window.welcomed or (private.plan_in_force(v_person.id)).plan <> 'free' or coalesce(v_person.credits, 0) = 0;
      perform private.grant_credits(v_person.id, v_person.credits, 'grant', 'plan',
        concat('free:', to_char(v_window.starts at time zone 'UTC', 'YYYYMMDD')),
        jsonb_build_object('rule', 'monthly allowance of the Free plan', 'plan', 'free', 'until', v_window.ends),
        concat('grant:', v_person.id, ':free:', extract(epoch from v_window.starts)::bigint), 80, null, v_window.ends);
      v_count := v_count + 1;
    exception when others then
      raise warning 'the Free allowance of % could not be granted: %', v_person.id, sqlerrm;
    end;
  end loop;
  return v_count;
end
$$;
comment on function private.renew_allowances is 'Grants the allowances of months that have begun: Free ones, and those within a paid year; says how many. Run by pg_cron. Definer: as grant_credits.';

-- Until when the Free month of somebody is dealt with. When a paid plan ends this is set back, and the next run gives the
-- allowance of the month, unless it was given before: its key says so.
alter table public.profiles add column free_until timestamptz;
update public.profiles set free_until = (private.month_window(created_at, greatest(now(), created_at))).ends;
alter table public.profiles alter column free_until set not null,
  alter column free_until set default private.clock() + interval '1 month';
comment on column public.profiles.free_until is 'Up to when the Free allowance was given, or not due.';
create index profiles_free_until on public.profiles (free_until) where status = 'active';

revoke execute on function private.grace_end, private.plan_in_force, private.grant_allowance, private.renew_allowances
  from public, anon, authenticated, service_role;
