-- The line in which jobs wait, and the leases under which they run (ADR 8). A queued job has one row in job_line, a running one
-- has one in job_leases, an ended one has neither; both are narrow, and gone when they are over. So a change of public.jobs
-- touches no index, and to find the next job is the first row of one index.
--   in line (it has a place) · waits for its time (a retry, a schedule) · waits for its turn (others of the same person go first)
-- A person has a few jobs in line at a time; whoever has a thousand does not stand before whoever has one.

-- Places are drawn when a job gets into line. The head is a hint, kept in a sequence because a sequence leaves no dead rows:
-- before it nobody stands, as far as the last look could see. Without it each claim would step over what was claimed since the
-- oldest open snapshot. What is wrongly before it (its place was drawn long before it was committed) the sweep puts back.
create sequence private.line_places;
create sequence private.line_head;
revoke all on sequence private.line_places, private.line_head from public, anon, authenticated, service_role;

create table private.job_line (
  job_id uuid primary key references public.jobs (id) on delete cascade,
  user_id uuid not null,
  model text not null,
  priority smallint not null,
  number bigint generated always as identity,
  waits_for text check (waits_for in ('time', 'turn')),
  place bigint,
  run_at timestamptz not null,
  check ((waits_for is null) = (place is not null))
);
comment on table private.job_line is 'A row for each queued job. place: in line since run_at, the lowest is next; waits_for time: until run_at; waits_for turn: for jobs of the same person.';
alter table private.job_line enable row level security;
create index job_line_place on private.job_line (place) where place is not null;
create index job_line_time on private.job_line (run_at) where waits_for = 'time';
create index job_line_turn on private.job_line (user_id, priority desc, number) where waits_for = 'turn';
create index job_line_user on private.job_line (user_id);

create table private.job_leases (
  job_id uuid primary key references public.jobs (id) on delete cascade,
  attempt_id uuid not null,
  user_id uuid not null,
  worker text not null,
  next_check_at timestamptz not null,
  deadline_at timestamptz not null,
  checks int not null default 0
) with (fillfactor = 80);
comment on table private.job_leases is 'A row for each running attempt. Whoever works on it moves next_check_at on; once that has passed, anybody looks after it.';
alter table private.job_leases enable row level security;
create index job_leases_due on private.job_leases (next_check_at);
create index job_leases_user on private.job_leases (user_id);

create table private.provider_limits (
  model text primary key references public.models (slug),
  creates_per_minute int check (creates_per_minute > 0),
  paused_until timestamptz
);
comment on table private.provider_limits is 'What the provider lets us begin of a model: so many a minute (null: as many as of all models together), and nothing until paused_until after it answered 429.';
alter table private.provider_limits enable row level security;
revoke all on private.job_line, private.job_leases, private.provider_limits from public, anon, authenticated, service_role;

insert into private.settings (key, value, description) values
  ('line_places_per_user', '4', 'Jobs of one person that stand in line at a time; more wait for their turn.'),
  ('live_jobs_per_user', '1000', 'Jobs of one person that are queued or running; more are refused.'),
  ('provider_creates_per_minute', '600', 'Predictions that are begun in a minute, all models together. 0: without a limit.'),
  ('provider_patience_seconds', '3600', 'A job that the provider''s limits keep waiting for longer than this fails.'),
  ('lease_seconds', '20', 'After this long without a sign of life, an attempt is looked after by whoever comes by.');

-- A job is written four times: where its page has room, no index is touched. Of its attempt, the note of its prediction touches them.
alter table public.jobs set (fillfactor = 50);
alter table private.job_attempts set (fillfactor = 50);

-- What a model may take, and what is stored.
alter table public.models add column deadline_seconds int not null default 300 check (deadline_seconds between 10 and 3600);
comment on column public.models.deadline_seconds is 'An attempt that has no result after this long is given up, at the provider too.';
delete from private.settings where key = 'attempt_deadline_seconds';

alter table public.jobs
  add column batch_id uuid,
  add column priority smallint not null default 0 check (priority between -1 and 1),
  drop column woken_at;
comment on column public.jobs.priority is '1: soon · 0 · -1: later. A head start in line and no more, so that nobody waits for ever.';
create index jobs_batch on public.jobs (batch_id) where batch_id is not null;
grant select (batch_id, priority) on public.jobs to authenticated;

-- A domain, for check constraints are read anew for each statement that writes (20261121001000_credits_grants.sql).
create domain private.stream_address as text check (char_length(value) <= 2000);
comment on domain private.stream_address is 'An address at the provider, of at most 2,000 characters.';

alter table private.job_attempts
  add column model text,
  add column stream_url private.stream_address;
comment on column private.job_attempts.stream_url is 'Where the provider sends tokens while they are made; whoever has the address may listen.';
update private.job_attempts a set model = j.model from public.jobs j where j.id = a.job_id;
alter table private.job_attempts alter column model set not null;
create index job_attempts_started on private.job_attempts (started_at);

alter table public.job_outputs
  alter column width drop not null,
  alter column height drop not null,
  add column duration_ms int check (duration_ms > 0),
  add column thumb_path text,
  add column thumb_bytes bigint check (thumb_bytes > 0),
  drop constraint job_outputs_content_type_check,
  add constraint job_outputs_content_type_check check (content_type in
    ('image/png', 'image/jpeg', 'image/webp', 'video/mp4', 'video/webm', 'text/plain')),
  add check ((thumb_path is null) = (thumb_bytes is null)),
  add check (content_type not like 'image/%' or (width is not null and height is not null));
comment on table public.job_outputs is 'What was made, in private storage. A job succeeds only when its outputs are here. Size in pixels, of pictures always and of videos where they say so.';

alter table private.provider_prices
  add column micros_per_second bigint not null default 0 check (micros_per_second >= 0),
  add column micros_per_1k_tokens bigint not null default 0 check (micros_per_1k_tokens >= 0);
comment on column private.provider_prices.micros_per_second is 'Per second of the provider''s compute, where it bills time.';

create function private.provider_cost(p_model text, p_at timestamptz, p_outputs int, p_metrics jsonb) returns bigint
language plpgsql stable set search_path = ''
as $$
begin
  return (
    select p.micros_per_output * coalesce((p_metrics ->> 'outputs')::int, p_outputs)
      + ceil(p.micros_per_second * coalesce((p_metrics ->> 'predict_seconds')::numeric, 0))
      + ceil(p.micros_per_1k_tokens * coalesce((p_metrics ->> 'input_tokens')::numeric + (p_metrics ->> 'output_tokens')::numeric, 0) / 1000)
    from private.provider_prices p
    where p.model = p_model and p.valid_from <= p_at order by p.valid_from desc limit 1
  );
end
$$;
comment on function private.provider_cost is 'What the provider charges for so much, in µUSD, at the price in force at a time; null when none is known. For outputs it charges what it made (metrics), whatever of that could be delivered.';
drop function private.provider_price(text, timestamptz);

-- Every failure there is, held equal to domain/jobs/failures.ts by a test.
create table private.failure_reasons (
  code text primary key,
  fault text not null check (fault in ('provider', 'customer', 'ours')),
  retry boolean not null,
  dead_letter boolean not null
);
comment on table private.failure_reasons is 'Whose fault a failure is, whether another try can help, and whether a person should look at what it ends. The rule on credits is one for all: what delivers nothing costs nothing.';
alter table private.failure_reasons enable row level security;
revoke all on private.failure_reasons from public, anon, authenticated, service_role;
insert into private.failure_reasons (code, fault, retry, dead_letter) values
  ('provider_error', 'provider', true, true),
  ('provider_unavailable', 'provider', true, true),
  ('provider_limited', 'provider', true, true),
  ('provider_rejected_input', 'customer', false, false),
  ('safety_block', 'customer', false, false),
  ('timeout', 'provider', true, true),
  ('output_unavailable', 'provider', true, true),
  ('interrupted', 'ours', true, true),
  ('internal', 'ours', false, true),
  ('discarded', 'ours', false, false);
alter table public.jobs add foreign key (error_code) references private.failure_reasons (code);

-- The timeline ------------------------------------------------------------------------------------------------

create domain public.job_event_kind as text check (value in
  ('queued', 'started', 'accepted', 'retrying', 'succeeded', 'failed', 'canceled', 'late', 'requeued', 'discarded'));
comment on domain public.job_event_kind is 'What can happen to a job.';
create domain public.job_actor as text check (value in ('customer', 'worker', 'provider', 'operator', 'system'));
comment on domain public.job_actor is 'Who can do something to a job.';

create table public.job_events (
  id bigint generated always as identity,
  job_id uuid not null references public.jobs (id) on delete cascade,
  user_id uuid not null,
  at timestamptz not null default clock_timestamp(),
  event public.job_event_kind not null,
  actor public.job_actor not null,
  attempt int,
  reason text,
  detail jsonb,
  primary key (job_id, id)
);
comment on table public.job_events is 'What happened to a job, who did it and why. Append-only. detail is for operators.';
alter table public.job_events enable row level security;
create policy "people read the timeline of their own jobs" on public.job_events
  for select to authenticated using ((select auth.uid()) = user_id);
create index job_events_user on public.job_events (user_id, id);
revoke all on public.job_events from public, anon, authenticated, service_role;
grant select (id, job_id, user_id, at, event, actor, attempt, reason) on public.job_events to authenticated;

create function private.note_job(p_job uuid, p_user uuid, p_event text, p_actor text, p_attempt int default null,
  p_reason text default null, p_detail jsonb default null) returns void
language plpgsql set search_path = ''
as $$
begin
  insert into public.job_events (job_id, user_id, event, actor, attempt, reason, detail)
  values (p_job, p_user, p_event, p_actor, p_attempt, p_reason, p_detail);
end
$$;
comment on function private.note_job is 'Writes a line of a job''s timeline.';

create function private.guard_job_events() returns trigger
language plpgsql set search_path = ''
as $$
begin
  raise exception 'The timeline of a job is append-only.' using errcode = 'KR008';
end
$$;
comment on function private.guard_job_events is 'What happened stays written.';
create trigger job_events_guard before update on public.job_events
  for each row execute function private.guard_job_events();

-- In line -----------------------------------------------------------------------------------------------------

create function private.next_place(p_priority smallint) returns bigint
language plpgsql set search_path = ''
as $$
begin
  return nextval('private.line_places') + case p_priority when 1 then 0 when 0 then 20 else 300 end;
end
$$;
comment on function private.next_place is 'A place in line. Of lower priority: twenty, or three hundred, that come later may pass, and no more.';

create function private.lock_turns(p_user uuid) returns void
language plpgsql set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended(concat('kredo.line:', p_user), 0));
end
$$;
comment on function private.lock_turns is 'Whoever lets jobs of a person into line takes turns at that. After the account''s lock, as everybody takes them; of several people in their order.';

create function private.try_turns(p_user uuid) returns boolean
language plpgsql set search_path = ''
as $$
begin
  return pg_try_advisory_xact_lock(hashtextextended(concat('kredo.line:', p_user), 0));
end
$$;
comment on function private.try_turns is 'lock_turns for whoever would be out of order; false when somebody else has it.';

create function private.concurrency_of(p_user uuid) returns bigint
language plpgsql stable set search_path = ''
as $$
declare
  v_plan record := private.plan_in_force(p_user);
begin
  return private.maximum_of(v_plan.plan, 'concurrency', v_plan.starts_at);
end
$$;
comment on function private.concurrency_of is 'How many jobs a person''s plan runs at once; null: as many as there are.';

create function private.room_in_line(p_user uuid, p_concurrency bigint) returns bigint
language plpgsql set search_path = ''
as $$
declare
  v_standing bigint := (select count(*) from private.job_line where user_id = p_user and place is not null);
  v_running bigint := (select count(*) from private.job_leases where user_id = p_user);
begin
  return greatest(0, least(private.setting_int('line_places_per_user') - v_standing,
    coalesce(p_concurrency, 1000000) - v_standing - v_running));
end
$$;
comment on function private.room_in_line is 'How many more jobs of a person may stand in line now. The caller holds lock_turns.';

create function private.join_line(p_job public.jobs, p_concurrency bigint) returns void
language plpgsql set search_path = ''
as $$
declare
  v_waits_for text;
begin
  if p_job.run_at > now() then
    v_waits_for := 'time';
  else
    perform private.lock_turns(p_job.user_id);
    if exists (select from private.job_line where user_id = p_job.user_id and waits_for = 'turn')
        or private.room_in_line(p_job.user_id, p_concurrency) = 0 then
      v_waits_for := 'turn';
    end if;
  end if;
  insert into private.job_line (job_id, user_id, model, priority, waits_for, place, run_at)
  values (p_job.id, p_job.user_id, p_job.model, p_job.priority, v_waits_for,
    case when v_waits_for is null then private.next_place(p_job.priority) end, p_job.run_at);
end
$$;
comment on function private.join_line is 'A queued job gets into line, or waits for its time or its turn.';

create function private.admit(p_user uuid, p_patient boolean default true) returns int
language plpgsql set search_path = ''
as $$
declare
  v_room bigint;
  v_admitted int := 0;
begin
  -- Whoever may not spend has no turn until they may again.
  if not exists (select from private.job_line where user_id = p_user and waits_for = 'turn')
      or not exists (select from public.profiles where id = p_user and status = 'active') then
    return 0;
  end if;
  if p_patient then
    perform private.lock_turns(p_user);
  elsif not private.try_turns(p_user) then
    return 0;
  end if;
  v_room := private.room_in_line(p_user, private.concurrency_of(p_user));
  if v_room > 0 then
    update private.job_line l set waits_for = null, place = private.next_place(l.priority), run_at = now()
    from (
      select n.job_id from private.job_line n where n.user_id = p_user and n.waits_for = 'turn'
      order by n.priority desc, n.number limit v_room for update skip locked
    ) next
    where l.job_id = next.job_id;
    get diagnostics v_admitted = row_count;
  end if;
  return v_admitted;
end
$$;
comment on function private.admit is 'Lets a person''s next jobs into line, as many as there is room for. Whoever holds turns of somebody who comes later in order is not patient: where the lock is taken nobody is let in, until the sweep.';

create function private.admit_due(p_limit int) returns int
language plpgsql set search_path = ''
as $$
declare
  v_user uuid;
  v_users uuid[];
  v_admitted int := 0;
begin
  with due as (
    select job_id from private.job_line where waits_for = 'time' and run_at <= now()
    order by run_at limit p_limit for update skip locked
  ), ready as (
    update private.job_line l set waits_for = 'turn' from due where l.job_id = due.job_id returning l.user_id
  )
  select array_agg(distinct user_id order by user_id) into v_users from ready;
  foreach v_user in array coalesce(v_users, '{}') loop
    v_admitted := v_admitted + private.admit(v_user);
  end loop;
  return v_admitted;
end
$$;
comment on function private.admit_due is 'Jobs whose time has come take their turn.';

create function private.move_line_head() returns bigint
language plpgsql set search_path = ''
as $$
declare
  v_head bigint := (select last_value from private.line_head);
  v_next bigint := (select last_value from private.line_places);
  -- Read without locks: jobs that somebody is just claiming still count, for the claim may be undone.
  v_first bigint := (select min(place) from private.job_line where place >= v_head);
begin
  -- Some places back, for those that were drawn and are not committed yet.
  v_first := greatest(1, least(coalesce(v_first, v_next), v_next) - 32);
  if v_first > v_head then
    perform setval('private.line_head', v_first);
  end if;
  return v_first;
end
$$;
comment on function private.move_line_head is 'Looks where the line begins.';

-- Those that live while this is applied.
insert into private.job_line (job_id, user_id, model, priority, waits_for, place, run_at)
select id, user_id, model, 0, case when run_at > now() then 'time' end,
  case when run_at <= now() then private.next_place(0::smallint) end, run_at
from public.jobs where status = 'queued' order by created_at;
insert into private.job_leases (job_id, attempt_id, user_id, worker, next_check_at, deadline_at)
select j.id, a.id, j.user_id, a.worker, a.next_check_at, a.deadline_at
from public.jobs j join private.job_attempts a on a.id = j.attempt_id where j.status = 'running';

drop index public.jobs_due;
drop index public.jobs_live;
drop function private.queue_job(uuid, int);
select pgmq.drop_queue('jobs');
drop extension pgmq;

revoke execute on function private.provider_cost, private.note_job, private.guard_job_events, private.next_place, private.lock_turns,
  private.try_turns, private.concurrency_of, private.room_in_line, private.join_line, private.admit, private.admit_due, private.move_line_head
  from public, anon, authenticated, service_role;
