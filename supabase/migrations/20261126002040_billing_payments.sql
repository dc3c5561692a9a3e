-- Money that came in, and went back. What a customer got for a payment is taken back in proportion to what Stripe says, in
-- total, was refunded or is disputed: never a sum of events. So whatever arrives twice, late or in another order ends
-- in the same balance; what was spent already becomes a debt.

create table public.payments (
  id text primary key check (char_length(id) <= 255),
  user_id uuid not null references public.credit_accounts (user_id),
  checkout_id uuid,
  invoice text,
  amount_cents bigint not null check (amount_cents >= 0),
  refunded_cents bigint not null default 0 check (refunded_cents >= 0),
  disputed_cents bigint not null default 0 check (disputed_cents >= 0),
  dispute text check (dispute in ('open', 'won', 'lost')),
  taken_credits bigint not null default 0 check (taken_credits >= 0),
  grants int[] not null default '{}',
  grant_amounts bigint[] not null default '{}',
  moves int not null default 0,
  ticket bigint not null default 0,
  livemode boolean not null,
  created_at timestamptz not null default private.clock()
);
comment on table public.payments is 'A payment by its id at Stripe. refunded_cents: in total, as the charge says; disputed_cents: of disputes that are open or lost. taken_credits: what was taken back of what it had brought, in that many moves; grants and grant_amounts say from which lots, in the order drawn, and what is missing there had been spent and was owed.';
alter table public.payments enable row level security;
create policy "people read their own payments" on public.payments
  for select to authenticated using ((select auth.uid()) = user_id);
create index payments_user on public.payments (user_id, created_at desc);
create index payments_invoice on public.payments (invoice) where invoice is not null;
create index payments_checkout on public.payments (checkout_id) where checkout_id is not null;
revoke all on public.payments from public, anon, authenticated, service_role;
grant select (id, user_id, checkout_id, invoice, amount_cents, refunded_cents, disputed_cents, dispute, taken_credits, created_at)
  on public.payments to authenticated;

-- A purchase may be of a pack, by hand or by auto top-up, of a plan, or of nothing (a card that is only kept).
alter table public.checkout_sessions
  add column kind text not null default 'pack' check (kind in ('pack', 'auto', 'plan', 'card')),
  add column plan text references public.plans (id),
  add column cycle text,
  alter column pack drop not null,
  alter column price_version drop not null,
  drop constraint checkout_sessions_credits_check,
  drop constraint checkout_sessions_price_cents_check,
  add constraint checkout_sessions_goods check (case kind
    when 'card' then num_nonnulls(pack, plan, cycle, price_version) = 0 and credits = 0 and price_cents = 0
    when 'plan' then pack is null and num_nonnulls(plan, cycle, price_version) = 3 and credits = 0 and price_cents > 0
    else num_nonnulls(plan, cycle) = 0 and num_nonnulls(pack, price_version) = 2 and credits > 0 and price_cents > 0 end),
  add foreign key (plan, cycle, price_version) references public.plan_prices (plan, cycle, version);
comment on table public.checkout_sessions is 'One intended purchase, written before Stripe is asked. credits and price are those at the time. auto: charged by auto top-up; plan: a subscription; card: nothing is bought, a card is kept.';
create index checkout_sessions_plan on public.checkout_sessions (plan, cycle, price_version) where plan is not null;
create index checkout_sessions_auto on public.checkout_sessions (user_id, created_at) where kind = 'auto';

create function private.brought_by(p_payment public.payments) returns bigint
language sql stable set search_path = ''
return (
  coalesce((select c.credits from public.checkout_sessions c where c.id = p_payment.checkout_id and c.status = 'paid'), 0)
  + coalesce((select sum(a.credits)::bigint from private.plan_allowances a where a.invoice = p_payment.invoice), 0)
);
comment on function private.brought_by is 'The credits that a payment has brought so far: of a pack, or the allowances of the invoice it paid.';

create function private.asked_back(p_payment public.payments, out total bigint, out due bigint)
language sql stable set search_path = ''
begin atomic
  -- A refund and a dispute over the same money ask for it once. Rounded in the customer's favour, lot by lot. Of a lot that has
  -- ended, what ended unspent is gone already, and what was taken from it before would have been gone too.
  select coalesce(sum(a.asked), 0)::bigint, coalesce(sum(greatest(a.asked - a.expired, least(a.asked, a.taken), 0)), 0)::bigint
  from (
    select b.expired, b.taken, div(b.credits::numeric
      * least(p_payment.amount_cents, p_payment.refunded_cents + p_payment.disputed_cents), p_payment.amount_cents)::bigint as asked
    from (
      select c.credits, 0::bigint as expired, 0::bigint as taken
      from public.checkout_sessions c where c.id = p_payment.checkout_id and c.status = 'paid'
      union all
      select w.credits, g.expired, (
        select coalesce(sum(d.credits), 0)::bigint from unnest(p_payment.grants, p_payment.grant_amounts) as d(number, credits)
        where d.number = g.number)
      from private.plan_allowances w join public.credit_grants g on g.user_id = w.user_id and g.entry_seq = w.entry_seq
      where w.invoice = p_payment.invoice
    ) b
    where p_payment.amount_cents > 0
  ) a;
end;
comment on function private.asked_back is 'How many credits refunds and disputes of a payment ask for: in total, and what of it is due now that some lots have ended.';

create function private.give_back_credits(p_payment public.payments, p_amount bigint, p_kind text, p_ref text, p_cause jsonb) returns void
language plpgsql set search_path = ''
as $$
declare
  v_drawn bigint := (select coalesce(sum(part), 0)::bigint from unnest(p_payment.grant_amounts) as part);
  -- What was owed comes back first, for it was taken last.
  v_of_lots bigint := greatest(0, p_amount - (p_payment.taken_credits - v_drawn));
  v_received record := private.receive_credits(p_payment.user_id, p_amount, p_kind, p_kind, p_ref, p_cause);
  v_to_lots bigint := least(v_of_lots, p_amount - v_received.repaid);
  v_rest bigint := p_amount - v_received.repaid - v_to_lots;
begin
  perform private.return_to_grants(p_payment.user_id, p_payment.grants, p_payment.grant_amounts, v_to_lots);
  -- A lot of its own keeps what was owed and has been paid since: mostly nothing.
  insert into public.credit_grants (user_id, number, source, amount, remaining, ref, effective_at, entry_seq, closed_at)
  values (p_payment.user_id, private.next_grant_number(p_payment.user_id), p_kind, p_amount, v_rest, p_ref, private.clock(),
    v_received.seq, case when v_rest = 0 then private.clock() end);
  update public.payments p set taken_credits = taken_credits - p_amount, moves = moves + 1, (grants, grant_amounts) = (
    select coalesce(array_agg(d.number order by d.at), '{}'),
      coalesce(array_agg(least(d.credits, v_drawn - v_of_lots - d.before) order by d.at), '{}')
    from (
      select u.number, u.credits, u.at, (sum(u.credits) over (order by u.at) - u.credits)::bigint as before
      from unnest(p_payment.grants, p_payment.grant_amounts) with ordinality as u(number, credits, at)
    ) d
    where d.before < v_drawn - v_of_lots)
  where p.id = p_payment.id;
end
$$;
comment on function private.give_back_credits is 'The opposite of claw_back_credits: a refund that failed, a dispute that was won. What is owed is paid first; the rest returns to the lots it came from, where it ends with them, as if it had never been taken.';

create function private.settle_money_back(p_payment text, p_kind text, p_cause jsonb) returns text
language plpgsql set search_path = ''
as $$
declare
  v_payment public.payments;
  v_asked record;
  v_more bigint;
  v_ref text;
  v_lot text;
  v_seq bigint;
  v_cause jsonb;
begin
  select * into v_payment from public.payments where id = p_payment for update;
  if not found then
    return null;
  end if;
  if v_payment.refunded_cents + v_payment.disputed_cents + v_payment.taken_credits = 0 then
    return null;
  end if;
  -- What is due to end has ended, whether or not the sweep has come by.
  perform private.lock_account(v_payment.user_id);
  perform private.expire_account(v_payment.user_id);
  v_asked := private.asked_back(v_payment);
  v_more := v_asked.due - v_payment.taken_credits;
  if v_more = 0 then
    return null;
  end if;

  v_ref := concat(p_kind, ':', p_payment, ':', v_payment.moves + 1);
  v_cause := p_cause || jsonb_build_object('payment', p_payment, 'amount_cents', v_payment.amount_cents,
    'back_cents', least(v_payment.amount_cents, v_payment.refunded_cents + v_payment.disputed_cents),
    'brought', private.brought_by(v_payment), 'invoice', v_payment.invoice, 'checkout', v_payment.checkout_id);
  if v_more < 0 then
    perform private.give_back_credits(v_payment, -v_more, p_kind, v_ref,
      v_cause || jsonb_build_object('rule', 'credits return with the money'));
    return 'credits_returned';
  end if;
  select (array_agg(g.ref order by g.expires_at desc))[1] into v_lot
  from private.plan_allowances a join public.credit_grants g on g.user_id = a.user_id and g.entry_seq = a.entry_seq
  where a.invoice = v_payment.invoice;
  v_seq := private.claw_back_credits(v_payment.user_id, v_more, p_kind, v_ref,
    v_cause || jsonb_build_object('rule', 'credits of a payment go back with its money'),
    concat('stripe:', p_payment, ':back:', v_payment.moves + 1), coalesce(v_lot, concat('checkout:', v_payment.checkout_id)));
  update public.payments p set taken_credits = v_asked.due, moves = moves + 1,
    grants = p.grants || d.grants, grant_amounts = p.grant_amounts || d.amounts
  from (
    select coalesce(array_agg((e ->> 'grant')::int order by at), '{}') as grants,
      coalesce(array_agg((e ->> 'credits')::bigint order by at), '{}') as amounts
    from public.credit_entries c cross join lateral jsonb_array_elements(c.cause -> 'drawn') with ordinality as l(e, at)
    where c.user_id = v_payment.user_id and c.seq = v_seq
  ) d
  where p.id = p_payment;
  return 'credits_taken_back';
end
$$;
comment on function private.settle_money_back is 'Brings what was taken back of a payment''s credits to what it should be by now: least(amount, refunded + disputed) of it, in proportion. Says what it did, or null when nothing was to do. Locks the payment, then the account.';

create function private.settle_noted(p_payment text) returns text
language plpgsql set search_path = ''
as $$
begin
  return (
    select private.settle_money_back(p.id, case when p.disputed_cents > 0 then 'dispute' else 'refund' end, '{}')
    from public.payments p where p.id = p_payment
  );
end
$$;
comment on function private.settle_noted is 'settle_money_back, for credits that came after their money had gone back.';

create function private.settle_invoice(p_invoice text) returns text[]
language sql volatile set search_path = ''
begin atomic
  select coalesce(array_agg(s.did) filter (where s.did is not null), '{}') from (
    select private.settle_noted(p.id) as did from public.payments p where p.invoice = p_invoice order by p.id
  ) s;
end;
comment on function private.settle_invoice is 'settle_noted, for the payments of an invoice.';

create function private.note_payment(
  p_payment text, p_user uuid, p_checkout uuid, p_invoice text, p_amount bigint, p_livemode boolean
) returns void
language sql volatile set search_path = ''
begin atomic
  insert into public.payments as p (id, user_id, checkout_id, invoice, amount_cents, livemode)
  values (p_payment, p_user, p_checkout, p_invoice, p_amount, p_livemode)
  on conflict (id) do update set
    checkout_id = coalesce(p.checkout_id, excluded.checkout_id), invoice = coalesce(p.invoice, excluded.invoice)
  where p.user_id = excluded.user_id;
end;
comment on function private.note_payment is 'Remembers what a payment was for, and locks it.';

-- The walker of the invariant `payments`, with purchases that bring no credits left out.
do $$
begin
  execute replace(pg_get_functiondef('private.check_payments'::regproc),
    $w$and status = 'paid'$w$, $w$and status = 'paid' and kind in ('pack', 'auto')$w$);
end
$$;

revoke execute on function private.brought_by, private.asked_back, private.give_back_credits, private.settle_money_back,
  private.settle_noted, private.settle_invoice, private.note_payment from public, anon, authenticated, service_role;
