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
  moves int not null default 0,
  ticket bigint not null default 0,
  livemode boolean not null,
  created_at timestamptz not null default private.clock()
);
comment on table public.payments is 'A payment by its id at Stripe. refunded_cents: in total, as the charge says; disputed_cents: of disputes that are open or lost. taken_credits: what was taken back of what it had brought, in that many moves.';
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

create function private.give_back_credits(p_user uuid, p_amount bigint, p_kind text, p_ref text, p_cause jsonb, p_key text,
  p_expires_at timestamptz) returns bigint
language plpgsql set search_path = ''
as $$
begin
  if private.claim_idempotency_key('credits', p_key, private.request_hash(p_user::text, p_amount::text, p_kind, p_ref),
      concat(p_user, '/', p_ref)) is not null then
    return private.first_entry(p_user, p_kind, p_ref);
  end if;
  perform private.lock_account(p_user);
  perform private.check_first(p_user, p_kind, p_ref);
  return private.add_grant(p_user, p_amount, p_kind, p_kind, p_ref, p_cause, 50, private.clock(), p_expires_at);
end
$$;
comment on function private.give_back_credits is 'The opposite of claw_back_credits: a refund that failed, a dispute that was won. Debt first, the rest as a lot. Returns the entry''s seq, once per key.';

create function private.settle_money_back(p_payment text, p_kind text, p_cause jsonb) returns text
language plpgsql set search_path = ''
as $$
declare
  v_payment public.payments;
  v_brought bigint;
  v_back bigint;
  v_target bigint;
  v_expired bigint;
  v_ref text;
  v_key text;
  v_lot text;
  v_lot_ends timestamptz;
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
  v_brought := private.brought_by(v_payment);
  -- A refund and a dispute over the same money take it once.
  v_back := least(v_payment.amount_cents, v_payment.refunded_cents + v_payment.disputed_cents);
  -- Rounded in the customer's favour. What ended unspent is gone already.
  v_target := case when v_payment.amount_cents = 0 then 0 else div(v_brought::numeric * v_back, v_payment.amount_cents) end;
  select coalesce(sum(g.expired), 0)::bigint, max(g.ref), max(g.expires_at) into v_expired, v_lot, v_lot_ends
  from private.plan_allowances a join public.credit_grants g on g.user_id = a.user_id and g.entry_seq = a.entry_seq
  where a.invoice = v_payment.invoice;
  v_target := greatest(0, v_target - v_expired);
  if v_target = v_payment.taken_credits then
    return null;
  end if;

  v_ref := concat(p_kind, ':', p_payment, ':', v_payment.moves + 1);
  v_key := concat('stripe:', p_payment, ':back:', v_payment.moves + 1);
  v_cause := p_cause || jsonb_build_object('payment', p_payment, 'amount_cents', v_payment.amount_cents,
    'back_cents', v_back, 'brought', v_brought, 'invoice', v_payment.invoice, 'checkout', v_payment.checkout_id);
  if v_target > v_payment.taken_credits then
    perform private.claw_back_credits(v_payment.user_id, v_target - v_payment.taken_credits, p_kind, v_ref,
      v_cause || jsonb_build_object('rule', 'credits of a payment go back with its money'), v_key,
      coalesce(v_lot, concat('checkout:', v_payment.checkout_id)));
  else
    perform private.give_back_credits(v_payment.user_id, v_payment.taken_credits - v_target, p_kind, v_ref,
      v_cause || jsonb_build_object('rule', 'credits return with the money'), v_key,
      case when v_lot_ends > private.clock() then v_lot_ends end);
  end if;
  update public.payments set taken_credits = v_target, moves = moves + 1 where id = p_payment;
  return case when v_target > v_payment.taken_credits then 'credits_taken_back' else 'credits_returned' end;
end
$$;
comment on function private.settle_money_back is 'Brings what was taken back of a payment''s credits to what it should be by now: least(amount, refunded + disputed) of it, in proportion. Says what it did, or null when nothing was to do. Locks the payment, then the account.';

create function private.settle_money_back_of_invoice(p_invoice text) returns void
language sql volatile set search_path = ''
begin atomic
  select private.settle_money_back(p.id, case when p.disputed_cents > 0 then 'dispute' else 'refund' end, '{}')
  from public.payments p where p.invoice = p_invoice and p.refunded_cents + p.disputed_cents > 0;
end;
comment on function private.settle_money_back_of_invoice is 'For an allowance that came after money of its payment had gone back.';

create function private.note_payment(
  p_payment text, p_user uuid, p_checkout uuid, p_invoice text, p_amount bigint, p_livemode boolean
) returns text
language plpgsql set search_path = ''
as $$
begin
  insert into public.payments as p (id, user_id, checkout_id, invoice, amount_cents, livemode)
  values (p_payment, p_user, p_checkout, p_invoice, p_amount, p_livemode)
  on conflict (id) do update set
    checkout_id = coalesce(p.checkout_id, excluded.checkout_id), invoice = coalesce(p.invoice, excluded.invoice)
  where p.user_id = excluded.user_id;
  -- Its money may have gone back before we heard that it had come.
  return private.settle_money_back(p_payment,
    (select case when disputed_cents > 0 then 'dispute' else 'refund' end from public.payments where id = p_payment), '{}');
end
$$;
comment on function private.note_payment is 'Remembers what a payment was for, and takes back what its refunds and disputes ask for.';

-- The walker of the invariant `payments`, with purchases that bring no credits left out.
do $$
begin
  execute replace(pg_get_functiondef('private.check_payments'::regproc),
    $w$and status = 'paid'$w$, $w$and status = 'paid' and kind in ('pack', 'auto')$w$);
end
$$;

revoke execute on function private.brought_by, private.give_back_credits, private.settle_money_back,
  private.settle_money_back_of_invoice, private.note_payment from public, anon, authenticated, service_role;
