-- Videos and texts lie in the bucket of outputs beside pictures and their thumbnails, and who waits for a text may listen to it.

update storage.buckets set
  file_size_limit = 209715200,
  allowed_mime_types = array['image/png', 'image/jpeg', 'image/webp', 'video/mp4', 'video/webm', 'text/plain']
where id = 'outputs';

-- What is canceled costs nothing, and of a text that was listened to that is all of it but the last word.
insert into private.settings (key, value, description) values
  ('free_listens_per_hour', '3', 'Texts that a person may cancel within an hour while they are written; more, and they hear none before it is finished and paid.');

create function private.read_stream_url(p_user uuid, p_job uuid) returns table (status text, attempt int, url text)
language plpgsql stable security definer set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
    select j.status, a.number, case when (
        select count(*) from public.jobs c
        where c.user_id = p_user and c.created_at > now() - interval '1 hour' and c.kind = 'text' and c.status = 'canceled'
          and c.started_at is not null) < private.setting_int('free_listens_per_hour') then a.stream_url end
    from public.jobs j left join private.job_attempts a on a.id = j.attempt_id and j.status = 'running'
    where j.id = p_job and j.user_id = p_user and j.kind = 'text';
end
$$;
comment on function private.read_stream_url is 'Where the provider sends the text of a person''s job while it is made, and which try that is; null while nobody does, and for whoever cancels too many of them. No row for anything but a text of theirs. Definer: the address is a secret, and the web app alone listens to it.';

revoke execute on function private.read_stream_url from public, anon, authenticated, service_role;
grant execute on function private.read_stream_url to kredo_web;
