import { type ClaimedJob, claimJobs, type CompletedOutput, completeJob } from "../../domain/jobs/engine.ts";
import { drainQueue } from "../../domain/jobs/run-worker.ts";
import type { WorkerServices } from "../../domain/jobs/worker-services.ts";
import { type Database, openDatabase } from "../../platform/database.ts";
import type { Prediction } from "../../platform/replicate.ts";
import type { TestDatabase } from "../../tests/support/database.ts";
import type { Side } from "./side.ts";

const MODEL = "seedream-4-5";
/** Taken at once, and completed at once, where many are. */
const CLAIM = 100;
const AT_ONCE = 8;
const WORKER = "bench";

export const ours: Side = {
  name: "Kredo",
  prepare: () => Promise.resolve(),
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
    const [{ busy }] = await sql`select exists (select from public.jobs where status in ('queued', 'running')) as busy`;
    return busy;
  },
  work: (url, mode, started) =>
    Promise.resolve(
      mode === "listening" ? listening(url, started) : looping(url, mode === "single" ? 1 : AT_ONCE, started),
    ),
};

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

/** Claim and complete, each completion with its settlement in a transaction of its own; nothing in between. */
function looping(url: string, atOnce: number, started: (prompt: string) => void) {
  const db = openDatabase(url, { max: atOnce + 1, role: "service_role" });
  const claim = () => db.asService((sql) => claimJobs(sql, WORKER, atOnce === 1 ? 1 : CLAIM));
  let stopping = false;
  let waiting: ClaimedJob[] = [];
  let claiming: Promise<void> | undefined;
  const more = () =>
    claiming ??= claim().then((jobs) => void waiting.push(...jobs)).finally(() => claiming = undefined);

  const loop = async () => {
    while (!stopping) {
      // The next are fetched while there is something left to do.
      if (atOnce > 1 && waiting.length < CLAIM / 2) more();
      if (waiting.length === 0) await more();
      const job = waiting.shift();
      if (!job) await new Promise((resolve) => setTimeout(resolve, 20));
      else {
        started(String(job.input.prompt));
        await db.asService((sql) => completeJob(sql, job.attempt_id, [picture(job)], {}));
      }
    }
  };
  const running = Promise.all(Array.from({ length: atOnce }, loop));
  return {
    async stop() {
      stopping = true;
      await running;
      waiting = [];
      await db.end();
    },
  };
}

/** The worker's own loop, with a provider and a storage that answer out of memory at once. */
function listening(url: string, started: (prompt: string) => void) {
  const db = openDatabase(url, { max: 4, role: "service_role" });
  const services = inMemory(db, started);
  const drains = new Set<Promise<unknown>>();
  const wake = () => {
    if (drains.size >= 4) return;
    const drain = drainQueue(services, { worker: WORKER, timeLimitMs: 60_000 }).finally(() => drains.delete(drain));
    drains.add(drain);
  };
  const listener = db.listen("kredo_work", wake, (connected) => connected && wake());
  return {
    async stop() {
      await listener.close();
      await Promise.all(drains);
      await db.end();
    },
  };
}

function inMemory(db: Database, started: (prompt: string) => void): WorkerServices {
  const predictions = new Map<string, Prediction>();
  return {
    db,
    log: { info() {}, warn() {}, error: console.error },
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
          predictSeconds: 1,
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

const FORMAT = { width: 640, height: 480, extension: "png", contentType: "image/png" } as const;

const picture = ({ user_id, job_id, attempt_id }: ClaimedJob): CompletedOutput => ({
  position: 0,
  path: `${user_id}/${job_id}/${attempt_id}/0.png`,
  content_type: FORMAT.contentType,
  bytes: 1_000,
  sha256: "a".repeat(64),
  width: FORMAT.width,
  height: FORMAT.height,
});
