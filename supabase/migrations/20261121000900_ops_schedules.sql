-- Every schedule of the system, on one page; and what readiness looks at.

create function private.prune() returns void
language sql volatile security definer set search_path = ''
begin atomic
  update private.webhook_events set payload = null where payload is not null and received_at < now() - interval '90 days';
  delete from private.rate_limits where window_start < now() - interval '1 day';
  delete from private.workers where seen_at < now() - interval '7 days';
  delete from cron.job_run_details where end_time < now() - interval '3 days';
end;
comment on function private.prune is 'Forgets what need not be kept. Dedupe keys and the ledger are kept for ever. Definer: run by pg_cron.';

create function private.readiness() returns jsonb
language sql stable security definer set search_path = ''
begin atomic
  select jsonb_build_object(
    'worker_seen_seconds', (select extract(epoch from now() - max(seen_at))::int from private.workers),
    'oldest_queued_seconds', (select coalesce(extract(epoch from now() - min(run_at))::int, 0)
      from public.jobs where status = 'queued' and run_at <= now()),
    'failed_webhooks', (select count(*) from private.webhook_events
      where verdict = 'failed' and received_at > now() - interval '1 hour'));
end;
comment on function private.readiness is 'Three numbers that say whether work flows: seconds since a worker was seen, age of the oldest due job, webhooks failed in the last hour. Definer: the web role sees nothing else of them.';
revoke execute on function private.prune, private.readiness from public, anon, authenticated, service_role;
grant execute on function private.readiness to kredo_web;

select cron.schedule('kredo-sweep-jobs', '5 seconds', 'select private.sweep_jobs()');
select cron.schedule('kredo-prune', '17 3 * * *', 'select private.prune()');
