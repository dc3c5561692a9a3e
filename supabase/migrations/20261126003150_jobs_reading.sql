-- What the owner of a job reads of it beyond its row: the story so far, and what it waits for.

create function public.job_story(p_job uuid) returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_user uuid := auth.uid();
  v_timeline jsonb;
  v_waits jsonb;
begin
  -- Of the detail only what was promised to the owner: when the next try starts, and how a late result came out.
  select jsonb_agg(jsonb_build_object('at', e.at, 'event', e.event, 'actor', e.actor, 'attempt', e.attempt, 'reason', e.reason,
    'retry_at', case when e.event = 'retrying' then e.detail ->> 'run_at' end,
    'result', case when e.event = 'late' then e.detail ->> 'status' end) order by e.id)
  into v_timeline
  from public.job_events e where e.job_id = p_job and e.user_id = v_user;

  select jsonb_build_object('for', coalesce(l.waits_for, 'line'),
    'until', case when l.waits_for = 'time' then l.run_at end,
    'ahead', case when l.waits_for = 'turn' then private.jobs_ahead(l) end)
  into v_waits
  from private.job_line l where l.job_id = p_job and l.user_id = v_user;
  return jsonb_build_object('timeline', coalesce(v_timeline, '[]'), 'waits', v_waits);
end
$$;
comment on function public.job_story is 'What happened to a job of the caller, oldest first, and what it waits for: line, turn (with how many of their jobs go first) or time (until then); null once it runs. Definer: line and detail are nobody''s to read.';

create function private.jobs_ahead(p_place private.job_line) returns bigint
language plpgsql stable set search_path = ''
as $$
begin
  return (select count(*) from private.job_leases where user_id = p_place.user_id)
    + (select count(*) from private.job_line where user_id = p_place.user_id and place is not null)
    + (select count(*) from private.job_line o where o.user_id = p_place.user_id and o.waits_for = 'turn'
      and (o.priority > p_place.priority or o.priority = p_place.priority and o.number < p_place.number));
end
$$;
comment on function private.jobs_ahead is 'How many jobs of the same person go before one that waits for its turn: those that run, those in line, and earlier ones.';

revoke execute on function public.job_story, private.jobs_ahead from public, anon, authenticated, service_role;
grant execute on function public.job_story to authenticated;
