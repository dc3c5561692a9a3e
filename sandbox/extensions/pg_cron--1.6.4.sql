-- pg_cron as its documentation describes it. The schedule is data; the sandbox's supervisor (sandbox/cron) runs what
-- is due as the user who scheduled it. Times are GMT.
\echo Use "create extension pg_cron" to load this file. \quit

create schema cron;

create sequence cron.jobid_seq;
create table cron.job (
  jobid bigint primary key default nextval('cron.jobid_seq'),
  schedule text not null,
  command text not null,
  nodename text not null default 'localhost',
  nodeport integer not null default inet_server_port(),
  database text not null default current_database(),
  username text not null default current_user,
  active boolean not null default true,
  jobname text,
  constraint jobname_username_uniq unique (jobname, username)
);
alter sequence cron.jobid_seq owned by cron.job.jobid;
alter table cron.job enable row level security;
create policy cron_job_policy on cron.job using (username = current_user);

create sequence cron.runid_seq;
create table cron.job_run_details (
  jobid bigint,
  runid bigint primary key default nextval('cron.runid_seq'),
  job_pid integer,
  database text,
  username text,
  command text,
  status text,
  return_message text,
  start_time timestamptz,
  end_time timestamptz
);
alter sequence cron.runid_seq owned by cron.job_run_details.runid;
alter table cron.job_run_details enable row level security;
create policy cron_job_run_details_policy on cron.job_run_details using (username = current_user);

select pg_catalog.pg_extension_config_dump('cron.job', '');
select pg_catalog.pg_extension_config_dump('cron.jobid_seq', '');
select pg_catalog.pg_extension_config_dump('cron.job_run_details', '');
select pg_catalog.pg_extension_config_dump('cron.runid_seq', '');

-- Refuses what the scheduler could not run; sandbox/cron/schedule.ts reads the same language.
create function cron._assert_schedule(schedule text) returns void language plpgsql immutable set search_path = '' as $$
declare
  fields text[];
  field text;
  item text[];
  number constant text := '(\d{1,2})';
  names constant text[] := array['', '', '',
    'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec', 'sun|mon|tue|wed|thu|fri|sat'];
  lowest constant int[] := array[0, 0, 1, 1, 0];
  highest constant int[] := array[59, 23, 31, 12, 7];
begin
  if schedule ~* '^([1-9]|[1-5]\d) seconds?$' or schedule ~* '^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$' then
    return;
  end if;

  fields := regexp_split_to_array(btrim(schedule), '\s+');
  if cardinality(fields) <> 5 then
    raise exception 'invalid schedule: %', schedule using hint = 'Use cron format (e.g. 5 4 * * *), or interval format ''[1-59] seconds''';
  end if;
  for position in 1..5 loop
    foreach field in array string_to_array(fields[position], ',') loop
      continue when position = 3 and field = '$'; -- the last day of the month
      continue when names[position] <> '' and field ~* ('^(' || names[position] || ')(-(' || names[position] || '))?$');
      item := regexp_match(field, '^(?:\*|' || number || '(?:-' || number || ')?)(?:/' || number || ')?$');
      if item is null
        or item[1]::int not between lowest[position] and highest[position]
        or item[2]::int not between item[1]::int and highest[position]
        or item[3]::int = 0 then
        raise exception 'invalid schedule: %', schedule using hint = 'Use cron format (e.g. 5 4 * * *), or interval format ''[1-59] seconds''';
      end if;
    end loop;
  end loop;
end $$;

-- Definer, because nobody may write cron.job directly: a job runs as its `username`. session_user cannot tell who asks
-- inside a definer function (it is whoever logged in), so the caller's name is taken by the invoker functions below.
create function cron._put(job_name text, schedule text, command text, database text, username text, active boolean)
returns bigint language plpgsql security definer set search_path = '' as $$
declare
  id bigint;
begin
  perform cron._assert_schedule(schedule);
  insert into cron.job (jobname, schedule, command, database, username, active)
  values (job_name, schedule, command, database, username, active)
  on conflict on constraint jobname_username_uniq do update
  set schedule = excluded.schedule, command = excluded.command, database = excluded.database, active = excluded.active
  returning jobid into id;
  perform pg_catalog.pg_notify('pg_cron', '');
  return id;
end $$;

create function cron._assert_may_run_as(username text) returns void language plpgsql set search_path = '' as $$
begin
  if username <> current_user and not (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
    raise exception 'must be superuser to create a job for another role' using errcode = '42501';
  end if;
end $$;

create function cron.schedule(schedule text, command text) returns bigint language sql set search_path = '' as $$
  select cron._put(null, $1, $2, current_database(), current_user, true)
$$;

create function cron.schedule(job_name text, schedule text, command text) returns bigint
language sql set search_path = '' as $$
  select cron._put($1, $2, $3, current_database(), current_user, true)
$$;

create function cron.schedule_in_database(
  job_name text, schedule text, command text, database text, username text default null, active boolean default true
) returns bigint language plpgsql set search_path = '' as $$
begin
  perform cron._assert_may_run_as(coalesce(username, current_user));
  return cron._put(job_name, schedule, command, database, coalesce(username, current_user), active);
end $$;

create function cron._drop(id bigint, owner text) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  delete from cron.job where jobid = id and (username = owner or (select rolsuper from pg_catalog.pg_roles where rolname = owner));
  if not found then
    raise exception 'could not find valid entry for job %', id;
  end if;
  perform pg_catalog.pg_notify('pg_cron', '');
  return true;
end $$;

create function cron.unschedule(job_id bigint) returns boolean language sql set search_path = '' as $$
  select cron._drop($1, current_user)
$$;

create function cron.unschedule(job_name text) returns boolean language plpgsql set search_path = '' as $$
declare
  id bigint := (select jobid from cron.job where jobname = job_name and username = current_user);
begin
  if id is null then
    raise exception 'could not find valid entry for job ''%''', job_name;
  end if;
  return cron._drop(id, current_user);
end $$;

create function cron._alter(
  id bigint, owner text, new_schedule text, new_command text, new_database text, new_username text, new_active boolean
) returns void language plpgsql security definer set search_path = '' as $$
begin
  if new_schedule is not null then
    perform cron._assert_schedule(new_schedule);
  end if;
  update cron.job set
    schedule = coalesce(new_schedule, schedule),
    command = coalesce(new_command, command),
    database = coalesce(new_database, database),
    username = coalesce(new_username, username),
    active = coalesce(new_active, active)
  where jobid = id and (username = owner or (select rolsuper from pg_catalog.pg_roles where rolname = owner));
  if not found then
    raise exception 'Job % does not exist or you don''t own it', id;
  end if;
  perform pg_catalog.pg_notify('pg_cron', '');
end $$;

create function cron.alter_job(
  job_id bigint, schedule text default null, command text default null, database text default null,
  username text default null, active boolean default null
) returns void language plpgsql set search_path = '' as $$
begin
  perform cron._assert_may_run_as(coalesce(username, current_user));
  perform cron._alter(job_id, current_user, schedule, command, database, username, active);
end $$;

-- Whoever may call the functions above may also call their definer halves and name another user there. That is no
-- border here: the only one granted is `postgres`, on the developer's own machine.
revoke all on all functions in schema cron from public;
revoke all on schema cron from public;

do $$
begin
  if to_regrole('postgres') is null then
    return;
  end if;
  -- As on Supabase: postgres reads jobs, manages run details, and changes jobs through the functions only.
  grant usage on schema cron to postgres with grant option;
  grant select on cron.job to postgres with grant option;
  grant select, insert, update, delete, truncate, references on cron.job_run_details to postgres with grant option;
  grant execute on all functions in schema cron to postgres with grant option;
end $$;
