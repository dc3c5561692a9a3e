/** The job engine, killed or canceled at each of its contacts with the outside: database, provider, storage. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { freshDatabase, type TestDatabase } from "../support/database.ts";
import {
  assertBooksAreWhole,
  createWorld,
  fault,
  type Interceptor,
  picture,
  runToEnd,
  tick,
  unsafe,
  type World,
} from "../support/engine-world.ts";

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

  /**
   * Runs a job while something happens at the n-th contact of a worker with the outside, then lets a healthy
   * worker go on. When it throws, the first worker is dead from there on.
   *
   * @param ending how predictions end that the first worker began; null: they run on
   */
  async function runWith(
    ending: typeof picture | null,
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
    if (ending) world.endPredictions(ending);
    await survive(world.deliverWebhooks(services));
    await survive(tick(services));

    await runToEnd(world, job, ending ?? picture);
    // And once more, for what has to be cancelled.
    await world.skipWaits();
    await tick(world.services());
    await assertBooksAreWhole(world, user, job);
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

  it("a cancel and a kill at once at each of these points leave no prediction that is not on record", async () => {
    for (const moment of ["before", "after"] as const) {
      for (let n = 1, happened = true; happened; n++) {
        const run = await runWith(null, n, moment, async (user, job) => {
          await db.asUser(user, (sql) => sql`select public.cancel_job(${job})`);
          throw new Error("killed");
        });
        happened = run.happened;
        if (!happened) continue;
        const known = await db.sql`
          select prediction_id, late_result from private.job_attempts where job_id = ${run.job} and prediction_id is not null`;
        const made = [...world.predictions.keys()].map((id) => ({ prediction_id: id, late_result: "canceled" }));
        assert.deepEqual([...known], made, `${moment} ${n}`);
      }
    }
  });
});
