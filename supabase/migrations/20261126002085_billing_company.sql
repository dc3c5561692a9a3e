-- Who sells: it stands on every invoice.

alter table private.settings add constraint settings_company check (key <> 'company' or coalesce(
  jsonb_typeof(value -> 'name') = 'string' and jsonb_typeof(value -> 'address') = 'array' and jsonb_typeof(value -> 'vat_id') = 'string', false));

insert into private.settings (key, value, description) values
  ('company', '{"name": "DEMO, no company has been set", "address": [], "vat_id": ""}',
    'Who sells, on every invoice: name, lines of the address, VAT id (empty: none).');

create function private.company(out name text, out address text[], out vat_id text)
language sql stable security definer set search_path = ''
begin atomic
  select s.value ->> 'name', array(select jsonb_array_elements_text(s.value -> 'address')), s.value ->> 'vat_id'
  from private.settings s where s.key = 'company';
end;
comment on function private.company is 'Who sells, for invoices. Definer: the web role sees no settings.';
revoke execute on function private.company from public, anon, authenticated, service_role;
grant execute on function private.company to kredo_web;
