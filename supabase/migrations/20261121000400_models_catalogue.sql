-- What can be generated and what it costs. A model is a row, so adding one needs no code.

create table public.models (
  slug text primary key check (slug ~ '^[a-z0-9]+(-[a-z0-9]+)*$'),
  name text not null,
  kind text not null check (kind in ('image', 'video', 'text', 'training')),
  provider_model text not null,
  provider_version text,
  provider_input jsonb not null default '{"fields": {"prompt": "prompt"}, "constants": {}}',
  credits bigint not null check (credits > 0),
  max_outputs int not null default 1 check (max_outputs between 1 and 10),
  input_schema jsonb not null,
  position int not null default 0,
  active boolean not null default true,
  runnable boolean not null default true
);
comment on table public.models is 'The catalogue. credits is the price of one output; input_schema is JSON Schema; provider_input maps our fields to the provider''s and adds constants; runnable is false while a kind is announced but not served.';
alter table public.models enable row level security;
create policy "everyone reads the active catalogue" on public.models
  for select to anon, authenticated using (active);
revoke all on public.models from public, anon, authenticated, service_role;
grant select (slug, name, kind, credits, max_outputs, input_schema, position, active, runnable)
  on public.models to anon, authenticated;

create table private.provider_prices (
  model text not null references public.models (slug),
  valid_from timestamptz not null,
  micros_per_output bigint not null check (micros_per_output >= 0),
  primary key (model, valid_from)
);
comment on table private.provider_prices is 'What the provider charges us per output, in µUSD, dated: margins of the past stay true when prices change.';
alter table private.provider_prices enable row level security;

create function private.provider_price(p_model text, p_at timestamptz) returns bigint
language sql stable set search_path = ''
return (
  select micros_per_output from private.provider_prices
  where model = p_model and valid_from <= p_at order by valid_from desc limit 1
);
comment on function private.provider_price is 'µUSD per output in force at a time; null when none was recorded.';

-- TypeScript checks the same with better messages; this is what holds when it forgets.
create function private.check_job_input(p_model public.models, p_input jsonb) returns int
language plpgsql stable set search_path = ''
as $$
declare
  v_properties jsonb := p_model.input_schema -> 'properties';
  v_key text;
  v_value jsonb;
  v_rule jsonb;
  v_errors jsonb := '{}';
  v_outputs int := 1;
begin
  if jsonb_typeof(p_input) is distinct from 'object' then
    perform private.refuse('KR004', 'Some fields are not valid.', '{"input": "Send an object."}');
  end if;
  for v_key in select jsonb_array_elements_text(p_model.input_schema -> 'required') loop
    if not p_input ? v_key then
      v_errors := v_errors || jsonb_build_object(v_key, 'This field is required.');
    end if;
  end loop;
  for v_key, v_value in select * from jsonb_each(p_input) loop
    v_rule := v_properties -> v_key;
    if v_rule is null then
      v_errors := v_errors || jsonb_build_object(v_key, 'This field is not known.');
    elsif v_rule ->> 'type' = 'string' and (jsonb_typeof(v_value) <> 'string'
        or char_length(btrim(v_value #>> '{}', E' \t\r\n')) < coalesce((v_rule ->> 'minLength')::int, 0)
        or char_length(v_value #>> '{}') > coalesce((v_rule ->> 'maxLength')::int, 10000)
        or (v_rule ? 'enum' and not (v_rule -> 'enum') @> v_value)) then
      v_errors := v_errors || jsonb_build_object(v_key, 'This value is not allowed.');
    elsif v_rule ->> 'type' = 'integer' and (jsonb_typeof(v_value) <> 'number'
        or (v_value #>> '{}') !~ '^-?[0-9]{1,9}$'
        or (v_value #>> '{}')::bigint < coalesce((v_rule ->> 'minimum')::bigint, 0)
        or (v_value #>> '{}')::bigint > coalesce((v_rule ->> 'maximum')::bigint, 2147483647)) then
      v_errors := v_errors || jsonb_build_object(v_key, 'This number is not allowed.');
    end if;
  end loop;
  if v_errors <> '{}' then
    perform private.refuse('KR004', 'Some fields are not valid.', v_errors);
  end if;
  v_outputs := coalesce((p_input ->> 'num_outputs')::int, 1);
  if v_outputs not between 1 and p_model.max_outputs then
    perform private.refuse('KR004', 'Some fields are not valid.', jsonb_build_object('num_outputs', 'This number is not allowed.'));
  end if;
  return v_outputs;
end
$$;
comment on function private.check_job_input is 'Holds an input against the model''s schema (strings, integers, enums, unknown keys); returns how many outputs it asks for. KR004 with field errors.';
