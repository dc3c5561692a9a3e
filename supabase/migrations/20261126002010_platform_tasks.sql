-- What has to be done outside of the database, once its reason is committed: a mail, a charge, a cancellation. A task is
-- written in the transaction that is its reason and done by a worker afterwards, at least once; its key keeps it
-- from being written twice, and whoever does it passes the key on, to Stripe or as the mail's id.

create table private.tasks (
  id bigint generated always as identity primary key,
  kind text not null check (kind in ('mail', 'auto_topup', 'cancel_subscription', 'finalize_invoice', 'reconcile')),
  key text not null unique check (char_length(key) between 1 and 255),
  user_id uuid,
  data jsonb not null default '{}',
  state text not null default 'open' check (state in ('open', 'done', 'failed')),
  attempts int not null default 0,
  run_at timestamptz not null default now(),
  error text,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  check ((state = 'open') = (finished_at is null))
);
comment on table private.tasks is 'Work outside of the database. attempts is also the token of whoever works on it: a late finish changes nothing.';
alter table private.tasks enable row level security;
create index tasks_due on private.tasks (run_at) where state = 'open';
create index tasks_failed on private.tasks (finished_at desc) where state = 'failed';
create index tasks_done on private.tasks (finished_at) where state = 'done';

create function private.add_task(p_kind text, p_key text, p_user uuid, p_data jsonb) returns boolean
language plpgsql set search_path = ''
as $$
begin
  insert into private.tasks (kind, key, user_id, data) values (p_kind, p_key, p_user, p_data) on conflict (key) do nothing;
  if found then
    perform private.wake_worker();
  end if;
  return found;
end
$$;
comment on function private.add_task is 'Writes a task, once per key. False when it was written before.';

create function private.add_mail(p_user uuid, p_mail text, p_key text, p_data jsonb) returns boolean
language sql volatile set search_path = ''
return private.add_task('mail', concat('mail:', p_mail, ':', p_key), p_user, jsonb_build_object('mail', p_mail, 'data', p_data));
comment on function private.add_mail is 'A mail to a person, once per kind and key. Address and language are those of the moment it is sent.';

create function private.claim_tasks(p_limit int, p_lease_seconds int default 60)
returns table (id bigint, kind text, key text, user_id uuid, data jsonb, attempt int, email text, locale text)
language sql volatile security definer set search_path = ''
begin atomic
  with due as (
    select t.id from private.tasks t where t.state = 'open' and t.run_at <= now()
    order by t.run_at limit p_limit for update skip locked
  ), claimed as (
    update private.tasks t set attempts = t.attempts + 1, run_at = now() + make_interval(secs => p_lease_seconds)
    from due where t.id = due.id
    returning t.*
  )
  select c.id, c.kind, c.key, c.user_id, c.data, c.attempts, p.email, p.locale
  from claimed c left join public.profiles p on p.id = c.user_id;
end;
comment on function private.claim_tasks is 'Takes due tasks for a while; whoever dies with one lets it become due again. Definer: tasks are nobody''s to write.';

create function private.finish_task(p_id bigint, p_attempt int, p_outcome text, p_error text default null) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
  v_last boolean := p_attempt >= 10;
begin
  update private.tasks set
    state = case when p_outcome = 'later' and not v_last then 'open' when p_outcome = 'done' then 'done' else 'failed' end,
    -- 10 s, 30 s, 90 s … an hour at most.
    run_at = case when p_outcome = 'later' then now() + make_interval(secs => least(3600, 10 * power(3, p_attempt - 1))) else run_at end,
    finished_at = case when p_outcome = 'later' and not v_last then null else now() end,
    error = left(p_error, 1000)
  where id = p_id and attempts = p_attempt and state = 'open';
  return found;
end
$$;
comment on function private.finish_task is 'What became of a try: done, failed for good, or later, with backoff and ten tries at most. False for a late worker. Definer: as claim_tasks.';

create function private.defer_task(p_id bigint, p_attempt int, p_seconds int) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update private.tasks set attempts = attempts - 1, run_at = now() + make_interval(secs => p_seconds)
  where id = p_id and attempts = p_attempt and state = 'open';
end;
comment on function private.defer_task is 'Nothing was tried, for want of what it takes (no mail server is configured): looked at again later. Definer: as claim_tasks.';

revoke execute on function private.add_task, private.add_mail, private.claim_tasks, private.finish_task, private.defer_task
  from public, anon, authenticated, service_role;
grant execute on function private.claim_tasks, private.finish_task, private.defer_task to service_role;
