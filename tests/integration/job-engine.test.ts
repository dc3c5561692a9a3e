/** The job engine on a real database, with a provider and a storage that the tests hold in their hands. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { failAttempt } from "../../domain/jobs/engine.ts";
import { failure } from "../../domain/jobs/failures.ts";
import { receiveReplicateWebhook } from "../../domain/jobs/receive-replicate-webhook.ts";
import { NoRoom } from "../../platform/concurrency.ts";
import { ProviderError } from "../../platform/replicate.ts";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import {
  assertBooksAreWhole,
  createWorld,
  fault,
  lostAnswer,
  picture,
  runToEnd,
  tick,
  unsafe,
  type World,
} from "../support/engine-world.ts";
import { brokenAccounts } from "../support/ledger.ts";

describe("the job engine", () => {
  let db: TestDatabase;
  let world: World;
  before(async () => {
    db = await freshDatabase();
    world = createWorld(db);
    await db.sql`update private.provider_prices set micros_per_second = 1000 where model = 'seedream-4-5'`;
  });
  after(async () => {
    await world.close();
    await db.close();
  });

  it("turns a queued job into a stored and paid picture", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    await tick(world.services());
    world.endPredictions(picture);
    await world.deliverWebhooks(world.services());
    assert.deepEqual(await world.job(job), { status: "succeeded", attempts: 1, error_code: null, credits_charged: 1 });
    assert.match((await world.outputs(job))[0], new RegExp(`^${user}/${job}/[0-9a-f-]{36}/0\\.png$`));
    await assertBooksAreWhole(world, user, job);
  });

  it("charges for the pictures that came, and returns the rest", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user, "a lamp", 4);
    const urls = [
      "https://replicate.delivery/0.png",
      "https://replicate.delivery/gone.png",
      "https://replicate.delivery/2.png",
    ];
    await runToEnd(world, job, { ...picture, outputs: urls });
    assert.equal((await world.job(job)).credits_charged, 2);
    await assertBooksAreWhole(world, user, job);
  });

  it("takes no more pictures than were paid for", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user, "a lamp", 1);
    await runToEnd(world, job, {
      ...picture,
      outputs: ["https://replicate.delivery/0.png", "https://replicate.delivery/1.png"],
    });
    assert.equal((await world.outputs(job)).length, 1);
    await assertBooksAreWhole(world, user, job);
  });

  it("tries a failing model three times, then returns the credits", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    await runToEnd(world, job, fault);
    assert.deepEqual(await world.job(job), {
      status: "failed",
      attempts: 3,
      error_code: "provider_error",
      credits_charged: 0,
    });
    await assertBooksAreWhole(world, user, job);
  });

  it("does not try again what the safety filter stopped", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    await runToEnd(world, job, unsafe);
    assert.deepEqual(await world.job(job), {
      status: "failed",
      attempts: 1,
      error_code: "safety_block",
      credits_charged: 0,
    });
    await assertBooksAreWhole(world, user, job);
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
    await assertBooksAreWhole(world, user, job);
  });

  it("finds the prediction whose creation was answered into the void, and pays for one", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    const before = world.created;
    const services = world.services((when, call) => {
      if (when === "after" && call === "createPrediction") throw lostAnswer();
    });
    await tick(services);
    await runToEnd(world, job);
    assert.deepEqual([(await world.job(job)).attempts, world.created - before], [1, 1]);
    await assertBooksAreWhole(world, user, job);
  });

  it("looks again where the provider's list lags behind, and pays for one all the same", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    const before = world.created;
    const services = world.services((when, call) => {
      if (when === "after" && call === "createPrediction") throw lostAnswer();
    });
    let looks = 0;
    await tick({
      ...services,
      clock: { ...services.clock, timer: (act, ms) => services.clock.timer(act, ms / 1_000) },
      replicate: {
        ...services.replicate,
        listSince: (time) => ++looks === 1 ? (async function* () {})() : services.replicate.listSince(time),
      },
    });
    await runToEnd(world, job);
    assert.deepEqual([(await world.job(job)).attempts, world.created - before, looks], [1, 1, 2]);
    await assertBooksAreWhole(world, user, job);
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
    await assertBooksAreWhole(world, user, job);
  });

  it("finds by itself what a lost webhook would have told", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    await tick(world.services());
    world.endPredictions(picture);
    await world.skipWaits();
    await tick(world.services());
    assert.equal((await world.job(job)).status, "succeeded");
    await assertBooksAreWhole(world, user, job);
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
    await assertBooksAreWhole(world, user, job);
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
    await runToEnd(world, job);
    assert.deepEqual([(await world.job(job)).status, (await world.job(job)).attempts], ["succeeded", 2]);
    await assertBooksAreWhole(world, user, job);
  });

  it("stops at once a prediction whose job was canceled while it was being created", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    const services = world.services(async (when, call) => {
      if (when === "after" && call === "createPrediction") {
        await db.asUser(user, (sql) => sql`select public.cancel_job(${job})`);
      }
    });
    await tick(services);
    assert.equal([...world.predictions.values()].at(-1)?.status, "canceled");
    await assertBooksAreWhole(world, user, job);
  });

  it("stops a prediction that its worker neither heard of nor found before the job was canceled", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    await tick(world.services((when, call) => {
      if (when === "after" && call === "createPrediction" || call === "listSince") throw lostAnswer();
    }));
    const [prediction] = [...world.predictions.values()].slice(-1);
    prediction.metrics.predictSeconds = 5;
    await db.asUser(user, (sql) => sql`select public.cancel_job(${job})`);
    await tick(world.services());
    assert.equal(prediction.status, "processing", "somebody may still be asking for it");
    await world.skipWaits();
    await tick(world.services((_, call) => {
      if (call === "listSince") throw lostAnswer();
    }));
    await world.skipWaits();
    await tick(world.services());
    assert.equal(prediction.status, "canceled");
    assert.deepEqual(await world.costs(job), [{ state: "canceled", late_result: "canceled", cost_micros: 5_000 }]);
  });

  it("gives up after a day what the provider can neither be asked about nor told to stop, and says so", async () => {
    const user = await db.createUser();
    const [unheard, known] = [await world.enqueue(user), await world.enqueue(user)];
    await tick(world.services((when, call) => {
      if (when === "after" && call === "createPrediction" || call === "listSince") throw lostAnswer();
    }));
    const [, { id }] = [...world.predictions.values()].slice(-2);
    await db.sql`
      update private.job_attempts set prediction_id = ${id}, state = 'running' where job_id = ${known}`;
    for (const job of [unheard, known]) await db.asUser(user, (sql) => sql`select public.cancel_job(${job})`);
    const errors: string[] = [];
    const services = world.services((_, call) => {
      if (call === "cancelPrediction" || call === "listSince") throw lostAnswer();
    });
    const deaf = { ...services, log: { ...services.log, error: (message: string) => void errors.push(message) } };
    const giveUp = "nobody knows what became of a prediction";
    const open = async () =>
      (await db
        .sql`select from private.job_attempts where job_id in (${unheard}, ${known}) and cancel_due_at is not null`)
        .length;
    await world.skipWaits();
    await tick(deaf);
    assert.deepEqual([await open(), errors.filter((message) => message === giveUp).length], [2, 0]);
    await db.sql`
      update private.job_attempts set started_at = started_at - interval '25 hours', deadline_at = deadline_at - interval '25 hours'
      where job_id in (${unheard}, ${known})`;
    await world.skipWaits();
    await tick(deaf);
    assert.deepEqual([await open(), errors.filter((message) => message === giveUp).length], [0, 2]);
    world.forgetPredictions();
  });

  it("puts on record what a canceled job has cost where the provider takes a moment to stop", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    await tick(world.services());
    const [prediction] = [...world.predictions.values()].slice(-1);
    prediction.metrics.predictSeconds = 6;
    await db.asUser(user, (sql) => sql`select public.cancel_job(${job})`);
    const services = world.services();
    await tick({ ...services, replicate: { ...services.replicate, cancelPrediction: async () => {} } });
    assert.deepEqual(await world.costs(job), [{ state: "canceled", late_result: null, cost_micros: null }]);
    prediction.status = "canceled";
    await world.skipWaits();
    await tick(world.services());
    assert.deepEqual(await world.costs(job), [{ state: "canceled", late_result: "canceled", cost_micros: 6_000 }]);
  });

  it("puts on record what an attempt cost that failed, and does not call it late when its webhook comes again", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    await tick(world.services());
    const [prediction] = [...world.predictions.values()].slice(-1);
    prediction.metrics.predictSeconds = 2;
    world.endPredictions(fault);
    await world.deliverWebhooks(world.services());
    const { id, status, webhook } = prediction;
    const again = { id: `msg-again-${id}`, url: webhook!, body: { id, status } };
    assert.equal(await receiveReplicateWebhook(world.services(), again), "applied");
    assert.deepEqual(await world.costs(job), [{ state: "failed", late_result: null, cost_micros: 2_000 }]);
    await runToEnd(world, job);
  });

  it("puts on record what was made and could not be delivered", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user, "a lamp", 2);
    await runToEnd(world, job, {
      ...picture,
      outputs: ["https://replicate.delivery/0.png", "https://replicate.delivery/gone.png"],
    });
    assert.deepEqual(await world.costs(job), [{ state: "succeeded", late_result: null, cost_micros: 80_000 }]);
  });

  it("puts on record what a canceled job has cost until its prediction was stopped, though no webhook tells", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    await tick(world.services());
    const [prediction] = [...world.predictions.values()].slice(-1);
    prediction.metrics.predictSeconds = 3;
    await db.asUser(user, (sql) => sql`select public.cancel_job(${job})`);
    await tick(world.services());
    assert.equal(prediction.status, "canceled");
    assert.deepEqual(await world.costs(job), [{ state: "canceled", late_result: "canceled", cost_micros: 3_000 }]);
  });

  it("puts on record what a prediction cost that came to light after its attempt was given up", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    await tick(world.services((when, call) => {
      if (when === "after" && call === "createPrediction") throw new Error("killed");
    }));
    const [prediction] = [...world.predictions.values()].slice(-1);
    prediction.metrics.predictSeconds = 4;
    world.endPredictions(picture);
    await db.asUser(user, (sql) => sql`select public.cancel_job(${job})`);
    await world.deliverWebhooks(world.services());
    assert.deepEqual(await world.costs(job), [{ state: "canceled", late_result: "succeeded", cost_micros: 44_000 }]);
  });

  it("does not give up as interrupted an attempt whose prediction was noted since somebody looked", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    await tick(world.services());
    const [{ id }] = await db.sql<{ id: string }[]>`select attempt_id as id from public.jobs where id = ${job}`;
    assert.equal(await failAttempt(world.services().db, id, failure("interrupted")), "late");
    assert.equal((await world.job(job)).status, "running");
    await runToEnd(world, job);
    await assertBooksAreWhole(world, user, job);
  });

  it("stops the prediction of an attempt that is given up while nobody knows how it ended", async () => {
    const user = await db.createUser();
    const job = await world.enqueue(user);
    await tick(world.services());
    const [prediction] = [...world.predictions.values()].slice(-1);
    const [{ id }] = await db.sql<{ id: string }[]>`select attempt_id as id from public.jobs where id = ${job}`;
    assert.equal(await failAttempt(world.services().db, id, failure("provider_unavailable")), "retrying");
    await tick(world.services());
    assert.equal(prediction.status, "canceled");
    await runToEnd(world, job);
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
    await runToEnd(world, job);
    await assertBooksAreWhole(world, user, job);
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
    await assertBooksAreWhole(world, user, job);
  });

  it("keeps what is finished while there is no room for it in memory, past its deadline too, but not for ever", async () => {
    const user = await db.createUser();
    const [patient, late] = [await world.enqueue(user), await world.enqueue(user)];
    const full = { ...world.services(), withPicture: () => Promise.reject(new NoRoom("Full.")) };
    await tick(full);
    world.endPredictions(picture);
    await world.skipDeadlines();
    await world.skipWaits();
    await tick(full);
    assert.deepEqual([(await world.job(patient)).status, (await world.job(late)).status], ["running", "running"]);
    await db.sql`update private.job_leases set deadline_at = now() - interval '11 minutes' where job_id = ${late}`;
    await world.skipWaits();
    await tick(full);
    await world.skipWaits();
    await tick(world.services());
    assert.deepEqual([(await world.job(patient)).status, (await world.job(late)).error_code], [
      "succeeded",
      "internal",
    ]);
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
    for (const job of jobs) await runToEnd(world, job);
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
});
