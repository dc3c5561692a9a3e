-- A person, beside Auth's own row. Money does not hang on this table: the ledger outlives the person.

create table public.profiles (
  id uuid primary key references auth.users (id) on delete cascade,
  email text not null,
  display_name text not null default '' check (char_length(display_name) <= 80),
  locale text not null default 'en' check (locale in ('en', 'pl')),
  role text not null default 'customer' check (role in ('customer', 'creator', 'client', 'operator')),
  status text not null default 'active' check (status in ('active', 'suspended', 'banned')),
  email_confirmed_at timestamptz,
  created_at timestamptz not null default now()
);
comment on table public.profiles is 'Who a signed-in person is to Kredo. They read their own row and change it through functions.';
alter table public.profiles enable row level security;
create policy "people read their own profile" on public.profiles
  for select to authenticated using ((select auth.uid()) = id);
revoke all on public.profiles from public, anon, authenticated, service_role;
grant select on public.profiles to authenticated;

create function public.update_profile(p_display_name text, p_locale text) returns void
language plpgsql security definer set search_path = ''
as $$
begin
  if char_length(coalesce(p_display_name, '')) > 80 then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"display_name": "Use at most 80 characters."}');
  end if;
  if p_locale is null or p_locale not in ('en', 'pl') then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"locale": "Choose en or pl."}');
  end if;
  update public.profiles set display_name = coalesce(p_display_name, ''), locale = p_locale
  where id = (select auth.uid());
  if not found then
    perform private.refuse('KR003', 'There is no such profile.');
  end if;
end
$$;
comment on function public.update_profile is 'Changes the caller''s own name and language. Definer: people hold no update right, so role and status stay out of reach.';
revoke execute on function public.update_profile from public, anon, authenticated, service_role;
grant execute on function public.update_profile to authenticated;

create function private.confirm_email(p_user uuid) returns void
language sql security definer set search_path = ''
begin atomic
  update public.profiles set email_confirmed_at = coalesce(email_confirmed_at, now()) where id = p_user;
end;
comment on function private.confirm_email is 'Marks an address as confirmed once. Definer, for the web role alone: it calls this after Auth has verified the mailed link.';
revoke execute on function private.confirm_email from public, anon, authenticated, service_role;
grant execute on function private.confirm_email to kredo_web;

create function private.follow_email_change() returns trigger
language plpgsql security definer set search_path = ''
as $$
begin
  -- That the old address was theirs says nothing about the new one.
  update public.profiles set email = new.email, email_confirmed_at = null where id = new.id;
  return new;
end
$$;
comment on function private.follow_email_change is 'Keeps the profile''s address equal to Auth''s, unconfirmed until its own link comes back. Definer: Auth''s role has no rights on profiles.';
revoke execute on function private.follow_email_change from public, anon, authenticated, service_role;
create trigger kredo_follow_email_change after update of email on auth.users
  for each row when (old.email is distinct from new.email)
  execute function private.follow_email_change();
