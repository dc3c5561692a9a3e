/** `SIGSTOP` of a worker for longer than its leases, and `SIGCONT` when others have done its work. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { STEPS, stopAt } from "../support/job-steps.ts";
import {
  assertWorldIsWhole,
  type JobWorld,
  startJobWorld,
  startWorkerProcess,
  type WorkerProcess,
} from "../support/job-world.ts";

const JOBS = Number(Deno.env.get("KREDO_STOPS") ?? 3);

describe("when a worker is stopped and goes on later", () => {
  let world: JobWorld;
  let worker: WorkerProcess;
  before(async () => {
    world = await startJobWorld();
    worker = await startWorkerProcess(world, { concurrency: Math.max(8, JOBS) });
  });
  after(async () => {
    await worker.kill();
    await world.close();
  });

  // Within a claim it holds what the others wait for, until Postgres ends its session.
  for (const step of STEPS.filter(({ at }) => at !== "claiming")) {
    it(`${step.name}, another one has brought its jobs to their end, and what it still does changes nothing`, async () => {
      const { stopped, ...rest } = await stopAt(world, step, JOBS, worker);
      worker = rest.worker;
      assert.ok(stopped > 0);
      await assertWorldIsWhole(world);
    });
  }
});
