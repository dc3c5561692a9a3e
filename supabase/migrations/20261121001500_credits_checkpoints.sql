-- Checkpoints: once a day the last hash of every account goes into one tree, whose root is signed and published.
-- Whoever keeps a copy of it can tell later whether any entry from before was changed, by us or anybody else.
-- The formats, with an example: docs/checkpoints.md. What is computed here is computed again in TypeScript, from
-- the same words, by domain/credits/checkpoints.

insert into private.settings (key, value, description) values
  ('checkpoint_nodes_kept', '3', 'Checkpoints whose trees are kept, for proofs and checks; their roots are kept for ever.');

create table public.credit_checkpoints (
  number int primary key check (number > 0),
  taken_at timestamptz not null,
  accounts bigint not null check (accounts > 0),
  entries bigint not null check (entries >= accounts),
  root bytea not null check (octet_length(root) = 32),
  previous bytea not null check (octet_length(previous) = 32),
  public_key bytea check (octet_length(public_key) = 32),
  signature bytea check (octet_length(signature) = 64),
  signed_at timestamptz,
  check (num_nulls(public_key, signature, signed_at) in (0, 3))
);
comment on table public.credit_checkpoints is 'Append-only. root: of the tree over the last hash of every account; previous: hash of the message before; signature: Ed25519 over the message, set once by a worker. Everybody may read what is signed.';
alter table public.credit_checkpoints enable row level security;
create policy "everybody reads what is signed" on public.credit_checkpoints
  for select to anon, authenticated using (signature is not null);
create index credit_checkpoints_unsigned on public.credit_checkpoints (number) where signature is null;
revoke all on public.credit_checkpoints from public, anon, authenticated, service_role;
grant select on public.credit_checkpoints to anon, authenticated;

create function private.guard_checkpoint() returns trigger
language plpgsql set search_path = ''
as $$
begin
  if tg_op = 'UPDATE' and old.signature is null and new.signature is not null
      and (old.number, old.taken_at, old.accounts, old.entries, old.root, old.previous)
        = (new.number, new.taken_at, new.accounts, new.entries, new.root, new.previous) then
    return new;
  end if;
  perform private.refuse('KR008', 'A checkpoint is never changed; its signature is added once.');
end
$$;
comment on function private.guard_checkpoint is 'Lets a checkpoint be signed once, and stops every other change of one, for every role.';
create trigger credit_checkpoints_append_only before update or delete on public.credit_checkpoints
  for each row execute function private.guard_checkpoint();
create trigger credit_checkpoints_no_truncate before truncate on public.credit_checkpoints
  for each statement execute function private.guard_checkpoint();

-- Without a foreign key: the leaves are there before their checkpoint, and checking twice as many nodes as there
-- are accounts would take longer than hashing them.
create table private.checkpoint_nodes (
  number int not null,
  level smallint not null,
  position int not null,
  hash bytea not null,
  user_id uuid,
  seq bigint,
  primary key (number, level, position),
  check ((level = 0) = (user_id is not null) and (level = 0) = (seq is not null))
);
comment on table private.checkpoint_nodes is 'Trees of the newest checkpoints. Level 0: a leaf per account in the order of their ids, with the seq it stood at; each level above pairs the one below; a last one without a partner moves up unchanged.';
alter table private.checkpoint_nodes enable row level security;
create index checkpoint_nodes_user on private.checkpoint_nodes (user_id, number) where level = 0;

create function private.checkpoint_leaf_hash(p_user uuid, p_seq bigint, p_head bytea) returns bytea
language sql immutable strict set search_path = ''
return sha256('\x00'::bytea || convert_to(concat_ws(E'\n', 'kredo.leaf.v1', p_user, p_seq, encode(p_head, 'hex')), 'UTF8'));
comment on function private.checkpoint_leaf_hash is 'RFC 6962: SHA-256 over a zero byte and four lines: format, user, seq, hash of that entry in hex.';

create function private.checkpoint_node_hash(p_left bytea, p_right bytea) returns bytea
language sql immutable set search_path = ''
return case when p_right is null then p_left else sha256('\x01'::bytea || p_left || p_right) end;
comment on function private.checkpoint_node_hash is 'RFC 6962: SHA-256 over a one byte and both children. An only child moves up unchanged.';

create function private.checkpoint_message(p public.credit_checkpoints) returns text
language sql immutable set search_path = ''
return concat_ws(E'\n', 'kredo.checkpoint.v1', p.number, (extract(epoch from p.taken_at) * 1000000)::bigint,
  p.accounts, p.entries, encode(p.root, 'hex'), encode(p.previous, 'hex'));
comment on function private.checkpoint_message is 'What is signed, seven lines: format, number, microseconds since 1970, accounts, entries, root and previous in hex.';

create function private.checkpoint_hash(p public.credit_checkpoints) returns bytea
language sql immutable set search_path = ''
return case when p.number is null then decode(repeat('00', 32), 'hex')
  else sha256(convert_to(private.checkpoint_message(p), 'UTF8')) end;
comment on function private.checkpoint_hash is 'SHA-256 of the message, which the next checkpoint repeats as previous; 32 zero bytes before the first.';

create function private.prune_checkpoint_nodes(p_up_to int) returns void
language sql volatile set search_path = ''
begin atomic
  delete from private.checkpoint_nodes n
  where n.number <= p_up_to
    and n.number <> coalesce((
      select c.number from public.credit_checkpoints c
      where c.signature is not null
        and exists (select from private.checkpoint_nodes t where t.number = c.number and t.level = 0 and t.position = 0)
      order by c.number desc limit 1), 0)
    and n.number not in (
      select split_part(b.place, '/', 2)::int from private.invariant_breaches b
      where b.invariant = 'checkpoints' and b.place like 'node/%' and b.resolved_at is null);
end;
comment on function private.prune_checkpoint_nodes is 'Forgets old trees, but not the newest signed one, from which proofs come however long signing has to wait, and none that is evidence of an open breach.';

create function private.take_checkpoint(p_again boolean default false) returns int
language plpgsql security definer set search_path = ''
as $$
declare
  v_last public.credit_checkpoints;
  v_number int;
  v_at timestamptz;
  v_accounts bigint;
  v_entries bigint;
  v_level int := 0;
  v_nodes bigint;
begin
  -- One at a time, without being in the way of signing and reading. Who waited here sees what the other took.
  lock table public.credit_checkpoints in share update exclusive mode;
  select * into v_last from public.credit_checkpoints order by number desc limit 1;
  v_at := clock_timestamp();
  v_number := v_last.number;
  if p_again or v_number is null or (v_last.taken_at at time zone 'utc')::date <> (v_at at time zone 'utc')::date then
    v_number := coalesce(v_last.number, 0) + 1;
    -- One statement, hence one snapshot of all accounts.
    with leaves as (
      insert into private.checkpoint_nodes (number, level, position, hash, user_id, seq)
      select v_number, 0, row_number() over (order by user_id) - 1,
        private.checkpoint_leaf_hash(user_id, seq, head_hash), user_id, seq
      from public.credit_accounts where seq > 0
      returning seq
    )
    select count(*), sum(seq) into v_accounts, v_entries from leaves;
    if v_accounts = 0 then
      return null;
    end if;
    v_nodes := v_accounts;
    while v_nodes > 1 loop
      insert into private.checkpoint_nodes (number, level, position, hash)
      select v_number, v_level + 1, p.position / 2, private.checkpoint_node_hash(p.hash, p.next_hash)
      from (
        select position, hash, lead(hash) over (order by position) as next_hash
        from private.checkpoint_nodes where number = v_number and level = v_level
      ) p
      where p.position % 2 = 0;
      v_level := v_level + 1;
      v_nodes := (v_nodes + 1) / 2;
    end loop;
    insert into public.credit_checkpoints (number, taken_at, accounts, entries, root, previous)
    select v_number, v_at, v_accounts, v_entries, hash, private.checkpoint_hash(v_last)
    from private.checkpoint_nodes where number = v_number and level = v_level;
    perform private.prune_checkpoint_nodes(v_number - greatest(private.setting_int('checkpoint_nodes_kept'), 1)::int);
  end if;
  if exists (select from public.credit_checkpoints where signature is null) then
    perform private.wake_worker();
  end if;
  return v_number;
end
$$;
comment on function private.take_checkpoint is 'Takes the checkpoint of this UTC day unless it was taken, and wakes a worker while one waits for its signature. Returns the newest number; null while no account has an entry. p_again takes another one today. Definer: run by pg_cron; reads every account.';

create function private.unsigned_checkpoints() returns table (number int, message text)
language sql stable security definer set search_path = ''
begin atomic
  select c.number, private.checkpoint_message(c)
  from public.credit_checkpoints c where c.signature is null order by c.number limit 100;
end;
comment on function private.unsigned_checkpoints is 'What waits for a signature, oldest first, as the text to sign. Definer: unsigned ones are nobody''s to read.';

-- Not begin atomic: that would tie the function to Vault's view and stop an update of the extension.
create function private.checkpoint_key() returns text
language sql stable security definer set search_path = ''
as $$
  select decrypted_secret from vault.decrypted_secrets where name = 'checkpoint_key'
$$;
comment on function private.checkpoint_key is 'The private Ed25519 key that signs checkpoints, as a JSON Web Key; null when there is none. Definer: reads Vault, for workers alone.';

create function private.sign_checkpoint(p_number int, p_public_key bytea, p_signature bytea) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
  if exists (select from public.credit_checkpoints where number = p_number - 1 and signature is null) then
    perform private.refuse('KR008', 'Checkpoints are signed in their order.');
  end if;
  update public.credit_checkpoints set public_key = p_public_key, signature = p_signature, signed_at = now()
  where number = p_number and signature is null;
  return found;
end
$$;
comment on function private.sign_checkpoint is 'Adds a signature and thereby publishes. False when another worker was first. KR008 out of order, so that what is published has no gaps. Definer: no role may write checkpoints itself.';

revoke execute on function private.take_checkpoint, private.prune_checkpoint_nodes, private.unsigned_checkpoints,
  private.checkpoint_key, private.sign_checkpoint from public, anon, authenticated, service_role;
grant execute on function private.unsigned_checkpoints, private.checkpoint_key, private.sign_checkpoint to service_role;

create function public.checkpoint_proof() returns jsonb
language plpgsql stable security definer set search_path = ''
as $$
declare
  v_leaf private.checkpoint_nodes;
  v_checkpoint public.credit_checkpoints;
begin
  select n.* into v_leaf
  from private.checkpoint_nodes n
  join public.credit_checkpoints c on c.number = n.number and c.signature is not null
  where n.user_id = (select auth.uid()) and n.level = 0
  order by n.number desc limit 1;
  if not found then
    return null;
  end if;
  select * into v_checkpoint from public.credit_checkpoints where number = v_leaf.number;
  return jsonb_build_object(
    'checkpoint', jsonb_build_object(
      'number', v_checkpoint.number,
      'taken_at', (extract(epoch from v_checkpoint.taken_at) * 1000000)::bigint,
      'accounts', v_checkpoint.accounts,
      'entries', v_checkpoint.entries,
      'root', encode(v_checkpoint.root, 'hex'),
      'previous', encode(v_checkpoint.previous, 'hex'),
      -- base64url without padding; encode() breaks lines.
      'public_key', translate(encode(v_checkpoint.public_key, 'base64'), E'+/=\n', '-_'),
      'signature', translate(encode(v_checkpoint.signature, 'base64'), E'+/=\n', '-_')),
    'seq', v_leaf.seq,
    'head', (select encode(e.hash, 'hex') from public.credit_entries e where e.user_id = v_leaf.user_id and e.seq = v_leaf.seq),
    'position', v_leaf.position,
    -- The sibling on each level that has more than the root; where the node stands alone there is none.
    'path', (
      select coalesce(jsonb_agg(encode(s.hash, 'hex') order by l.level), '[]')
      from generate_series(0, 30) as l (level)
      -- Lateral with a limit: one look-up by primary key for each level, whatever the planner thinks of the table.
      cross join lateral (
        select n.hash from private.checkpoint_nodes n
        where n.number = v_leaf.number and n.level = l.level and n.position = (v_leaf.position >> l.level) # 1 limit 1
      ) s
      where (1::bigint << l.level) < v_checkpoint.accounts));
end
$$;
comment on function public.checkpoint_proof is 'Proof that the newest signed checkpoint holds the caller''s account: the checkpoint, the leaf and its path to the root; null when none does. A few rows by primary key, however many accounts there are. Definer: the tree names every account.';
revoke execute on function public.checkpoint_proof from public, anon, authenticated, service_role;
grant execute on function public.checkpoint_proof to authenticated;

-- The invariant (its walker has the shape that 20261121001400 describes): a history that was rewritten from its first
-- line to its last, with every hash in order, still differs from what was anchored.

insert into private.invariants (name, description) values
  ('checkpoints', 'Each account still has the history that was anchored: the trees that are kept lead from its entry to the root of their checkpoint, and checkpoints continue one another.');
insert into private.settings (key, value, description) values
  ('invariant_slice_checkpoints', '20000', 'Checkpoints, then nodes of their trees, that are compared with the ledger in one run.');

create function private.check_checkpoints(p_from text, p_limit int, out checked int, out next text, out breaches jsonb)
language plpgsql stable set search_path = ''
as $$
declare
  v_number int := coalesce(nullif(split_part(p_from, '/', 2), ''), '0');
  v_level smallint := coalesce(nullif(split_part(p_from, '/', 3), ''), '0');
  v_position int := coalesce(nullif(split_part(p_from, '/', 4), ''), '0');
begin
  if p_from not like 'node/%' then
    select concat('checkpoint/', number) into next from public.credit_checkpoints
    where number >= v_number order by number offset p_limit limit 1;
    next := coalesce(next, 'node/');
    select count(*), coalesce(jsonb_agg(jsonb_build_object('place', concat('checkpoint/', w.number),
      'detail', jsonb_build_object('wrong', w.wrong, 'checkpoint', w.number)) order by w.number)
      filter (where w.wrong <> '{}'), '[]')
    into checked, breaches
    from (
      select c.number, array_remove(array[
        case when c.number > 1 and b.number is null then 'gap' end,
        case when (c.number = 1 or b.number is not null) and c.previous <> private.checkpoint_hash(b) then 'previous' end,
        case when c.accounts < b.accounts or c.entries < b.entries then 'shrunk' end,
        case when r.hash <> c.root then 'root' end,
        case when l.position <> c.accounts - 1 then 'accounts' end,
        -- Older trees are forgotten by and by, this one never.
        case when r.hash is null and c.number = (select max(number) from public.credit_checkpoints) then 'tree' end], null) as wrong
      from (
        select * from public.credit_checkpoints where number >= v_number order by number limit p_limit
      ) c
      left join public.credit_checkpoints b on b.number = c.number - 1
      left join lateral (
        select hash from private.checkpoint_nodes n where n.number = c.number order by n.level desc, n.position desc limit 1
      ) r on true
      left join lateral (
        select position from private.checkpoint_nodes n where n.number = c.number and n.level = 0 order by n.position desc limit 1
      ) l on true
    ) w;
    return;
  end if;

  select concat('node/', number, '/', level, '/', position) into next from private.checkpoint_nodes
  where (number, level, position) >= (v_number, v_level, v_position) order by number, level, position offset p_limit limit 1;
  select count(*), coalesce(jsonb_agg(jsonb_build_object('place', concat('node/', w.number, '/', w.level, '/', w.position),
    'user_id', w.user_id, 'seq', w.seq, 'detail', jsonb_build_object('checkpoint', w.number, 'wrong', array[
      case when w.level > 0 then 'node' when w.expected is null then 'entry_missing' else 'entry_changed' end]))
    order by w.number, w.level, w.position) filter (where w.hash is distinct from w.expected), '[]')
  into checked, breaches
  from (
    -- Sub-selects, not joins: each is one look-up by primary key, whatever the planner thinks of the tables.
    select n.*, case
      when n.level = 0 then private.checkpoint_leaf_hash(n.user_id, n.seq,
        (select e.hash from public.credit_entries e where e.user_id = n.user_id and e.seq = n.seq))
      else private.checkpoint_node_hash(
        (select c.hash from private.checkpoint_nodes c
          where c.number = n.number and c.level = n.level - 1 and c.position = n.position * 2),
        (select c.hash from private.checkpoint_nodes c
          where c.number = n.number and c.level = n.level - 1 and c.position = n.position * 2 + 1)) end as expected
    from (
      select * from private.checkpoint_nodes where (number, level, position) >= (v_number, v_level, v_position)
      order by number, level, position limit p_limit
    ) n
  ) w;
end
$$;
comment on function private.check_checkpoints is 'Walks checkpoints, then the nodes of the trees that are kept. Each leaf has the hash that its entry has now; each node that of its children; the last one is the root; each checkpoint continues the one before.';
revoke execute on function private.check_checkpoints from public, anon, authenticated, service_role;
