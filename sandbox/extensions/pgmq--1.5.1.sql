-- pgmq as its documentation describes it: a queue is a table, a message is visible once its `vt` has passed, reading
-- hides it for a while and counts, nobody's lease has a token. Partitioned queues are left out.
\echo Use "create extension pgmq" to load this file. \quit

create table pgmq.meta (
  queue_name text primary key,
  is_partitioned boolean not null default false,
  is_unlogged boolean not null default false,
  created_at timestamptz not null default now()
);
select pg_catalog.pg_extension_config_dump('pgmq.meta', '');

create type pgmq.message_record as (
  msg_id bigint,
  read_ct integer,
  enqueued_at timestamptz,
  vt timestamptz,
  message jsonb,
  headers jsonb
);

create type pgmq.queue_record as (
  queue_name text,
  is_partitioned boolean,
  is_unlogged boolean,
  created_at timestamptz
);

create type pgmq.metrics_result as (
  queue_name text,
  queue_length bigint,
  newest_msg_age_sec integer,
  oldest_msg_age_sec integer,
  total_messages bigint,
  scrape_time timestamptz,
  queue_visible_length bigint
);

-- Names ---------------------------------------------------------------------------------------------------------
create function pgmq.validate_queue_name(queue_name text) returns void language plpgsql as $$
begin
  if length(queue_name) > 47 then
    raise exception 'queue name is too long, maximum length is 47 characters';
  end if;
end $$;

create function pgmq.format_table_name(queue_name text, prefix text) returns text language plpgsql immutable as $$
begin
  if queue_name ~ $re$[$;']|--$re$ then
    raise exception 'queue name contains invalid characters: $, ;, --, or ''';
  end if;
  return lower(prefix || '_' || queue_name);
end $$;

-- Making and dropping --------------------------------------------------------------------------------------------
create function pgmq._create(queue_name text, unlogged boolean) returns void language plpgsql as $$
declare
  queue text := pgmq.format_table_name(queue_name, 'q');
  archive text := pgmq.format_table_name(queue_name, 'a');
begin
  perform pgmq.validate_queue_name(queue_name);
  -- Two sessions making the same queue: the second waits here and finds it made.
  perform pg_advisory_xact_lock(hashtext('pgmq.queue_' || lower(queue_name)));

  execute format(
    'create %s table if not exists pgmq.%I (
       msg_id bigint primary key generated always as identity,
       read_ct int not null default 0,
       enqueued_at timestamptz not null default now(),
       vt timestamptz not null,
       message jsonb,
       headers jsonb
     )', case when unlogged then 'unlogged' else '' end, queue);
  execute format('create index if not exists %I on pgmq.%I (vt asc)', queue || '_vt_idx', queue);
  execute format(
    'create table if not exists pgmq.%I (
       msg_id bigint primary key,
       read_ct int not null default 0,
       enqueued_at timestamptz not null default now(),
       archived_at timestamptz not null default now(),
       vt timestamptz not null,
       message jsonb,
       headers jsonb
     )', archive);
  execute format('create index if not exists %I on pgmq.%I (archived_at)', 'archived_at_idx_' || lower(queue_name), archive);

  insert into pgmq.meta (queue_name, is_unlogged) values (_create.queue_name, unlogged) on conflict do nothing;
end $$;

create function pgmq.create(queue_name text) returns void language sql as 'select pgmq._create($1, false)';
create function pgmq.create_non_partitioned(queue_name text) returns void language sql as 'select pgmq._create($1, false)';
create function pgmq.create_unlogged(queue_name text) returns void language sql as 'select pgmq._create($1, true)';

create function pgmq.drop_queue(queue_name text) returns boolean language plpgsql as $$
begin
  delete from pgmq.meta where meta.queue_name = drop_queue.queue_name;
  if not found then
    return false;
  end if;
  execute format('drop table if exists pgmq.%I', pgmq.format_table_name(queue_name, 'q'));
  execute format('drop table if exists pgmq.%I', pgmq.format_table_name(queue_name, 'a'));
  return true;
end $$;

create function pgmq.purge_queue(queue_name text) returns bigint language plpgsql as $$
declare
  queue text := pgmq.format_table_name(queue_name, 'q');
  purged bigint;
begin
  execute format('select count(*) from pgmq.%I', queue) into purged;
  execute format('truncate pgmq.%I', queue);
  return purged;
end $$;

create function pgmq.list_queues() returns setof pgmq.queue_record language sql as $$
  select queue_name, is_partitioned, is_unlogged, created_at from pgmq.meta order by queue_name
$$;

-- Sending -------------------------------------------------------------------------------------------------------
-- One statement does all eight public forms. A missing header array means no headers.
create function pgmq.send_batch(queue_name text, msgs jsonb[], headers jsonb[], delay timestamptz)
returns setof bigint language plpgsql as $$
begin
  if headers is not null and cardinality(headers) <> cardinality(msgs) then
    raise exception 'headers and messages must have the same length';
  end if;
  return query execute format(
    'insert into pgmq.%I (vt, message, headers)
     select $2, one.message, one.header from unnest($1, $3) with ordinality as one (message, header, position)
     order by one.position
     returning msg_id',
    pgmq.format_table_name(queue_name, 'q')
  ) using msgs, delay, headers;
end $$;

create function pgmq.send_batch(queue_name text, msgs jsonb[])
returns setof bigint language sql as
'select * from pgmq.send_batch($1, $2, null::jsonb[], clock_timestamp())';

create function pgmq.send_batch(queue_name text, msgs jsonb[], headers jsonb[])
returns setof bigint language sql as
'select * from pgmq.send_batch($1, $2, $3, clock_timestamp())';

create function pgmq.send_batch(queue_name text, msgs jsonb[], delay integer)
returns setof bigint language sql as
'select * from pgmq.send_batch($1, $2, null::jsonb[], clock_timestamp() + make_interval(secs => $3))';

create function pgmq.send_batch(queue_name text, msgs jsonb[], delay timestamptz)
returns setof bigint language sql as
'select * from pgmq.send_batch($1, $2, null::jsonb[], $3)';

create function pgmq.send_batch(queue_name text, msgs jsonb[], headers jsonb[], delay integer)
returns setof bigint language sql as
'select * from pgmq.send_batch($1, $2, $3, clock_timestamp() + make_interval(secs => $4))';

create function pgmq.send(queue_name text, msg jsonb, headers jsonb, delay timestamptz)
returns setof bigint language plpgsql as $$
begin
  return query execute format(
    'insert into pgmq.%I (vt, message, headers) values ($2, $1, $3) returning msg_id',
    pgmq.format_table_name(queue_name, 'q')
  ) using msg, delay, headers;
end $$;

create function pgmq.send(queue_name text, msg jsonb)
returns setof bigint language sql as
'select * from pgmq.send($1, $2, null, clock_timestamp())';

create function pgmq.send(queue_name text, msg jsonb, headers jsonb)
returns setof bigint language sql as
'select * from pgmq.send($1, $2, $3, clock_timestamp())';

create function pgmq.send(queue_name text, msg jsonb, delay integer)
returns setof bigint language sql as
'select * from pgmq.send($1, $2, null, clock_timestamp() + make_interval(secs => $3))';

create function pgmq.send(queue_name text, msg jsonb, delay timestamptz)
returns setof bigint language sql as
'select * from pgmq.send($1, $2, null, $3)';

create function pgmq.send(queue_name text, msg jsonb, headers jsonb, delay integer)
returns setof bigint language sql as
'select * from pgmq.send($1, $2, $3, clock_timestamp() + make_interval(secs => $4))';

-- Reading -------------------------------------------------------------------------------------------------------
create function pgmq.read(queue_name text, vt integer, qty integer, conditional jsonb default '{}')
returns setof pgmq.message_record language plpgsql as $$
begin
  return query execute format(
    'with due as (
       select msg_id from pgmq.%1$I
       where vt <= clock_timestamp() and ($3 = ''{}''::jsonb or message @> $3)
       order by msg_id
       limit $1
       for update skip locked
     )
     update pgmq.%1$I as queue
     set vt = clock_timestamp() + make_interval(secs => $2), read_ct = read_ct + 1
     from due
     where queue.msg_id = due.msg_id
     returning queue.msg_id, queue.read_ct, queue.enqueued_at, queue.vt, queue.message, queue.headers',
    pgmq.format_table_name(queue_name, 'q')
  ) using qty, vt, conditional;
end $$;

create function pgmq.read_with_poll(
  queue_name text, vt integer, qty integer,
  max_poll_seconds integer default 5, poll_interval_ms integer default 100, conditional jsonb default '{}'
) returns setof pgmq.message_record language plpgsql as $$
declare
  give_up timestamptz := clock_timestamp() + make_interval(secs => max_poll_seconds);
begin
  loop
    return query select * from pgmq.read(queue_name, vt, qty, conditional);
    exit when found or clock_timestamp() >= give_up;
    perform pg_sleep(poll_interval_ms / 1000.0);
  end loop;
end $$;

create function pgmq.pop(queue_name text) returns setof pgmq.message_record language plpgsql as $$
begin
  return query execute format(
    'delete from pgmq.%1$I as queue
     where msg_id = (
       select msg_id from pgmq.%1$I where vt <= clock_timestamp() order by msg_id limit 1 for update skip locked
     )
     returning queue.msg_id, queue.read_ct, queue.enqueued_at, queue.vt, queue.message, queue.headers',
    pgmq.format_table_name(queue_name, 'q'));
end $$;

create function pgmq.set_vt(queue_name text, msg_id bigint, vt integer)
returns setof pgmq.message_record language plpgsql as $$
begin
  return query execute format(
    'update pgmq.%I as queue set vt = clock_timestamp() + make_interval(secs => $2)
     where queue.msg_id = $1
     returning queue.msg_id, queue.read_ct, queue.enqueued_at, queue.vt, queue.message, queue.headers',
    pgmq.format_table_name(queue_name, 'q')
  ) using msg_id, vt;
end $$;

-- Being done with ------------------------------------------------------------------------------------------------
create function pgmq.delete(queue_name text, msg_ids bigint[]) returns setof bigint language plpgsql as $$
begin
  return query execute format(
    'delete from pgmq.%I where msg_id = any($1) returning msg_id', pgmq.format_table_name(queue_name, 'q')
  ) using msg_ids;
end $$;

create function pgmq.delete(queue_name text, msg_id bigint) returns boolean language plpgsql as $$
begin
  perform pgmq.delete(queue_name, array[msg_id]);
  return found;
end $$;

create function pgmq.archive(queue_name text, msg_ids bigint[]) returns setof bigint language plpgsql as $$
begin
  return query execute format(
    'with gone as (delete from pgmq.%I where msg_id = any($1) returning msg_id, read_ct, enqueued_at, vt, message, headers)
     insert into pgmq.%I (msg_id, read_ct, enqueued_at, vt, message, headers)
     select msg_id, read_ct, enqueued_at, vt, message, headers from gone
     returning msg_id',
    pgmq.format_table_name(queue_name, 'q'), pgmq.format_table_name(queue_name, 'a')
  ) using msg_ids;
end $$;

create function pgmq.archive(queue_name text, msg_id bigint) returns boolean language plpgsql as $$
begin
  perform pgmq.archive(queue_name, array[msg_id]);
  return found;
end $$;

-- Looking -------------------------------------------------------------------------------------------------------
create function pgmq.metrics(queue_name text) returns pgmq.metrics_result language plpgsql as $$
declare
  result pgmq.metrics_result;
begin
  execute format(
    'select $1, count(*),
       extract(epoch from clock_timestamp() - max(enqueued_at))::int,
       extract(epoch from clock_timestamp() - min(enqueued_at))::int,
       coalesce((select last_value from pg_sequences where schemaname = ''pgmq'' and sequencename = %2$L), 0),
       clock_timestamp(),
       count(*) filter (where vt <= clock_timestamp())
     from pgmq.%1$I',
    pgmq.format_table_name(queue_name, 'q'), pgmq.format_table_name(queue_name, 'q') || '_msg_id_seq'
  ) into result using queue_name;
  return result;
end $$;

create function pgmq.metrics_all() returns setof pgmq.metrics_result language sql as $$
  select (pgmq.metrics(queue_name)).* from pgmq.meta order by queue_name
$$;

-- On Supabase all of it belongs to `postgres`, and nobody else gets in without a grant.
do $$
declare
  member record;
begin
  if to_regrole('postgres') is null then
    return;
  end if;
  alter schema pgmq owner to postgres;
  for member in
    select object.type, object.identity
    from pg_catalog.pg_depend, pg_catalog.pg_identify_object(classid, objid, 0) as object
    where refclassid = 'pg_catalog.pg_extension'::regclass and deptype = 'e'
      and refobjid = (select oid from pg_catalog.pg_extension where extname = 'pgmq')
      and object.type in ('table', 'function', 'composite type')
  loop
    execute format('alter %s %s owner to postgres', replace(member.type, 'composite type', 'type'), member.identity);
  end loop;
end $$;
