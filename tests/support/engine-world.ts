import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readImageHeader } from "../../domain/jobs/image-header.ts";
import { receiveReplicateWebhook } from "../../domain/jobs/receive-replicate-webhook.ts";
import { drainQueue } from "../../domain/jobs/run-worker.ts";
import type { WorkerServices } from "../../domain/jobs/worker-services.ts";
import { systemClock } from "../../platform/clock.ts";
import { type Database, openDatabase } from "../../platform/database.ts";
import { type Prediction, ProviderError } from "../../platform/replicate.ts";
import type { TestDatabase } from "./database.ts";
import { readAtMost } from "../../platform/read-at-most.ts";
import { png } from "./images.ts";
import { balanceOf, brokenAccounts, entriesOf } from "./ledger.ts";

/** How the provider ends a prediction. */
export type Ending = Pick<Prediction, "status" | "outputs" | "error">;

export const picture: Ending = { status: "succeeded", outputs: ["https://replicate.delivery/0.png"], error: null };
export const fault: Ending = { status: "failed", outputs: [], error: "CUDA out of memory" };
export const unsafe: Ending = { status: "failed", outputs: [], error: "NSFW content detected" };

/** Something that happens at every call to the outside; throwing there is a crash at that point. */
export type Interceptor = (when: "before" | "after", call: string) => Promise<void> | void;

/**
 * The job engine between a real database and a provider and a storage that live in memory, so that every
 * point at which it touches the outside can be made to fail.
 */
export function createWorld(test: TestDatabase) {
  const database = openDatabase(test.url, { max: 4, role: "service_role" });
  const predictions = new Map<string, Prediction>();
  const canceled = new Set<string>();
  const stored = new Map<string, Uint8Array>();
  let created = 0;

  /** The engine's services, with every outside call passing `intercept`. */
  function services(intercept: Interceptor = () => {}): WorkerServices {
    const through =
      <A extends unknown[], T>(name: string, act: (...args: A) => T | Promise<T>) => async (...args: A) => {
        await intercept("before", name);
        const result = await act(...args);
        await intercept("after", name);
        return result;
      };
    const known = (id: string) => predictions.get(id) ?? null;
    return {
      clock: systemClock,
      db: {
        ...database,
        asService: through("database", database.asService) as Database["asService"],
        onceAsService: through("database", database.onceAsService) as Database["onceAsService"],
        allAsService: through("database", database.allAsService) as Database["allAsService"],
      },
      log: { info() {}, warn() {}, error() {} },
      withPicture: (act) => act(),
      webhookUrl: (attempt) => `https://kredo.test/functions/v1/replicate-webhook?attempt=${attempt}`,
      fetchOutput: through("fetchOutput", (url: string) => {
        if (url.includes("gone")) return { ok: false as const, reason: "gone" as const, detail: "404" };
        if (url.includes("unreachable")) return { ok: false as const, reason: "unreachable" as const, detail: "503" };
        const bytes = png(640, 480);
        return { ok: true as const, output: { ...readImageHeader(bytes)!, bytes, sha256: "a".repeat(64) } };
      }),
      storage: {
        upload: through("upload", async (path: string, body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array>) => {
          stored.set(path, body instanceof Uint8Array ? body : (await readAtMost(body, Infinity))!);
        }),
        remove: through("remove", (paths: string[]) => paths.forEach((path) => stored.delete(path))),
      },
      replicate: {
        createPrediction: through("createPrediction", ({ webhook }: { webhook: string }) => {
          created++;
          const prediction: Prediction = {
            id: `p-${randomUUID()}`,
            status: "processing",
            outputs: [],
            error: null,
            webhook,
            createdAt: new Date(),
            metrics: { predictSeconds: null, inputTokens: null, outputTokens: null },
            streamUrl: null,
          };
          predictions.set(prediction.id, prediction);
          return { ...prediction };
        }),
        getPrediction: through("getPrediction", known),
        cancelPrediction: through("cancelPrediction", (id: string) => {
          canceled.add(id);
          if (known(id)?.status === "processing") predictions.get(id)!.status = "canceled";
        }),
        async *listSince() {
          await intercept("before", "listSince");
          yield* [...predictions.values()].reverse();
        },
      },
    };
  }

  return {
    db: test,
    services,
    predictions,
    stored,
    get created() {
      return created;
    },

    /** Starts a new story: the provider has done nothing yet. */
    forgetPredictions() {
      predictions.clear();
    },

    /** Ends every prediction that runs, as the provider does. */
    endPredictions(ending: Ending) {
      for (const prediction of predictions.values()) {
        if (prediction.status === "processing") Object.assign(prediction, ending);
      }
    },

    /** Delivers the webhook of every ended prediction, once more each time it is called. */
    async deliverWebhooks(to: WorkerServices): Promise<void> {
      for (const { id, status, webhook } of predictions.values()) {
        if (status === "processing") continue;
        await receiveReplicateWebhook(to, { id: `msg-${id}`, url: webhook!, body: { id, status } });
      }
    },

    /** Lets every wait be over: leases, polling intervals, backoff, pauses. */
    async skipWaits() {
      await test.sql`update private.job_leases set next_check_at = now() - interval '1 second'`;
      await test.sql`update private.job_line set run_at = now() - interval '1 second' where waits_for = 'time'`;
      await test
        .sql`update private.job_attempts set cancel_due_at = now() - interval '1 second' where cancel_due_at is not null`;
      await test.sql`update private.provider_limits set paused_until = null`;
      await test.sql`select private.sweep_jobs()`;
    },

    async skipDeadlines() {
      await test.sql`update private.job_leases set deadline_at = now() - interval '1 second'`;
    },

    async enqueue(user: string, prompt = "a lamp", outputs = 1): Promise<string> {
      const input = { prompt, aspect_ratio: "1:1", num_outputs: outputs };
      const [{ job_id }] = await test.asUser(
        user,
        (sql) => sql<{ job_id: string }[]>`select job_id from public.enqueue_job('seedream-4-5', ${sql.json(input)})`,
      );
      return job_id;
    },

    async job(id: string) {
      const [row] = await test.sql<
        { status: string; attempts: number; error_code: string | null; credits_charged: number | null }[]
      >`select status, attempts, error_code, credits_charged from public.jobs where id = ${id}`;
      return row;
    },

    /** What its attempts cost at the provider, µUSD. */
    async costs(id: string) {
      return [
        ...await test.sql<{ state: string; late_result: string | null; cost_micros: number | null }[]>`
          select state, late_result, cost_micros from private.job_attempts where job_id = ${id} order by number`,
      ];
    },

    async outputs(id: string): Promise<string[]> {
      const rows = await test.sql<{ path: string }[]>`select path from public.job_outputs where job_id = ${id}`;
      return rows.map(({ path }) => path);
    },

    close: () => database.end(),
  };
}

export type World = ReturnType<typeof createWorld>;

export const tick = (services: WorkerServices) =>
  drainQueue(services, { worker: "test", concurrency: 8, timeLimitMs: 20_000 });

/** Ticks, waits and endings until the job has ended. */
export async function runToEnd(world: World, job: string, ending = picture): Promise<void> {
  for (let round = 0; round < 12; round++) {
    const { status } = await world.job(job);
    if (status !== "queued" && status !== "running") return;
    await tick(world.services());
    world.endPredictions(ending);
    await world.skipWaits();
  }
  assert.fail(`the job never ended: ${JSON.stringify(await world.job(job))}`);
}

/** Of a person with one job that has ended: it was charged once or not at all, and its outputs are there. */
export async function assertBooksAreWhole(world: World, user: string, job: string): Promise<void> {
  const { db } = world;
  assert.deepEqual(await brokenAccounts(db), []);
  const { credits_charged } = await world.job(job);
  const settled = (await entriesOf(db, user)).filter(({ ref }) => ref === `job:${job}`);
  assert.deepEqual(settled.map(({ amount }) => -amount), credits_charged ? [credits_charged] : []);
  assert.deepEqual(await balanceOf(db, user), { available: 10 - (credits_charged ?? 0), held: 0, debt: 0 });
  for (const path of await world.outputs(job)) assert.ok(world.stored.has(path), `${path} is not in storage`);
}

/** What the `replicate` client throws when an answer got lost. */
export function lostAnswer(): ProviderError {
  return new ProviderError("provider_unavailable", "The answer was lost.", true, null, true);
}
