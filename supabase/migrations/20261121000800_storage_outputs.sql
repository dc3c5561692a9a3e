-- Finished pictures live in a private bucket as <user>/<job>/<attempt>/<position>.<ext>.

insert into storage.buckets (id, name, public, file_size_limit, allowed_mime_types)
values ('outputs', 'outputs', false, 26214400, array['image/png', 'image/jpeg', 'image/webp'])
on conflict (id) do nothing;

create policy "people read their own outputs" on storage.objects
  for select to authenticated
  using (bucket_id = 'outputs' and (storage.foldername(name))[1] = (select auth.uid())::text);
