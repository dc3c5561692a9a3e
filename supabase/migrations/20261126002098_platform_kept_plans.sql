-- Small functions from before there were plans, which every payment calls now, in plpgsql for SQL. A function in SQL that sets
-- its search_path is never inlined: Postgres reads and plans it anew at each call, some 0.1 ms, while plpgsql does so once in a
-- session. With those of billing, which are in plpgsql for the same reason, they took a third of what crediting a payment takes
-- (`deno task bench webhooks`).

create or replace function private.uuid_or_null(p_text text) returns uuid
language plpgsql immutable set search_path = ''
as $$
begin
  return case when p_text ~* '^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$' then p_text::uuid end;
end
$$;

create or replace function private.webhook_object(p_source text, p_payload jsonb) returns text
language plpgsql immutable set search_path = ''
as $$
begin
  return left(case p_source when 'stripe' then p_payload #>> '{data,object,id}' else p_payload ->> 'id' end, 255);
end
$$;

create or replace function private.request_hash(variadic p_parts text[]) returns text
language plpgsql immutable set search_path = ''
as $$
begin
  return encode(sha256(convert_to(array_to_string(p_parts, E'\n', '∅'), 'UTF8')), 'hex');
end
$$;

create or replace function private.next_grant_number(p_user uuid) returns int
language plpgsql stable set search_path = ''
as $$
begin
  return (select coalesce(max(number), 0) + 1 from public.credit_grants where user_id = p_user);
end
$$;

create or replace function private.first_entry(p_user uuid, p_kind text, p_ref text) returns bigint
language plpgsql stable set search_path = ''
as $$
begin
  return (
    select seq from public.credit_entries
    where user_id = p_user and kind = p_kind and ref = p_ref and kind not in ('settle', 'expiry')
  );
end
$$;
