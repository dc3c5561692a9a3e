-- What the outside world told us. A row is written once per event and for ever; its payload is pruned.

create table private.webhook_events (
  source text not null check (source in ('stripe', 'replicate')),
  event_id text not null check (char_length(event_id) between 1 and 255),
  type text not null,
  verdict text not null default 'received' check (verdict in ('received', 'applied', 'ignored', 'failed')),
  effect text,
  attempts int not null default 1,
  error text,
  payload jsonb,
  received_at timestamptz not null default now(),
  processed_at timestamptz,
  primary key (source, event_id)
);
comment on table private.webhook_events is 'The inbox. verdict: received (no effect yet), applied, ignored (not for us), failed (will be tried again).';
alter table private.webhook_events enable row level security;
create index webhook_events_open on private.webhook_events (received_at) where verdict in ('received', 'failed');
create index webhook_events_payload on private.webhook_events (received_at) where payload is not null;

create function private.receive_webhook(p_source text, p_event_id text, p_type text, p_payload jsonb) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  v_verdict text;
begin
  insert into private.webhook_events (source, event_id, type, payload)
  values (p_source, p_event_id, p_type, p_payload)
  on conflict do nothing;
  if found then
    return 'new';
  end if;
  update private.webhook_events set attempts = attempts + 1
  where source = p_source and event_id = p_event_id
  returning verdict into v_verdict;
  return case when v_verdict in ('received', 'failed') then 'retry' else 'done' end;
end
$$;
comment on function private.receive_webhook is 'Writes an event down. new: act on it; retry: seen, but its effect never came about; done: answer and forget. Definer: the inbox is nobody''s to write.';

create function private.finish_webhook(p_source text, p_event_id text, p_verdict text, p_error text) returns void
language sql volatile security definer set search_path = ''
begin atomic
  update private.webhook_events set verdict = p_verdict, error = left(p_error, 1000), processed_at = now()
  where source = p_source and event_id = p_event_id and verdict <> 'applied';
end;
comment on function private.finish_webhook is 'Notes what became of an event. Definer: as receive_webhook.';

revoke execute on function private.receive_webhook, private.finish_webhook from public, anon, authenticated;
grant execute on function private.receive_webhook, private.finish_webhook to service_role;
