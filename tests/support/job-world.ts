/** Jobs, real workers in processes of their own, and a provider and a storage that can be held: for faults at chosen moments. */
import assert from "node:assert/strict";
import { openDatabase } from "../../platform/database.ts";
import { openSocket } from "../../platform/postgres-socket.ts";
import { assertJobsAreWhole } from "./chaos.ts";
import type { TestCluster } from "./cluster.ts";
import { freshDatabase, openPool, type TestDatabase } from "./database.ts";
import { type JobProvider, type OnWebhook, SECRET_KEY, startJobProvider, TOKEN } from "./job-provider.ts";
import { root } from "./stack.ts";
import { startStatementHolds, type StatementHolds } from "./statement-holds.ts";
import { until } from "./until.ts";

export interface JobWorld {
  db: TestDatabase;
  provider: JobProvider;
  statements: StatementHolds;
  /** Looks as superuser over connections that a restart of Postgres does not matter to; what is asked meanwhile throws. */
  look<T>(look: (sql: TestDatabase["sql"]) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface JobWorldOptions {
  cluster?: TestCluster;
  onWebhook?: OnWebhook;
  settings?: Record<string, number>;
}

/** Real figures but for these: what the provider allows would be the measure of every test, and nobody waits for a second try. */
const SETTINGS = { provider_creates_per_minute: 1_000_000, attempt_check_seconds: 1, retry_base_seconds: 0 };

export async function startJobWorld(
  { cluster, onWebhook, settings = SETTINGS }: JobWorldOptions = {},
): Promise<JobWorld> {
  const db = await freshDatabase({ cluster });
  for (const [key, value] of Object.entries(settings)) {
    await db.sql`update private.settings set value = ${String(value)}::text::jsonb where key = ${key}`;
  }
  const provider = startJobProvider({ onWebhook: onWebhook ?? wakeWorkers });
  const statements = await startStatementHolds(Number(new URL(db.url).port));
  let looking: TestDatabase["sql"] | null = null;

  /** The news of a prediction's end lets a worker look at once; it is the worker that is to be broken, not the webhook. */
  async function wakeWorkers(request: Request): Promise<Response> {
    const attempt = new URL(request.url).searchParams.get("attempt");
    await world.look((sql) =>
      sql`
        with due as (update private.job_leases set next_check_at = clock_timestamp() where attempt_id = ${attempt})
        select pg_notify('kredo_work', '')`
    );
    return new Response();
  }

  const world: JobWorld = {
    db,
    provider,
    statements,
    async look(look) {
      const sql = looking ??= openPool(db.adminUrl, { max: 4, fetch_types: false, ...{ socket: openSocket } });
      try {
        return await look(sql);
      } catch (error) {
        // A new one: after some losses the library's own reconnecting never ends.
        if (looking === sql) looking = null;
        void sql.end({ timeout: 0 }).catch(() => {});
        throw error;
      }
    },
    async close() {
      await statements.close();
      await provider.close();
      await looking?.end({ timeout: 1 });
      await db.close();
    },
  };
  return world;
}

export interface WorkerProcess {
  pid: number;
  /** As in the database. */
  name(): Promise<string>;
  signal(signal: Deno.Signal): void;
  kill(): Promise<void>;
  /** Asked to leave, it has done so when this resolves, with its exit code. */
  leave(): Promise<number>;
  output(): string;
}

/** What `deno task worker` runs, against the world; ready when it resolves. */
export async function startWorkerProcess(
  { db, provider, statements, look }: JobWorld,
  { concurrency = 8, port = statements.port }: { concurrency?: number; port?: number } = {},
): Promise<WorkerProcess> {
  const databaseUrl = new URL(db.url);
  databaseUrl.port = String(port);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "scripts/worker.ts", "--concurrency", String(concurrency)],
    cwd: root,
    env: {
      KREDO_ENV: "sandbox",
      KREDO_WEB_URL: "http://127.0.0.1:8000",
      SUPABASE_URL: provider.origin,
      SUPABASE_SECRET_KEY: SECRET_KEY,
      SUPABASE_DB_URL: databaseUrl.href,
      STRIPE_SECRET_KEY: "sk_test_0123456789",
      STRIPE_API_URL: "http://127.0.0.1:9",
      STRIPE_WEBHOOK_SECRET: "unused",
      REPLICATE_API_TOKEN: TOKEN,
      REPLICATE_API_URL: `${provider.origin}/replicate/v1`,
      REPLICATE_WEBHOOK_SECRET: "unused",
      KREDO_STORAGE_HOSTS: new URL(provider.origin).host,
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    void (async () => {
      for await (const chunk of stream.pipeThrough(new TextDecoderStream())) text = (text + chunk).slice(-20_000);
    })();
  }
  const worker: WorkerProcess = {
    pid: child.pid,
    output: () => text,
    async name() {
      const found = await look((sql) => sql`select name from private.workers where name like ${`%:${child.pid}:%`}`);
      return found[0]?.name;
    },
    signal: (signal) => child.kill(signal),
    async kill() {
      child.kill("SIGKILL");
      await child.status;
    },
    async leave() {
      child.kill("SIGTERM");
      return (await child.status).code;
    },
  };
  await until(() => text.includes("listening for work"), "the worker starts").catch((error) => {
    throw new Error(text, { cause: error });
  });
  return worker;
}

/** Registers as many people and lets each ask for something: nobody waits for a turn, and no account is hot. */
export async function enqueueJobs(
  { db }: JobWorld,
  count: number,
  directives = "",
  model = "seedream-4-5",
): Promise<string[]> {
  const users = await registerPeople(db, count);
  const jobs = await db.sql<{ job_id: string }[]>`
    select job.job_id
    from unnest(${users}::uuid[]) as u (id)
    cross join lateral (
      select set_config('request.jwt.claims', json_build_object('sub', u.id, 'role', 'authenticated')::text, true) as claims
    ) as c
    cross join lateral public.enqueue_job(${model}::text,
      jsonb_build_object('prompt', concat('a lamp on desk ', u.id, ' ', ${directives}::text, left(c.claims, 0)))) as job`;
  return jobs.map(({ job_id }) => job_id);
}

export async function registerPeople({ sql }: TestDatabase, count: number): Promise<string[]> {
  const users = await sql.begin(async (sql) => {
    await sql`set local role supabase_auth_admin`;
    return await sql<{ id: string }[]>`
      insert into auth.users (id, aud, role, email, email_confirmed_at, raw_app_meta_data, raw_user_meta_data)
      select id, 'authenticated', 'authenticated', concat(id, '@example.test'), now(),
        '{"provider": "email", "providers": ["email"]}', '{}'
      from (select gen_random_uuid() as id from generate_series(1, ${count}::int)) as fresh
      returning id`;
  });
  return users.map(({ id }) => id);
}

/** As if everything that runs had been without a sign of life for long enough. */
export async function expireLeases({ look }: JobWorld): Promise<void> {
  await look((sql) => sql`update private.job_leases set next_check_at = clock_timestamp()`);
}

/** What the schedule does every five seconds. */
export async function sweep({ look }: JobWorld): Promise<void> {
  await look((sql) => sql`select private.sweep_jobs()`);
}

/** Does what the schedule does, for as long as it is not stopped. Postgres may be away meanwhile. */
export function keepSweeping(world: JobWorld, everyMs = 500): () => Promise<void> {
  let isStopped = false;
  const sweeping = (async () => {
    while (!isStopped) {
      await sweep(world).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  })();
  return async () => {
    isStopped = true;
    await sweeping;
  };
}

/** How many of these jobs it is true of. */
export async function countJobs({ look }: JobWorld, jobs: string[], condition: string): Promise<number> {
  const [{ count }] = await look((sql) =>
    sql.unsafe<{ count: number }[]>(
      `select count(*)::int as count from public.jobs j left join private.job_attempts a on a.id = j.attempt_id
      where j.id = any ($1) and (${condition})`,
      [`{${jobs}}`],
    )
  );
  return count;
}

export async function untilAllEnded(world: JobWorld, ms = 300_000): Promise<void> {
  const isQuiet = () =>
    world.look(async (sql) => {
      const [{ busy }] = await sql`
        select exists (select from private.job_line) or exists (select from private.job_leases)
          -- What is looked for much later, nobody has found already.
          or exists (select from private.job_attempts where cancel_due_at < clock_timestamp() + interval '1 minute') as busy`;
      return !busy;
    }).catch(() => false);
  await until(isQuiet, "every job ends", ms);
}

/** How the jobs ended, as `status code`, with how many did. */
export async function endingsOf({ look }: JobWorld): Promise<Record<string, number>> {
  const rows = await look((sql) =>
    sql<{ ending: string; count: number }[]>`
      select concat_ws(' ', status, error_code) as ending, count(*)::int as count from public.jobs group by 1 order by 1`
  );
  return Object.fromEntries(rows.map(({ ending, count }) => [ending, count]));
}

/** Jobs that failed at more than interruptions, and at the one failure that the provider was told to give (`[flaky:1]`). */
export async function unexcusedFailures({ look }: JobWorld): Promise<unknown[]> {
  const rows = await look((sql) =>
    sql`
      select j.id, array_agg(coalesce(a.error_code, a.state) order by a.number) as tries
      from public.jobs j join private.job_attempts a on a.job_id = j.id
      where j.status = 'failed'
      group by j.id
      having count(*) filter (where a.error_code is distinct from 'interrupted')
          > case when j.input ->> 'prompt' like '%[flaky:1]%' then 1 else 0 end
        or bool_or(a.error_code is null or a.error_code not in ('interrupted', 'provider_error'))`
  );
  return [...rows];
}

/**
 * After every job has ended: database, provider and storage agree. What the provider made is all on record, at most one of
 * it is taken for each job and the rest was canceled or noted as late, and nothing lies in storage that nobody can see.
 */
export async function assertWorldIsWhole({ look, provider }: JobWorld): Promise<void> {
  await look((sql) => assertJobsAreWhole(sql as never));
  assert.equal(provider.live(), 0, "predictions that run on");
  await look(async (sql) => {
    const attempts = await sql<
      {
        id: string;
        prediction_id: string | null;
        state: string;
        canceled: boolean;
        late: boolean;
        cost: number | null;
      }[]
    >`
      select id, prediction_id, state, cancel_sent_at is not null as canceled, late_result is not null as late, cost_micros as cost from private.job_attempts`;
    const known = new Map(attempts.map((attempt) => [attempt.prediction_id, attempt]));
    const unknown = [...provider.created].flatMap(([attempt, ids]) =>
      ids.filter((id) => known.get(id)?.id !== attempt)
    );
    assert.deepEqual(unknown, [], "predictions that are not on record");
    const free = attempts.filter(({ state, cost }) => state === "succeeded" && cost === null);
    assert.deepEqual(free, [], "results without a cost");
    const wasted = provider.charges().filter(({ id, status }) => {
      const attempt = known.get(id)!;
      return status === "succeeded" && attempt.state !== "succeeded" && !attempt.canceled && !attempt.late;
    });
    assert.deepEqual(wasted, [], "results that nobody took note of");
    const paths = await sql<{ path: string }[]>`
      select unnest(array_remove(array[path, thumb_path], null)) as path from public.job_outputs`;
    assert.deepEqual(
      [...provider.stored.keys()].sort(),
      paths.map(({ path }) => path).sort(),
      "storage holds the outputs",
    );
  });
}

/** The web's way to a job, for clients that ask while Postgres is away. */
export function openWeb({ db }: JobWorld) {
  const url = new URL(db.url);
  url.username = "kredo_web";
  const web = openDatabase(url.href, { max: 4 });
  return {
    async enqueue(user: string, model: string, prompt: string): Promise<string> {
      const [{ job_id }] = await web.asUser({ sub: user }, (sql) =>
        sql<{ job_id: string }[]>`
          select job_id from public.enqueue_job(${model}, ${sql.json({ prompt })}, ${`key of ${user}`}, 'hash')`);
      return job_id;
    },
    close: () => web.end(),
  };
}
