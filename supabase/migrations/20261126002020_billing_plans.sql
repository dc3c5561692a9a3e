-- Plans, what they cost and what they include. Prices and entitlements are versions, appended and never rewritten: what
-- somebody subscribed to stays what it was, and "why was I charged this" has an answer. Stripe gets a copy of the
-- prices (`deno task stripe:sync`); the table here is the original.

create table public.plans (
  id text primary key check (id ~ '^[a-z]+$'),
  rank int not null unique,
  trial_days int not null default 0 check (trial_days between 0 and 90),
  trial_generations bigint check (trial_generations > 0),
  active boolean not null default true
);
comment on table public.plans is 'What one can be on. A higher rank is an upgrade. trial_generations: the allowance of a trial, which costs nothing and so holds less than a paid month; null where generations are unlimited.';

create table public.plan_prices (
  plan text not null references public.plans (id),
  cycle text not null check (cycle in ('month', 'year')),
  version int not null check (version > 0),
  price_cents bigint not null check (price_cents >= 50),
  valid_from timestamptz not null default clock_timestamp(),
  primary key (plan, cycle, version)
);
comment on table public.plan_prices is 'Append-only. What a plan costs per month or per year, in USD cents; the newest version is on sale.';

create table public.plan_entitlements (
  plan text not null references public.plans (id),
  entitlement text not null check (entitlement in
    ('generations', 'datasets', 'trainings', 'predictions', 'concurrency', 'rate')),
  version int not null check (version > 0),
  maximum bigint check (maximum >= 0),
  valid_from timestamptz not null default clock_timestamp(),
  primary key (plan, entitlement, version)
);
comment on table public.plan_entitlements is 'Append-only. generations, trainings, predictions: per month. datasets: at a time. concurrency: jobs at once. rate: jobs a minute. maximum null: unlimited.';

alter table public.plans enable row level security;
alter table public.plan_prices enable row level security;
alter table public.plan_entitlements enable row level security;
create policy "everyone reads the plans" on public.plans for select to anon, authenticated using (true);
create policy "everyone reads every plan's price" on public.plan_prices for select to anon, authenticated using (true);
create policy "everyone reads what plans include" on public.plan_entitlements for select to anon, authenticated using (true);
revoke all on public.plans, public.plan_prices, public.plan_entitlements from public, anon, authenticated, service_role;
grant select on public.plans, public.plan_prices, public.plan_entitlements to anon, authenticated;

create function private.refuse_rewriting() returns trigger
language plpgsql set search_path = ''
as $$
begin
  raise exception 'Rows of % are appended and never rewritten.', tg_table_name using errcode = 'KR008';
end
$$;
comment on function private.refuse_rewriting is 'Stops update, delete and truncate, for every role.';
create trigger plan_prices_append_only before update or delete on public.plan_prices
  for each row execute function private.refuse_rewriting();
create trigger plan_prices_no_truncate before truncate on public.plan_prices
  for each statement execute function private.refuse_rewriting();
create trigger plan_entitlements_append_only before update or delete on public.plan_entitlements
  for each row execute function private.refuse_rewriting();
create trigger plan_entitlements_no_truncate before truncate on public.plan_entitlements
  for each statement execute function private.refuse_rewriting();

create function private.set_plan_price(p_plan text, p_cycle text, p_price_cents bigint) returns int
language plpgsql set search_path = ''
as $$
declare
  v_last public.plan_prices;
begin
  perform from public.plans where id = p_plan for update;
  select * into v_last from public.plan_prices where plan = p_plan and cycle = p_cycle order by version desc limit 1;
  if v_last.price_cents = p_price_cents then
    return v_last.version;
  end if;
  insert into public.plan_prices (plan, cycle, version, price_cents)
  values (p_plan, p_cycle, coalesce(v_last.version, 0) + 1, p_price_cents);
  return coalesce(v_last.version, 0) + 1;
end
$$;
comment on function private.set_plan_price is 'Appends a version unless it is the price in force; returns the version in force.';

create function private.set_entitlement(p_plan text, p_entitlement text, p_maximum bigint) returns int
language plpgsql set search_path = ''
as $$
declare
  v_last public.plan_entitlements;
begin
  perform from public.plans where id = p_plan for update;
  select * into v_last from public.plan_entitlements
  where plan = p_plan and entitlement = p_entitlement order by version desc limit 1;
  if v_last.version is not null and v_last.maximum is not distinct from p_maximum then
    return v_last.version;
  end if;
  insert into public.plan_entitlements (plan, entitlement, version, maximum)
  values (p_plan, p_entitlement, coalesce(v_last.version, 0) + 1, p_maximum);
  return coalesce(v_last.version, 0) + 1;
end
$$;
comment on function private.set_entitlement is 'Appends a version unless it is the maximum in force; returns the version in force.';

create function private.maximum_of(p_plan text, p_entitlement text, p_at timestamptz default null) returns bigint
language sql stable set search_path = ''
return (
  -- As it was when the period began: what changes meanwhile holds from the next period on. The first version holds for
  -- whatever was before it.
  select e.maximum from public.plan_entitlements e
  where e.plan = p_plan and e.entitlement = p_entitlement
  order by (p_at is null or e.valid_from <= p_at) desc, case when p_at is null or e.valid_from <= p_at then e.version else -e.version end desc
  limit 1
);
comment on function private.maximum_of is 'What a plan includes of something, in force at a time (now without one). Null: unlimited.';

-- What Stripe calls our prices, for test and live mode apart.
create table private.stripe_catalogue (
  livemode boolean not null,
  subject text not null check (subject ~ '^(plan:[a-z]+|price:[a-z]+:(month|year)@[0-9]+|portal)$'),
  stripe_id text not null,
  synced_at timestamptz not null default now(),
  primary key (livemode, subject),
  unique (livemode, stripe_id)
);
comment on table private.stripe_catalogue is 'Stripe''s ids of our plans (products), prices and portal configuration.';
alter table private.stripe_catalogue enable row level security;

create function private.note_stripe_id(p_livemode boolean, p_subject text, p_stripe_id text) returns void
language sql volatile security definer set search_path = ''
begin atomic
  insert into private.stripe_catalogue (livemode, subject, stripe_id) values (p_livemode, p_subject, p_stripe_id)
  on conflict (livemode, subject) do update set stripe_id = excluded.stripe_id, synced_at = now();
end;
comment on function private.note_stripe_id is 'What Stripe calls something of ours. Definer: the catalogue is nobody''s to write.';

create function private.stripe_id_of(p_livemode boolean, p_subject text) returns text
language sql stable security definer set search_path = ''
return (select stripe_id from private.stripe_catalogue where livemode = p_livemode and subject = p_subject);
comment on function private.stripe_id_of is 'What Stripe calls something of ours; null before it was synchronised. Definer: as note_stripe_id.';

create function private.plan_of_price(p_livemode boolean, p_stripe_price text, out plan text, out cycle text, out version int)
language sql stable set search_path = ''
begin atomic
  select split_part(c.subject, ':', 2), split_part(split_part(c.subject, ':', 3), '@', 1), split_part(c.subject, '@', 2)::int
  from private.stripe_catalogue c
  where c.livemode = p_livemode and c.stripe_id = p_stripe_price and c.subject like 'price:%';
end;
comment on function private.plan_of_price is 'Which plan, cycle and version of its price a price of Stripe''s is; nulls for a price that is not ours.';

-- Whose a customer of Stripe's is. Made by us, before anything is bought.
create table private.stripe_customers (
  livemode boolean not null,
  user_id uuid not null,
  customer text not null,
  created_at timestamptz not null default now(),
  primary key (livemode, user_id),
  unique (livemode, customer)
);
comment on table private.stripe_customers is 'Whose a customer of Stripe''s is. The person of a payment is read from here, never from what a request says.';
alter table private.stripe_customers enable row level security;

create function private.note_stripe_customer(p_livemode boolean, p_user uuid, p_customer text) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  v_customer text;
begin
  insert into private.stripe_customers (livemode, user_id, customer) values (p_livemode, p_user, p_customer)
  on conflict (livemode, user_id) do nothing;
  select customer into v_customer from private.stripe_customers where livemode = p_livemode and user_id = p_user;
  return v_customer;
end
$$;
comment on function private.note_stripe_customer is 'Keeps the first customer made for a person and returns it. Definer: as note_stripe_id.';

create function private.stripe_customer_of(p_livemode boolean, p_user uuid) returns text
language sql stable security definer set search_path = ''
return (select customer from private.stripe_customers where livemode = p_livemode and user_id = p_user);
comment on function private.stripe_customer_of is 'A person''s customer at Stripe, or null. Definer: as note_stripe_id.';

create function private.person_of_customer(p_livemode boolean, p_customer text) returns uuid
language plpgsql stable set search_path = ''
as $$
begin
  return (select user_id from private.stripe_customers where livemode = p_livemode and customer = p_customer);
end
$$;
comment on function private.person_of_customer is 'Whose customer this is, or null.';

revoke execute on function private.set_plan_price, private.set_entitlement, private.maximum_of, private.note_stripe_id,
  private.stripe_id_of, private.plan_of_price, private.note_stripe_customer, private.stripe_customer_of, private.person_of_customer
  from public, anon, authenticated, service_role;
grant execute on function private.note_stripe_id, private.stripe_id_of, private.stripe_customer_of to service_role;
grant execute on function private.stripe_id_of, private.note_stripe_customer, private.stripe_customer_of to kredo_web;

insert into private.settings (key, value, description) values
  ('grace_days', '7', 'How long a plan goes on after a payment for it has failed.');

create function private.price_on_sale(p_plan text, p_cycle text) returns public.plan_prices
language sql stable security definer set search_path = ''
return (
  select p from public.plan_prices p join public.plans n on n.id = p.plan
  where p.plan = p_plan and p.cycle = p_cycle and n.active order by p.version desc limit 1
);
comment on function private.price_on_sale is 'The newest version of a plan''s price; null for a plan that is not on sale. Definer: the web role reads no table as itself.';
revoke execute on function private.price_on_sale from public, anon, authenticated, service_role;
grant execute on function private.price_on_sale to kredo_web;
