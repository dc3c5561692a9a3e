import type { TestDatabase } from "../database.ts";

/**
 * Gives a database of a simulation its time and its ids: each function of ours that asks Postgres for the time or for a new
 * id asks `sim` instead, and nothing else of it changes. Deadlines a run apart then need no waiting and no shifted rows.
 * The session says what time it is (`sim.now`), and which run it is in (`sim.run`), whose ids count up from one.
 */
export async function installVirtualTime({ sql }: TestDatabase): Promise<void> {
  await sql.unsafe(`
    create schema sim;
    grant usage on schema sim to public;
    create sequence sim.ids;
    -- Without a search path of its own, so that Postgres writes it into whoever asks.
    create function sim.now() returns timestamptz language sql stable as $$
      select coalesce(nullif(current_setting('sim.now', true), '')::timestamptz, pg_catalog.now())
    $$;
    create function sim.uuid() returns uuid language plpgsql volatile security definer as $$
    begin
      return concat(coalesce(nullif(current_setting('sim.run', true), ''), '00000000'), '-0000-4000-8000-',
        lpad(to_hex(nextval('sim.ids')), 12, '0'));
    end $$;

    -- Attempts of one claim would be due in one moment, and which of them comes first would be anybody's guess. Further apart than
    -- the microseconds by which the statements of one moment are.
    create function sim.part() returns trigger language plpgsql as $$
    begin
      new.next_check_at := new.next_check_at
        + make_interval(secs => ('x' || right(new.attempt_id::text, 4))::bit(16)::int / 1e4);
      return new;
    end $$;
    create trigger sim_part before insert or update of next_check_at on private.job_leases
      for each row execute function sim.part();

    create function sim.begin(p_users uuid[], p_credits int[], p_seed double precision) returns void
    language plpgsql security definer as $$
    begin
      perform setval('sim.ids', 1, false), setseed(p_seed);
      delete from private.provider_limits;
      delete from private.workers;
      -- Of a schedule that went wrong.
      delete from private.job_line;
      delete from private.job_leases;
      update private.job_attempts set cancel_due_at = null where cancel_due_at is not null;
      insert into auth.users (id, aud, role, email, email_confirmed_at, raw_app_meta_data, raw_user_meta_data)
      select u, 'authenticated', 'authenticated', concat(u, '@example.test'), now(), '{"provider": "email"}', '{}'
      from unnest(p_users) u;
      perform private.grant_credits(u, c, 'grant', 'promo', concat('promo:', u), '{}', concat('promo:', u))
      from unnest(p_users, p_credits) as p (u, c);
    end $$;
    create function sim.limit_model(p_model text, p_limit int, p_seconds int) returns void
    language plpgsql security definer as $$
    begin
      insert into private.provider_limits (model, creates_per_minute, paused_until)
      values (p_model, p_limit, sim.now() + make_interval(secs => p_seconds))
      on conflict (model) do update
        set creates_per_minute = excluded.creates_per_minute, paused_until = excluded.paused_until;
    end $$;
    create function sim.sweep() returns jsonb language plpgsql security definer as $$
    begin
      return private.sweep_jobs();
    end $$;
    create function sim.open(p_users uuid[]) returns boolean language plpgsql security definer as $$
    begin
      return exists (select from private.job_line where user_id = any (p_users))
        or exists (select from private.job_leases where user_id = any (p_users))
        or exists (select from private.job_attempts where cancel_due_at is not null);
    end $$;

    -- Shorter waits, so that a schedule has fewer idle turns; and a model that bills its time.
    update public.models set deadline_seconds = case slug when 'gemini' then 75 else 45 end where kind = 'image';
    update private.settings set value = '300' where key = 'provider_patience_seconds';
    update private.provider_prices set micros_per_output = 0, micros_per_second = 1400 where model = 'gemini';

    do $do$
    declare
      v_function regprocedure;
      v_default record;
    begin
      for v_function in
        select p.oid::regprocedure from pg_proc p join pg_language l on l.oid = p.prolang
        where p.pronamespace in ('private'::regnamespace, 'public'::regnamespace) and l.lanname = 'plpgsql'
          and p.prosrc ~ '\\m(now|clock_timestamp|gen_random_uuid)\\(\\)'
      loop
        execute regexp_replace(regexp_replace(pg_get_functiondef(v_function),
          '\\m(now|clock_timestamp)\\(\\)', 'sim.now()', 'g'), '\\mgen_random_uuid\\(\\)', 'sim.uuid()', 'g');
      end loop;
      for v_default in
        select a.attrelid::regclass as "table", a.attname, pg_get_expr(d.adbin, d.adrelid) as expression
        from pg_attrdef d join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
        join pg_class c on c.oid = d.adrelid
        where c.relnamespace in ('private'::regnamespace, 'public'::regnamespace)
          and pg_get_expr(d.adbin, d.adrelid) ~ '^(now|clock_timestamp)\\(\\)$'
      loop
        execute format('alter table %s alter column %I set default sim.now()', v_default."table", v_default.attname);
      end loop;
    end
    $do$;`);
}
