-- On Supabase `postgres` may make policies on storage.objects without owning it, by an extension of theirs. Here it is
-- a member of the owner, which is the nearest plain Postgres has.
alter table storage.buckets owner to supabase_storage_admin;
alter table storage.objects owner to supabase_storage_admin;
grant all on storage.buckets, storage.objects to postgres;
grant supabase_storage_admin to postgres;
