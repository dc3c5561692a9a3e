-- Two invariants more, in the shape that 1400 describes: what went back of a payment's credits, and what plans granted.

insert into private.invariants (name, description) values
  ('money_back', 'What was taken back of a payment''s credits is what its refunds and disputes ask for, and its entries say so.'),
  ('allowances', 'Each allowance of a plan has its entry, and each entry of a plan has an allowance, a month of Free or a job that the plan covers.');

insert into private.settings (key, value, description) values
  ('invariant_slice_money_back', '5000', 'Accounts whose refunds and disputes are compared with entries in one run.'),
  ('invariant_slice_allowances', '5000', 'Accounts whose allowances are compared with entries in one run.');

create function private.check_money_back(p_from text, p_limit int, out checked int, out next text, out breaches jsonb)
language plpgsql stable set search_path = ''
as $$
declare
  v_slice record := private.account_slice(p_from, p_limit);
begin
  checked := v_slice.checked;
  next := v_slice.next;
  select coalesce(jsonb_agg(jsonb_build_object('place', w.user_id, 'user_id', w.user_id, 'seq', w.seq,
    'detail', jsonb_build_object('wrong', w.wrong, 'payments', w.payments))), '[]')
  into breaches
  from (
    select j.user_id, min(j.seq) as seq, jsonb_agg(distinct j.wrong order by j.wrong) as wrong,
      jsonb_agg(jsonb_build_object('payment', j.id, 'taken_credits', j.taken_credits, 'asked_credits', j.total,
        'due_credits', j.due, 'entries_credits', j.entered) order by j.id) as payments
    from (
      select p.id, p.user_id, p.taken_credits, a.total, a.due, coalesce(e.amount, 0) as entered, e.seq, unnest(array_remove(array[
        -- Between the two lies what was taken of a lot that has ended since.
        case when p.taken_credits not between a.due and a.total then 'taken_differs' end,
        case when p.taken_credits <> coalesce(e.amount, 0) or p.moves <> e.entries then 'entries_differ' end,
        case when p.taken_credits < (select coalesce(sum(part), 0) from unnest(p.grant_amounts) as part) then 'lots_differ' end
      ], null)) as wrong
      from public.payments p
      cross join lateral private.asked_back(p) a
      -- By name, for entries have an index by name; one more than was counted is looked for.
      cross join lateral (
        select -sum(c.amount)::bigint as amount, count(*) as entries, max(c.seq) as seq
        from generate_series(1, p.moves + 1) as n cross join unnest(array['refund', 'dispute']) as k(kind)
        join public.credit_entries c on c.user_id = p.user_id and c.kind = k.kind and c.ref = concat(k.kind, ':', p.id, ':', n)
          and c.kind not in ('settle', 'expiry')
      ) e
      where p.user_id between v_slice.first and v_slice.last
        and (p.moves > 0 or p.refunded_cents + p.disputed_cents + p.taken_credits > 0)
    ) j
    group by j.user_id
  ) w;
end
$$;
comment on function private.check_money_back is 'Walks accounts. taken_credits of a payment is what its refunds and disputes ask for, less what ended unspent, and minus the sum of its entries.';

create function private.check_allowances(p_from text, p_limit int, out checked int, out next text, out breaches jsonb)
language plpgsql stable set search_path = ''
as $$
declare
  v_slice record := private.account_slice(p_from, p_limit);
begin
  checked := v_slice.checked;
  next := v_slice.next;
  select coalesce(jsonb_agg(jsonb_build_object('place', w.user_id, 'user_id', w.user_id, 'seq', w.seq,
    'detail', jsonb_build_object('wrong', w.wrong, 'allowances', w.allowances))), '[]')
  into breaches
  from (
    select j.user_id, min(j.seq) as seq, jsonb_agg(distinct j.wrong order by j.wrong) as wrong,
      jsonb_agg(jsonb_build_object('seq', j.seq, 'ref', j.ref, 'invoice', j.invoice, 'allowance_credits', j.allowed,
        'entry_credits', j.granted) order by j.seq) as allowances
    from (
      select coalesce(a.user_id, e.user_id) as user_id, coalesce(e.seq, a.entry_seq) as seq, e.ref, a.invoice,
        a.credits as allowed, e.amount as granted,
        case
          when e.seq is null then 'allowance_without_entry'
          when a.credits <> e.amount then 'credits_differ'
          when a.user_id is not null or e.ref like 'free:%' then null
          when not exists (
            select from public.jobs b where e.ref like 'plan:job:%' and b.id = private.uuid_or_null(substr(e.ref, 10))
              and b.user_id = e.user_id and b.covered_by_plan and b.credits_reserved = e.amount) then 'entry_without_allowance'
        end as wrong
      from (
        select * from private.plan_allowances where user_id between v_slice.first and v_slice.last
      ) a
      full join (
        select user_id, seq, ref, amount from public.credit_entries
        where user_id between v_slice.first and v_slice.last and kind = 'grant' and counter_account = 'plan' and kind not in ('settle', 'expiry')
      ) e on e.user_id = a.user_id and e.seq = a.entry_seq
    ) j
    where j.wrong is not null
    group by j.user_id
  ) w;
end
$$;
comment on function private.check_allowances is 'Walks accounts. Each allowance has an entry of its credits; each grant from plans has an allowance, a month of Free or a covered job of its price.';

revoke execute on function private.check_money_back, private.check_allowances from public, anon, authenticated, service_role;
