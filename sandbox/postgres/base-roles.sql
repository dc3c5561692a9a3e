-- What a new hosted Supabase project has before anybody's first migration: roles, schemas, and who may what.
-- Run as supabase_admin in a new cluster, before Auth, Storage and our migrations. May be run again.

-- Roles ---------------------------------------------------------------------------------------------------------
-- Roles belong to the cluster, everything below them to one database: in a second database they are here already.
do $$
declare
  wanted record;
begin
  for wanted in
    select * from (values
      -- The owner of everything we make. Deliberately no superuser: a migration that needs one fails here as there.
      ('postgres', 'login createdb createrole replication bypassrls password ''postgres'''),
      -- The three a request can act as.
      ('anon', 'nologin noinherit'),
      ('authenticated', 'nologin noinherit'),
      ('service_role', 'nologin noinherit bypassrls'),
      -- The login role of the Data API: may become any of the three and has no rights of its own.
      ('authenticator', 'login noinherit password ''postgres'''),
      -- Owners of the auth and storage schemas.
      ('supabase_auth_admin', 'login noinherit createrole password ''postgres'''),
      ('supabase_storage_admin', 'login noinherit createrole password ''postgres'''),
      ('supabase_functions_admin', 'login noinherit createrole password ''postgres'''),
      ('supabase_read_only_user', 'login bypassrls password ''postgres'''),
      ('dashboard_user', 'nologin createdb createrole replication')
    ) as roles (name, options)
  loop
    if not exists (select from pg_catalog.pg_roles where rolname = wanted.name) then
      execute format('create role %I with %s', wanted.name, wanted.options);
    end if;
  end loop;
end $$;

grant anon, authenticated, service_role to authenticator;
grant anon, authenticated, service_role to supabase_storage_admin;
grant anon, authenticated, service_role to postgres with admin option;
grant authenticator to postgres with admin option, inherit true, set true;
grant pg_monitor, pg_read_all_data, pg_signal_backend, pg_checkpoint to postgres with admin option;
grant pg_read_all_data to supabase_read_only_user;

alter role anon set statement_timeout = '3s';
alter role authenticated set statement_timeout = '8s';
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role supabase_admin set search_path = "$user", public, auth, extensions;
alter role postgres set search_path = "$user", public, extensions;
alter role supabase_auth_admin set search_path = auth;
alter role supabase_auth_admin set idle_in_transaction_session_timeout = '60s';
alter role supabase_storage_admin set search_path = storage;
grant set on parameter log_min_messages to supabase_auth_admin; -- for sandbox/auth/schema.ts

do $$
begin
  execute format('alter database %I owner to postgres', current_database());
end $$;

-- Schemas -------------------------------------------------------------------------------------------------------
alter schema public owner to pg_database_owner;
grant all on schema public to postgres;
grant usage on schema public to anon, authenticated, service_role;

create schema if not exists extensions authorization postgres;
grant usage on schema extensions to anon, authenticated, service_role;
grant all on schema extensions to dashboard_user;

create schema if not exists auth authorization supabase_admin;
grant usage on schema auth to anon, authenticated, service_role, postgres with grant option;
grant all on schema auth to supabase_auth_admin, dashboard_user;

create schema if not exists storage authorization supabase_admin;
grant usage on schema storage to postgres with grant option;
grant usage on schema storage to anon, authenticated, service_role;
grant all on schema storage to supabase_storage_admin, dashboard_user;

create schema if not exists vault authorization supabase_admin;

-- What Auth and Storage make is within reach of who may see it on Supabase.
alter default privileges for role supabase_auth_admin in schema auth grant all on tables to postgres, dashboard_user;
alter default privileges for role supabase_auth_admin in schema auth grant all on sequences to postgres, dashboard_user;
alter default privileges for role supabase_storage_admin in schema storage
  grant all on tables to postgres, anon, authenticated, service_role;

-- `public` gets no default privileges for anon, authenticated and service_role: that is the default of projects made
-- since May 2026, and `auto_expose_new_tables = false` in config.toml says so for Docker.

-- Extensions that are there from the start ------------------------------------------------------------------------
create extension if not exists pgcrypto with schema extensions;
create extension if not exists "uuid-ossp" with schema extensions;
create extension if not exists supabase_vault with schema vault;

-- Who is asking ---------------------------------------------------------------------------------------------------
-- @supabase/lite has functions of these names too, which do not read `request.jwt.claims`. It connects as
-- supabase_auth_admin and so cannot replace these, which belong to supabase_admin; it shrugs and goes on.
create or replace function auth.jwt() returns jsonb language sql stable as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')
  )::jsonb
$$;

create or replace function auth.uid() returns uuid language sql stable as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.sub', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
  )::uuid
$$;

create or replace function auth.role() returns text language sql stable as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.role', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role'
  )
$$;

create or replace function auth.email() returns text language sql stable as $$
  select coalesce(
    nullif(current_setting('request.jwt.claim.email', true), ''),
    nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email'
  )
$$;

grant execute on function auth.jwt(), auth.uid(), auth.role(), auth.email() to public;
