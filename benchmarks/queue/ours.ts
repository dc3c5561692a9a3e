import { type ClaimedJob, claimJobs, type CompletedOutput, completeJob } from "../../domain/jobs/engine.ts";
import { DEFAULT_CONCURRENCY, startWorker } from "../../domain/jobs/run-worker.ts";
import type { WorkerServices } from "../../domain/jobs/worker-services.ts";
import { systemClock } from "../../platform/clock.ts";
import { type Database, openDatabase } from "../../platform/database.ts";
import type { Prediction } from "../../platform/replicate.ts";
import type { TestDatabase } from "../../tests/support/database.ts";
import type { Mode, Side } from "./side.ts";

const MODEL = "seedream-4-5";
const WORKER = "bench";

export const ours: Side = {
  name: "Kredo",
  // The provider's limit on predictions begun in a minute is far below what is measured.
  async prepare({ sql }) {
    await sql`update private.settings set value = '0' where key = 'provider_creates_per_minute'`;
  },
  async queue(db, count) {
    const users = await registerCustomers(db, count);
    // What comes of `set_config` goes into the call, or it would not have to come first.
    await db.sql`
      select count(job.job_id)
      from unnest(${users}::uuid[]) with ordinality as u (id, n)
      cross join lateral (
        select set_config('request.jwt.claims', json_build_object('sub', u.id, 'role', 'authenticated')::text, true) as claims
      ) as c
      cross join lateral public.enqueue_job(${MODEL},
        jsonb_build_object('prompt', concat('a lamp on desk ', u.n, left(c.claims, 0)))) as job`;
  },
  async openQueue(db, count) {
    const users = await registerCustomers(db, count);
    return {
      async enqueue(sql, prompt) {
        const claims = JSON.stringify({ sub: users.pop(), role: "authenticated" });
        await sql`select set_config('role', 'authenticated', true), set_config('request.jwt.claims', ${claims}, true)`;
        await sql`select job_id from public.enqueue_job(${MODEL}, ${sql.json({ prompt })})`;
      },
      close: () => Promise.resolve(),
    };
  },
  async isBusy(sql) {
    const [{ busy }] = await sql`
      select exists (select from private.job_line) or exists (select from private.job_leases) as busy`;
    return busy;
  },
  work: (url, mode, started) =>
    Promise.resolve(mode === "listening" ? listening(url, started) : looping(url, PACES[mode], started)),
};

/** Nothing was lost or failed on the way: every job that ended was charged, and no credit is held. */
export async function assertSettled({ sql }: TestDatabase): Promise<void> {
  const [{ other }] = await sql`select count(*)::int as other from public.jobs where status <> 'succeeded'`;
  const [{ held }] = await sql`select coalesce(sum(held), 0)::int as held from public.credit_accounts`;
  if (other > 0 || held > 0) throw new Error(`${other} jobs did not succeed, ${held} credits are held`);
}

/** Each with the credits of a welcome, and for one job: then no account is hotter than another. */
async function registerCustomers(db: TestDatabase, count: number): Promise<string[]> {
  return await db.sql.begin(async (sql) => {
    await sql`set local role supabase_auth_admin`;
    const users = await sql<{ id: string }[]>`
      insert into auth.users (id, aud, role, email, email_confirmed_at, raw_app_meta_data, raw_user_meta_data)
      select id, 'authenticated', 'authenticated', concat(id, '@example.test'), now(),
        '{"provider": "email", "providers": ["email"]}', '{}'
      from (select gen_random_uuid() as id from generate_series(1, ${count}::int)) as fresh
      returning id`;
    return users.map(({ id }) => id);
  });
}

interface Pace {
  /** Jobs worked on at once. */
  atOnce: number;
  /** Jobs claimed at once, when fewer than half of them wait; else as many as there are free places. */
  ahead?: number;
}

const PACES: Record<Exclude<Mode, "listening">, Pace> = {
  one: { atOnce: 1 },
  eight: { atOnce: 8 },
  default: { atOnce: DEFAULT_CONCURRENCY },
  batched: { atOnce: 100, ahead: 100 },
};

/** Claim and complete, with settlement and no provider in between; completions are grouped as the worker groups them. */
function looping(url: string, { atOnce, ahead }: Pace, started: (prompt: string) => void) {
  const db = openDatabase(url, { max: 4, role: "service_role" });
  const waiting: ClaimedJob[] = [];
  const busy = new Set<Promise<void>>();
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  let stopping = false;

  const complete = async (job: ClaimedJob) => {
    started(String(job.input.prompt));
    await completeJob({ clock: systemClock, db }, {
      attempt: job.attempt_id,
      outputs: [picture(job)],
      metrics: { outputs: 1 },
    });
  };
  const fill = () => {
    while (busy.size < atOnce && waiting.length > 0) {
      const run = complete(waiting.shift()!).finally(() => {
        busy.delete(run);
        fill();
      });
      busy.add(run);
    }
  };
  const loop = async () => {
    while (!stopping) {
      const wanted = ahead ? (waiting.length < ahead / 2 ? ahead : 0) : atOnce - busy.size;
      const jobs = wanted > 0 ? await claimJobs(db, WORKER, wanted) : [];
      waiting.push(...jobs);
      fill();
      if (wanted > 0 && jobs.length === 0) await Promise.race([pause(20), stopped]);
      // The next look when a place is free.
      else if (busy.size === atOnce) await Promise.race(busy);
    }
    await Promise.all(busy);
  };
  const running = loop();
  return {
    async stop() {
      stopping = true;
      stop();
      await running;
      await db.end();
    },
  };
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** The worker itself, with a provider and a storage that answer out of memory at once. */
function listening(url: string, started: (prompt: string) => void) {
  const db = openDatabase(url, { max: 4, role: "service_role" });
  const worker = startWorker(inMemory(db, started), { worker: WORKER });
  const listener = db.listen("kredo_work", () => worker.wake(), (connected) => connected && worker.wake());
  return {
    async stop() {
      await listener.close();
      await worker.stop();
      await db.end();
    },
  };
}

function inMemory(db: Database, started: (prompt: string) => void): WorkerServices {
  const predictions = new Map<string, Prediction>();
  return {
    clock: systemClock,
    db,
    log: { info() {}, warn() {}, error: console.error },
    withPicture: (act) => act(),
    webhookUrl: (attempt) => attempt,
    fetchOutput: () =>
      Promise.resolve({
        ok: true as const,
        output: { ...FORMAT, bytes: new Uint8Array(1_000), sha256: "a".repeat(64) },
      }),
    storage: { upload: () => Promise.resolve(), remove: () => Promise.resolve() },
    replicate: {
      createPrediction({ webhook, input }) {
        started(String(input.prompt));
        const id = `p-${crypto.randomUUID()}`;
        const outputs = ["https://replicate.delivery/0.png"];
        const prediction: Prediction = {
          id,
          status: "succeeded",
          outputs,
          error: null,
          webhook,
          createdAt: new Date(),
          metrics: { predictSeconds: 1, inputTokens: null, outputTokens: null },
          streamUrl: null,
        };
        predictions.set(id, prediction);
        return Promise.resolve(prediction);
      },
      getPrediction: (id) => Promise.resolve(predictions.get(id) ?? null),
      cancelPrediction: () => Promise.resolve(),
      async *listSince() {},
    },
  };
}

const FORMAT = { width: 320, height: 240, extension: "png", contentType: "image/png" } as const;

const picture = ({ user_id, job_id, attempt_id }: ClaimedJob): CompletedOutput => ({
  position: 0,
  path: `${user_id}/${job_id}/${attempt_id}/0.png`,
  content_type: FORMAT.contentType,
  bytes: 1_000,
  sha256: "a".repeat(64),
  width: FORMAT.width,
  height: FORMAT.height,
  duration_ms: null,
  thumb_path: null,
  thumb_bytes: null,
});
