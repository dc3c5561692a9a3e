-- Corrections by people: an operator adds or removes credits, with a reason that the customer reads too.
-- Small ones happen at once. Above a setting, on one's own account, or once a day's worth of small ones is used
-- up, a second operator decides. Whatever an operator does is in the audit log, in the same transaction.
-- Locks are taken in one order: idempotency key, operator, adjustment, account.

insert into private.settings (key, value, description) values
  ('adjustment_checker_above_credits', '100', 'A correction of more credits than this waits for a second operator.'),
  ('adjustment_alone_per_day_credits', '1000', 'Credits one operator may correct within 24 hours without a second one; or else a large correction could be cut into small ones.');

create table private.credit_adjustments (
  id uuid primary key,
  user_id uuid not null references public.credit_accounts (user_id),
  amount bigint not null check (amount <> 0 and amount between -1000000000 and 1000000000),
  reason text not null check (char_length(reason) between 10 and 500),
  second_person text check (second_person in ('own_account', 'operator_account', 'amount', 'day')),
  requested_by uuid not null,
  requested_at timestamptz not null default now(),
  state text not null default 'pending' check (state in ('pending', 'applied', 'rejected', 'failed')),
  decided_by uuid,
  decided_at timestamptz,
  note text not null default '' check (char_length(note) <= 500),
  failure text check (failure in ('requester_no_operator')),
  entry_seq bigint,
  foreign key (user_id, entry_seq) references public.credit_entries (user_id, seq),
  check ((state = 'pending') = (decided_by is null)),
  check ((state = 'pending') = (decided_at is null)),
  check ((state = 'applied') = (entry_seq is not null)),
  check ((state = 'failed') = (failure is not null)),
  constraint credit_adjustments_second_for_oneself check (second_person is not null or user_id <> requested_by),
  constraint credit_adjustments_maker_is_not_checker
    check (second_person is null or (decided_by <> requested_by and decided_by <> user_id)),
  constraint credit_adjustments_alone_is_applied check (second_person is not null or (state = 'applied' and decided_by = requested_by))
);
comment on table private.credit_adjustments is 'Corrections. amount in credits, signed. second_person says why another operator had to decide (one''s own account or an operator''s, the amount, the sum of a day); null when none had to. pending → applied | rejected | failed, once.';
alter table private.credit_adjustments enable row level security;
create index credit_adjustments_pending on private.credit_adjustments (requested_at, id) where state = 'pending';
create index credit_adjustments_decided on private.credit_adjustments (decided_at desc, id desc) where state <> 'pending';
create index credit_adjustments_alone on private.credit_adjustments (requested_by, requested_at) where second_person is null;
create index credit_adjustments_entry on private.credit_adjustments (user_id, entry_seq);

create function private.guard_adjustment() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if old.state <> 'pending'
      or (new.id, new.user_id, new.amount, new.reason, new.second_person, new.requested_by, new.requested_at)
        is distinct from (old.id, old.user_id, old.amount, old.reason, old.second_person, old.requested_by, old.requested_at) then
    perform private.refuse('KR008', 'This adjustment was decided before, or is another one than was asked for.');
  end if;
  return new;
end
$$;
comment on function private.guard_adjustment is 'What was asked for never changes, and is decided once, whoever writes.';
create trigger credit_adjustments_guard before update on private.credit_adjustments
  for each row execute function private.guard_adjustment();
create trigger credit_adjustments_no_delete before delete on private.credit_adjustments
  for each row execute function private.refuse_change();
create trigger credit_adjustments_no_truncate before truncate on private.credit_adjustments
  for each statement execute function private.refuse_change();

create function private.second_person_for(p_operator uuid, p_user uuid, p_amount bigint) returns text
language sql stable set search_path = ''
return case
  when p_user = p_operator then 'own_account'
  -- Or two could pay each other, each alone.
  when private.is_operator(p_user) then 'operator_account'
  when abs(p_amount) > private.setting_int('adjustment_checker_above_credits') then 'amount'
  when abs(p_amount) + (
      select coalesce(sum(abs(a.amount)), 0) from private.credit_adjustments a
      where a.requested_by = p_operator and a.second_person is null and a.requested_at > now() - interval '1 day')
    > private.setting_int('adjustment_alone_per_day_credits') then 'day'
end;
comment on function private.second_person_for is 'Why an operator may not make this correction alone; null when they may.';

create function private.apply_adjustment(
  p_adjustment uuid, p_user uuid, p_amount bigint, p_reason text, p_operator uuid, p_checker uuid
) returns bigint
language sql volatile set search_path = ''
return private.adjust_credits(p_user, p_amount, concat('adjustment:', p_adjustment),
  jsonb_strip_nulls(jsonb_build_object(
    'rule', case when p_checker is null then 'correction by an operator' else 'correction by an operator, approved by another' end,
    'reason', p_reason, 'adjustment', p_adjustment, 'operator', p_operator, 'checker', p_checker)),
  concat('adjustment:', p_adjustment));
comment on function private.apply_adjustment is 'Writes a correction into the ledger with who and why as its cause; returns the entry''s seq. KR001 when more is to be removed than is available.';

create function private.check_adjustment(p_user uuid, p_amount bigint, p_reason text) returns void
language plpgsql stable set search_path = ''
as $$
declare
  v_errors jsonb := '{}';
begin
  if not exists (select from public.credit_accounts where user_id = p_user) then
    v_errors := v_errors || '{"user": "There is no such account."}';
  end if;
  if coalesce(p_amount, 0) = 0 or p_amount not between -1000000000 and 1000000000 then
    v_errors := v_errors || '{"amount": "Add or remove between 1 and 1,000,000,000 credits."}';
  end if;
  -- The customer reads it, and it can never be taken back: blanks of any width count once.
  if p_reason is null or char_length(p_reason) > 500
      or char_length(btrim(regexp_replace(p_reason, '[[:space:]\u00a0\u2000-\u200a\u3000]+', ' ', 'g'))) < 10 then
    v_errors := v_errors || '{"reason": "Give a reason of 10 to 500 characters."}';
  elsif p_reason ~ '[\u0001-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]' then
    v_errors := v_errors || '{"reason": "Leave out characters that cannot be seen."}';
  end if;
  if v_errors <> '{}' then
    perform private.refuse('KR004', 'Some fields are not valid.', v_errors);
  end if;
end
$$;
comment on function private.check_adjustment is 'KR004 with every field that is wrong.';

create function public.request_adjustment(
  p_user uuid, p_amount bigint, p_reason text, p_idempotency_key text default null, p_request_hash text default null
) returns table (adjustment_id uuid, state text, entry_seq bigint, replayed boolean)
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  v_operator uuid := private.require_operator();
  v_id uuid := gen_random_uuid();
  v_reason text := btrim(p_reason, E' \t\r\n');
  v_first text;
  v_second_person text;
  v_seq bigint;
begin
  if p_idempotency_key is not null then
    v_first := private.claim_idempotency_key(concat('adjustment:', v_operator), p_idempotency_key,
      coalesce(p_request_hash, ''), v_id::text);
    if v_first is not null then
      return query select a.id, a.state, a.entry_seq, true from private.credit_adjustments a where a.id = v_first::uuid;
      return;
    end if;
  end if;
  perform private.check_adjustment(p_user, p_amount, v_reason);

  -- One correction of an operator at a time, so that two cannot both use what is left of the day.
  perform from public.profiles where id = v_operator for no key update;
  v_second_person := private.second_person_for(v_operator, p_user, p_amount);
  if v_second_person is null then
    v_seq := private.apply_adjustment(v_id, p_user, p_amount, v_reason, v_operator, null);
  end if;
  insert into private.credit_adjustments
    (id, user_id, amount, reason, second_person, requested_by, state, decided_by, decided_at, entry_seq)
  values (v_id, p_user, p_amount, v_reason, v_second_person, v_operator,
    case when v_seq is null then 'pending' else 'applied' end,
    case when v_seq is not null then v_operator end, case when v_seq is not null then now() end, v_seq);
  perform private.write_audit(case when v_seq is null then 'adjustment.requested' else 'adjustment.applied' end,
    concat('adjustment:', v_id), jsonb_strip_nulls(jsonb_build_object(
      'user', p_user, 'amount', p_amount, 'reason', v_reason, 'second_person', v_second_person, 'entry_seq', v_seq)));
  return query select v_id, case when v_seq is null then 'pending' else 'applied' end, v_seq, false;
end
$$;
comment on function public.request_adjustment is 'An operator corrects an account: applied at once, or pending until another operator decides. Same key and request: the first one, as it stands now. KR001, KR002, KR003 for whoever is no operator, KR004. Definer: people hold no rights on these tables.';
revoke execute on function public.request_adjustment from public, anon, authenticated, service_role;
grant execute on function public.request_adjustment to authenticated;

create function public.decide_adjustment(p_adjustment uuid, p_approve boolean, p_note text default '')
returns table (state text, entry_seq bigint)
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  v_operator uuid := private.require_operator();
  v_note text := btrim(coalesce(p_note, ''), E' \t\r\n');
  v_asked private.credit_adjustments;
  v_state text;
  v_seq bigint;
begin
  if p_approve is null then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"decision": "Approve or reject."}');
  elsif char_length(v_note) > 500 then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"note": "Use at most 500 characters."}');
  elsif not p_approve and v_note = '' then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"note": "Say why it is rejected."}');
  end if;
  select * into v_asked from private.credit_adjustments a where a.id = p_adjustment for update;
  if not found then
    perform private.refuse('KR003', 'There is no such adjustment.');
  end if;
  if v_operator in (v_asked.requested_by, v_asked.user_id) then
    perform private.refuse('KR008', 'Another operator has to decide this: it is yours, or about your account.');
  end if;
  if v_asked.state <> 'pending' then
    if v_asked.decided_by = v_operator and (v_asked.state = 'rejected') = (not p_approve) then
      return query select v_asked.state, v_asked.entry_seq;
      return;
    end if;
    perform private.refuse('KR008', 'This adjustment was decided before.', jsonb_build_object('state', v_asked.state));
  end if;

  if not p_approve then
    v_state := 'rejected';
  elsif not private.is_operator(v_asked.requested_by) then
    -- An account that was locked must not reach the books through what it left behind.
    v_state := 'failed';
  else
    v_state := 'applied';
    v_seq := private.apply_adjustment(v_asked.id, v_asked.user_id, v_asked.amount, v_asked.reason, v_asked.requested_by, v_operator);
  end if;
  update private.credit_adjustments a set state = v_state, decided_by = v_operator, decided_at = now(), note = v_note,
    entry_seq = v_seq, failure = case when v_state = 'failed' then 'requester_no_operator' end
  where a.id = v_asked.id;
  perform private.write_audit(
    case v_state when 'applied' then 'adjustment.approved' when 'rejected' then 'adjustment.rejected' else 'adjustment.failed' end,
    concat('adjustment:', v_asked.id), jsonb_strip_nulls(jsonb_build_object(
      'user', v_asked.user_id, 'amount', v_asked.amount, 'requested_by', v_asked.requested_by,
      'note', nullif(v_note, ''), 'entry_seq', v_seq)));
  return query select v_state, v_seq;
end
$$;
comment on function public.decide_adjustment is 'A second operator approves or rejects what the first one asked for; a repeat of one''s own decision gives the same answer. failed: who asked is no operator any more. KR001 leaves it pending; KR003; KR004; KR008 for whoever asked or whose account it is, and when it was decided before. Definer: as request_adjustment.';
revoke execute on function public.decide_adjustment from public, anon, authenticated, service_role;
grant execute on function public.decide_adjustment to authenticated;
