-- Reference data: the catalogue and the packs. Safe to run again; production runs it too.

insert into public.models
  (slug, name, kind, provider_model, provider_input, credits, max_outputs, position, deadline_seconds, input_schema)
select m.slug, m.name, m.kind, m.provider_model, m.provider_input, m.credits, m.max_outputs, m.position, m.deadline_seconds,
  jsonb_build_object(
    'type', 'object',
    'required', jsonb_build_array('prompt'),
    'additionalProperties', false,
    'properties', jsonb_build_object(
      'prompt', jsonb_build_object('type', 'string', 'minLength', 1, 'maxLength', 10000)
    ) || m.fields)
from (values
  ('seedream-4-5', 'Seedream 4.5', 'image', 'bytedance/seedream-4.5', 1, 4, 1, 300,
    '{"fields": {"prompt": "prompt", "aspect_ratio": "aspect_ratio", "num_outputs": "max_images"}, "constants": {"sequential_image_generation": "auto"}}'::jsonb,
    '{"aspect_ratio": {"type": "string", "enum": ["1:1", "4:3", "3:4", "16:9", "9:16"], "default": "1:1"},
      "num_outputs": {"type": "integer", "minimum": 1, "maximum": 4, "default": 1}}'::jsonb),
  ('seedream-4-0', 'Seedream 4.0', 'image', 'bytedance/seedream-4', 1, 4, 2, 300,
    '{"fields": {"prompt": "prompt", "aspect_ratio": "aspect_ratio", "num_outputs": "max_images"}, "constants": {"sequential_image_generation": "auto"}}',
    '{"aspect_ratio": {"type": "string", "enum": ["1:1", "4:3", "3:4", "16:9", "9:16"], "default": "1:1"},
      "num_outputs": {"type": "integer", "minimum": 1, "maximum": 4, "default": 1}}'),
  ('gemini', 'Gemini Image', 'image', 'google/gemini-2.5-flash-image', 2, 1, 3, 300,
    '{"fields": {"prompt": "prompt", "aspect_ratio": "aspect_ratio"}, "constants": {"output_format": "png"}}',
    '{"aspect_ratio": {"type": "string", "enum": ["1:1", "4:3", "3:4", "16:9", "9:16"], "default": "1:1"},
      "num_outputs": {"type": "integer", "minimum": 1, "maximum": 1, "default": 1}}'),
  ('seedance-1-5-pro', 'Seedance 1.5 Pro', 'video', 'bytedance/seedance-1.5-pro', 8, 1, 4, 600,
    '{"fields": {"prompt": "prompt", "aspect_ratio": "aspect_ratio", "duration": "duration"}, "constants": {}}',
    '{"aspect_ratio": {"type": "string", "enum": ["16:9", "9:16", "1:1"], "default": "16:9"},
      "duration": {"type": "integer", "minimum": 4, "maximum": 8, "default": 5}}'),
  -- The one that films from words; five seconds, the shorter of the two lengths it knows.
  ('kling', 'Kling', 'video', 'kwaivgi/kling-v2.1-master', 10, 1, 5, 900,
    '{"fields": {"prompt": "prompt", "aspect_ratio": "aspect_ratio", "duration": "duration"}, "constants": {}}',
    '{"aspect_ratio": {"type": "string", "enum": ["16:9", "9:16", "1:1"], "default": "16:9"},
      "duration": {"type": "integer", "minimum": 5, "maximum": 5, "default": 5}}'),
  ('gemini-flash', 'Gemini Flash', 'text', 'google/gemini-2.5-flash', 1, 1, 6, 120,
    '{"fields": {"prompt": "prompt", "max_output_tokens": "max_output_tokens"}, "constants": {}}',
    '{"max_output_tokens": {"type": "integer", "minimum": 64, "maximum": 4096, "default": 1024}}')
) as m (slug, name, kind, provider_model, credits, max_outputs, position, deadline_seconds, provider_input, fields)
on conflict (slug) do update set
  name = excluded.name, kind = excluded.kind, provider_model = excluded.provider_model,
  provider_input = excluded.provider_input, credits = excluded.credits,
  max_outputs = excluded.max_outputs, position = excluded.position, deadline_seconds = excluded.deadline_seconds,
  runnable = true, input_schema = excluded.input_schema;

-- µUSD per output: our own assumption for margins until an operator enters the provider's invoice.
insert into private.provider_prices (model, valid_from, micros_per_output) values
  ('seedream-4-5', '2026-01-01', 40000),
  ('seedream-4-0', '2026-01-01', 30000),
  ('gemini', '2026-01-01', 39000),
  ('seedance-1-5-pro', '2026-01-01', 260000),
  ('kling', '2026-01-01', 280000),
  -- Since then by the model that films from words.
  ('kling', '2026-11-26', 1400000)
on conflict do nothing;
insert into private.provider_prices (model, valid_from, micros_per_output, micros_per_1k_tokens) values
  -- By the token, and what is written costs more than what is read: the dearer of the two, for both.
  ('gemini-flash', '2026-01-01', 0, 2500)
on conflict do nothing;

insert into public.credit_packs (id, credits, price_cents, position) values
  ('pack_10', 10, 900, 1),
  ('pack_50', 50, 3900, 2),
  ('pack_200', 200, 13900, 3)
on conflict (id) do update set credits = excluded.credits, price_cents = excluded.price_cents, position = excluded.position;

insert into public.plans (id, rank, trial_days, trial_generations) values
  ('free', 0, 0, null),
  ('pro', 1, 7, 50),
  ('enterprise', 2, 0, null)
on conflict (id) do update set rank = excluded.rank, trial_days = excluded.trial_days, trial_generations = excluded.trial_generations;

-- A changed figure here becomes a new version; versions are never rewritten.
select private.set_plan_price(plan, cycle, cents) from (values
  ('pro', 'month', 2900), ('pro', 'year', 29000),
  ('enterprise', 'month', 9900), ('enterprise', 'year', 99000)
) as p (plan, cycle, cents);

select private.set_entitlement(e.plan, e.entitlement, e.maximum) from (values
  ('free', 'generations', 10), ('pro', 'generations', 500), ('enterprise', 'generations', null),
  ('free', 'datasets', 5), ('pro', 'datasets', null), ('enterprise', 'datasets', null),
  ('free', 'trainings', 10), ('pro', 'trainings', 100), ('enterprise', 'trainings', null),
  ('free', 'predictions', 100), ('pro', 'predictions', 5000), ('enterprise', 'predictions', null),
  ('free', 'concurrency', 25), ('pro', 'concurrency', 100), ('enterprise', 'concurrency', 100),
  ('free', 'rate', 60), ('pro', 'rate', 120), ('enterprise', 'rate', 120)
) as e (plan, entitlement, maximum);
