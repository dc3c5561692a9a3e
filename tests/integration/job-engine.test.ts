/** The job engine on a real database, with a provider and a storage that the tests hold in their hands. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { receiveReplicateWebhook } from "../../domain/jobs/receive-replicate-webhook.ts";
import { runWorker } from "../../domain/jobs/run-worker.ts";
import type { WorkerServices } from "../../domain/jobs/worker-services.ts";
import { ProviderError } from "../../platform/replicate.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import {
  createWorld,
  fault,
  type Interceptor,
  lostAnswer,
  picture,
  unsafe,
  type World,
} from "../support/engine-world.ts";
import { balanceOf, brokenAccounts, entriesOf } from "../support/ledger.ts";

const tick = (services: WorkerServices) => runWorker(services, { worker: "test" });
const ended = ["succeeded", "failed", "canceled"];

describe("the job engine", () => {
  let db: TestDatabase;
  let world: World;
  before(async () => {
    db = await freshDatabase();
    world = createWorld(db);
  });
  after(async () => {
    await world.close();
    await db.close();
  });

  /** Ticks, waits and endings until the job has ended. */
  async function runToEnd(job: string, ending = picture) {
    for (let round = 0; round < 12; round++) {
      const { status } = await world.job(job);
      if (ended.includes(status)) return;
      await tick(world.services());
      world.endPredictions(ending);
      await world.skipWaits();
    }
    assert.fail(`the job never ended: ${JSON.stringify(await world.job(job))}`);
  }

  async function assertBooksAreWhole(user: string, job: string) {
    assert.deepEqual(await brokenAccounts(db), []);
    const { credits_charged } = await world.job(job);
    const settled = (await entriesOf(db, user)).filter(({ ref }) => ref === `job:${job}`);
    assert.deepEqual(
      settled.map(({ amount }) => -amount),
      credits_charged ? [credits_charged] : [],
      "charged once at most",
    );
    assert.deepEqual(await balanceOf(db, user), { available: 10 - (credits_charged ?? 0), held: 0, debt: 0 });
    const paths = await world.outputs(job);
    for (const path of paths) assert.ok(world.stored.has(path), "an output of the job is in storage");
  }

  it("turns a queued job into a stored and paid picture", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    await tick(world.services());
    world.endPredictions(picture);
    await world.deliverWebhooks(world.services());
    assert.deepEqual(await world.job(job), { status: "succeeded", attempts: 1, error_code: null, credits_charged: 1 });
    assert.match((await world.outputs(job))[0], new RegExp(`^${user}/${job}/[0-9a-f-]{36}/0\\.png$`));
    await assertBooksAreWhole(user, job);
  });

  it("charges for the pictures that came, and returns the rest", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user, "a lamp", 4);
    const urls = [
      "https://replicate.delivery/0.png",
      "https://replicate.delivery/gone.png",
      "https://replicate.delivery/2.png",
    ];
    await runToEnd(job, { ...picture, outputs: urls });
    assert.equal((await world.job(job)).credits_charged, 2);
    await assertBooksAreWhole(user, job);
  });

  it("takes no more pictures than were paid for", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user, "a lamp", 1);
    await runToEnd(job, {
      ...picture,
      outputs: ["https://replicate.delivery/0.png", "https://replicate.delivery/1.png"],
    });
    assert.equal((await world.outputs(job)).length, 1);
    await assertBooksAreWhole(user, job);
  });

  it("tries a failing model three times, then returns the credits", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    await runToEnd(job, fault);
    assert.deepEqual(await world.job(job), {
      status: "failed",
      attempts: 3,
      error_code: "provider_error",
      credits_charged: 0,
    });
    await assertBooksAreWhole(user, job);
  });

  it("does not try again what the safety filter stopped", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    await runToEnd(job, unsafe);
    assert.deepEqual(await world.job(job), {
      status: "failed",
      attempts: 1,
      error_code: "safety_block",
      credits_charged: 0,
    });
    await assertBooksAreWhole(user, job);
  });

  it("does not try again what the provider refuses, and tells a refusal from a throttle", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    const answers = [
      new ProviderError("provider_unavailable", "slow down", true, 1),
      new ProviderError("provider_rejected_input", "no", false),
    ];
    const services = world.services((when, call) => {
      if (when === "before" && call === "createPrediction") throw answers.shift();
    });
    await tick(services);
    assert.equal((await world.job(job)).status, "queued");
    await world.skipWaits();
    await tick(services);
    assert.deepEqual(await world.job(job), {
      status: "failed",
      attempts: 2,
      error_code: "provider_rejected_input",
      credits_charged: 0,
    });
    await assertBooksAreWhole(user, job);
  });

  it("finds the prediction whose creation was answered into the void, and pays for one", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    const before = world.created;
    const services = world.services((when, call) => {
      if (when === "after" && call === "createPrediction") throw lostAnswer();
    });
    await tick(services);
    await runToEnd(job);
    assert.deepEqual([(await world.job(job)).attempts, world.created - before], [1, 1]);
    await assertBooksAreWhole(user, job);
  });

  it("takes a webhook that is faster than the worker's note of it", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    const services = world.services(async (when, call) => {
      if (when !== "after" || call !== "createPrediction") return;
      world.endPredictions(picture);
      await world.deliverWebhooks(world.services());
    });
    await tick(services);
    assert.equal((await world.job(job)).status, "succeeded");
    await assertBooksAreWhole(user, job);
  });

  it("finds by itself what a lost webhook would have told", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    await tick(world.services());
    world.endPredictions(picture);
    await world.skipWaits();
    await tick(world.services());
    assert.equal((await world.job(job)).status, "succeeded");
    await assertBooksAreWhole(user, job);
  });

  it("settles once when webhooks, pollers and workers bring the same result together", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    await tick(world.services());
    world.endPredictions(picture);
    await world.skipWaits();
    const [prediction] = [...world.predictions.values()].slice(-1);
    await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        i % 2 ? tick(world.services()) : receiveReplicateWebhook(world.services(), {
          id: `msg-storm-${i % 3}`,
          url: prediction.webhook!,
          body: { id: prediction.id, status: "succeeded" },
        })),
    );
    assert.equal((await world.job(job)).status, "succeeded");
    await assertBooksAreWhole(user, job);
  });

  it("gives up an attempt past its deadline, stops its prediction and tries again", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    await tick(world.services());
    const [prediction] = [...world.predictions.values()].slice(-1);
    await world.skipDeadlines();
    await world.skipWaits();
    await tick(world.services());
    assert.equal((await world.job(job)).status, "queued");
    await tick(world.services());
    assert.equal(prediction.status, "canceled");
    await runToEnd(job);
    assert.deepEqual([(await world.job(job)).status, (await world.job(job)).attempts], ["succeeded", 2]);
    await assertBooksAreWhole(user, job);
  });

  it("waits for outputs that cannot be fetched at the moment, but not past the deadline", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    await tick(world.services());
    world.endPredictions({ ...picture, outputs: ["https://replicate.delivery/unreachable.png"] });
    await world.skipWaits();
    await tick(world.services());
    assert.equal((await world.job(job)).status, "running");
    await world.skipDeadlines();
    await world.skipWaits();
    await tick(world.services());
    assert.equal((await world.job(job)).status, "queued", "another attempt may do better");
    await runToEnd(job);
    await assertBooksAreWhole(user, job);
  });

  it("ends a job as failed when storage stays down past the deadline", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    const broken = world.services((when, call) => {
      if (when === "before" && call === "upload") throw new Error("storage is down");
    });
    await tick(broken);
    world.endPredictions(picture);
    await world.skipWaits();
    await tick(broken);
    assert.equal((await world.job(job)).status, "running");
    await world.skipDeadlines();
    await world.skipWaits();
    await tick(broken);
    assert.equal((await world.job(job)).error_code, "internal");
    await assertBooksAreWhole(user, job);
  });

  it("one job's trouble is its own", async () => {
    const user = await db.createUser();
    const jobs = [await world.enqueue(user), await world.enqueue(user), await world.enqueue(user)];
    let calls = 0;
    await tick(world.services((when, call) => {
      if (when === "before" && call === "createPrediction" && ++calls === 1) throw new Error("a bug");
    }));
    world.endPredictions(picture);
    await world.deliverWebhooks(world.services());
    const statuses = await Promise.all(jobs.map(async (job) => (await world.job(job)).status));
    assert.deepEqual(statuses.sort(), ["running", "succeeded", "succeeded"]);
    for (const job of jobs) await runToEnd(job);
    assert.deepEqual(await brokenAccounts(db), []);
  });

  it("answers a webhook about a prediction it does not know, and does nothing", async () => {
    const body = { id: "p-unknown", status: "succeeded" };
    const webhook = { id: "msg-unknown", url: "https://kredo.test/w", body };
    assert.equal(await receiveReplicateWebhook(world.services(), webhook), "ignored");
    assert.equal(
      await receiveReplicateWebhook(world.services(), { ...webhook, id: "msg-odd", body: ["?"] }),
      "ignored",
    );
    const nul = { ...webhook, id: "msg-nul", body: { ...body, logs: "a\0b" } };
    assert.equal(await receiveReplicateWebhook(world.services(), nul), "ignored");
  });

  /**
   * Runs a job while something happens at the n-th contact of a worker with the outside, then lets a healthy
   * worker go on. When it throws, the first worker is dead from there on.
   */
  async function runWith(
    ending: typeof picture,
    n: number,
    moment: "before" | "after",
    happen: (user: string, job: string) => Promise<void> | void,
  ) {
    world.forgetPredictions();
    const user = await db.createUser();
    const job = await world.enqueue(user);
    let contacts = 0;
    let killed: unknown;
    const intercept: Interceptor = async (when) => {
      if (killed) throw killed;
      if (when !== moment || ++contacts !== n) return;
      try {
        await happen(user, job);
      } catch (error) {
        killed = error;
        throw error;
      }
    };
    const services = world.services(intercept);
    const survive = (act: Promise<unknown>) => act.catch(() => {});
    await survive(tick(services));
    world.endPredictions(ending);
    await survive(world.deliverWebhooks(services));
    await survive(tick(services));

    await runToEnd(job, ending);
    // And once more, for what has to be cancelled.
    await world.skipWaits();
    await tick(world.services());
    await assertBooksAreWhole(user, job);
    const running = [...world.predictions.values()].filter(({ status }) => status === "processing");
    assert.deepEqual(running, [], "no prediction runs on");
    return { job, happened: contacts >= n };
  }

  for (const [name, ending] of Object.entries({ picture, fault, unsafe })) {
    for (const moment of ["before", "after"] as const) {
      it(`survives a kill ${moment} each of its contacts with the outside (${name})`, async () => {
        let n = 0;
        for (let happened = true; happened; n++) {
          const run = await runWith(ending, n + 1, moment, () => {
            throw new Error("killed");
          });
          happened = run.happened;
          assert.equal((await world.job(run.job)).status, ending.status, `killed at ${n + 1}`);
        }
        assert.ok(n > 6, `only ${n} contacts were tried`);
      });
    }
  }

  it("a cancel at each of these points frees the credits or comes too late, and nothing in between", async () => {
    const outcomes = new Set<string>();
    for (const moment of ["before", "after"] as const) {
      for (let n = 1, happened = true; happened; n++) {
        const run = await runWith(picture, n, moment, async (user, job) => {
          await db.asUser(user, (sql) => sql`select public.cancel_job(${job})`);
        });
        happened = run.happened;
        outcomes.add((await world.job(run.job)).status);
        const kept = [...world.stored.keys()].filter((path) => path.includes(run.job));
        assert.deepEqual(kept, await world.outputs(run.job), "nothing lies in storage that nobody can see");
      }
    }
    assert.deepEqual([...outcomes].sort(), ["canceled", "succeeded"]);
  });
});
