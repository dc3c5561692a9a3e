-- pg_net as its documentation describes it. Calling a function only puts a row into a queue; the sandbox's supervisor
-- (sandbox/cron) sees the row once its transaction has committed, sends the request and writes the response.
\echo Use "create extension pg_net" to load this file. \quit

create schema net;

create domain net.http_method as text check (value in ('GET', 'POST', 'DELETE'));

create sequence net.http_request_queue_id_seq;

-- Unlogged, like the original: a crash of the server empties it. Nothing may depend on a request arriving.
create unlogged table net.http_request_queue (
  id bigint not null default nextval('net.http_request_queue_id_seq'),
  method net.http_method not null,
  url text not null,
  headers jsonb,
  body bytea,
  timeout_milliseconds integer not null
);
alter sequence net.http_request_queue_id_seq owned by net.http_request_queue.id;

create unlogged table net._http_response (
  id bigint,
  status_code integer,
  content_type text,
  headers jsonb,
  content text,
  timed_out boolean,
  error_msg text,
  created timestamptz not null default now()
);
create index _http_response_created_idx on net._http_response (created);

create function net._urlencode(value text) returns text language sql immutable strict set search_path = '' as $$
  select coalesce(string_agg(
    case
      when byte between 48 and 57 or byte between 65 and 90 or byte between 97 and 122 or byte in (45, 46, 95, 126)
        then chr(byte)
      else '%' || upper(lpad(to_hex(byte), 2, '0'))
    end, '' order by position), '')
  from (
    select get_byte(convert_to(value, 'UTF8'), position) as byte, position
    from generate_series(0, octet_length(value) - 1) as position
  ) as bytes
$$;

create function net._enqueue(
  method text, url text, params jsonb, headers jsonb, body bytea, timeout_milliseconds integer
) returns bigint language plpgsql set search_path = '' as $$
declare
  query text := (
    select string_agg(net._urlencode(key) || '=' || net._urlencode(value), '&') from jsonb_each_text(coalesce(params, '{}'))
  );
  request_id bigint;
begin
  if url is null or url !~* '^https?://' then
    raise exception 'invalid url: %', coalesce(url, 'null');
  end if;
  insert into net.http_request_queue (method, url, headers, body, timeout_milliseconds)
  values (
    method,
    url || case when query is null then '' when position('?' in url) > 0 then '&' || query else '?' || query end,
    headers, body, timeout_milliseconds
  ) returning id into request_id;
  -- Delivered at commit and folded to one per transaction: wakes the sender without a wait for its next look.
  perform pg_catalog.pg_notify('pg_net', '');
  return request_id;
end $$;

create function net.http_get(
  url text, params jsonb default '{}', headers jsonb default '{}', timeout_milliseconds integer default 5000
) returns bigint language sql security definer set search_path = '' as $$
  select net._enqueue('GET', url, params, headers, null, timeout_milliseconds)
$$;

create function net.http_post(
  url text,
  body jsonb default '{}',
  params jsonb default '{}',
  headers jsonb default '{"Content-Type": "application/json"}',
  timeout_milliseconds integer default 5000
) returns bigint language plpgsql security definer set search_path = '' as $$
declare
  content_type text := (select value from jsonb_each_text(headers) where lower(key) = 'content-type' limit 1);
begin
  if content_type is null then
    headers := coalesce(headers, '{}') || '{"Content-Type": "application/json"}';
  elsif content_type !~* '^application/json' then
    raise exception 'Content-Type header must be "application/json"';
  end if;
  return net._enqueue('POST', url, params, headers, convert_to(body::text, 'UTF8'), timeout_milliseconds);
end $$;

create function net.http_delete(
  url text, params jsonb default '{}', headers jsonb default '{}', timeout_milliseconds integer default 5000,
  body jsonb default null
) returns bigint language sql security definer set search_path = '' as $$
  select net._enqueue('DELETE', url, params, headers, convert_to(body::text, 'UTF8'), timeout_milliseconds)
$$;

revoke all on function net._enqueue(text, text, jsonb, jsonb, bytea, integer) from public;
revoke all on schema net from public;

do $$
begin
  if to_regrole('postgres') is null then
    return;
  end if;
  grant usage on schema net to postgres, anon, authenticated, service_role;
  grant all on all tables in schema net to postgres;
end $$;
