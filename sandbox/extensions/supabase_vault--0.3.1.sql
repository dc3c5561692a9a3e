-- Supabase Vault as its documentation describes it, on pgcrypto instead of libsodium. The key is a file in the data
-- folder (`vault.key`, made with the cluster), which only the superuser who owns these functions may read.
\echo Use "create extension supabase_vault" to load this file. \quit

create table vault.secrets (
  id uuid primary key default gen_random_uuid(),
  name text,
  description text not null default '',
  secret text not null,
  key_id uuid,
  nonce bytea,
  created_at timestamptz not null default current_timestamp,
  updated_at timestamptz not null default current_timestamp
);
create unique index secrets_name_idx on vault.secrets (name) where name is not null;
comment on table vault.secrets is 'Table with encrypted `secret` column for storing sensitive information on disk.';
select pg_catalog.pg_extension_config_dump('vault.secrets', '');

create function vault._key() returns text language sql stable set search_path = '' as $$
  select pg_catalog.pg_read_file('vault.key')
$$;

-- s2k-mode 1: the key is 32 random bytes already, so stretching it like a password would only cost time.
create function vault._encrypt(secret text) returns text language sql security definer set search_path = '' as $$
  select pg_catalog.encode(
    @extschema:pgcrypto@.pgp_sym_encrypt(secret, vault._key(), 'cipher-algo=aes256, s2k-mode=1, compress-algo=0'), 'base64')
$$;

create function vault._decrypt(secret text) returns text language sql stable security definer set search_path = '' as $$
  select @extschema:pgcrypto@.pgp_sym_decrypt(pg_catalog.decode(secret, 'base64'), vault._key())
$$;

-- A view runs its functions as the reader: who is to see secrets needs select here and execute on vault._decrypt.
create view vault.decrypted_secrets as
  select id, name, description, secret, vault._decrypt(secret) as decrypted_secret, key_id, nonce, created_at, updated_at
  from vault.secrets;

create function vault.create_secret(
  new_secret text, new_name text default null, new_description text default '', new_key_id uuid default null
) returns uuid language sql security definer set search_path = '' as $$
  insert into vault.secrets (secret, name, description, key_id)
  values (vault._encrypt(new_secret), new_name, new_description, new_key_id)
  returning id
$$;

create function vault.update_secret(
  secret_id uuid, new_secret text default null, new_name text default null, new_description text default null,
  new_key_id uuid default null
) returns void language sql security definer set search_path = '' as $$
  update vault.secrets set
    secret = case when new_secret is null then secret else vault._encrypt(new_secret) end,
    name = coalesce(new_name, name),
    description = coalesce(new_description, description),
    key_id = coalesce(new_key_id, key_id),
    updated_at = current_timestamp
  where id = secret_id
$$;

revoke all on all functions in schema vault from public;
revoke all on all tables in schema vault from public;
revoke all on schema vault from public;

do $$
begin
  if to_regrole('postgres') is null then
    return;
  end if;
  grant usage on schema vault to postgres with grant option;
  grant select, delete on vault.secrets, vault.decrypted_secrets to postgres with grant option;
  grant execute on function vault.create_secret, vault.update_secret, vault._decrypt to postgres with grant option;
  grant usage on schema vault to service_role;
  grant select, delete on vault.secrets, vault.decrypted_secrets to service_role;
  grant execute on function vault.create_secret, vault.update_secret, vault._decrypt to service_role;
end $$;
