/** `kill -9` of a worker at every step of a job's way, with many jobs at that step. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { killAt, STEPS } from "../support/job-steps.ts";
import {
  assertWorldIsWhole,
  type JobWorld,
  startJobWorld,
  startWorkerProcess,
  type WorkerProcess,
} from "../support/job-world.ts";

const JOBS = Number(Deno.env.get("KREDO_KILLS") ?? 5);

describe("when a worker is killed", () => {
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

  for (const step of STEPS) {
    it(`${step.name}, the next one brings every job to its end, paid once`, async () => {
      const { killed, ...rest } = await killAt(world, step, JOBS, worker);
      worker = rest.worker;
      assert.ok(killed >= JOBS);
      await assertWorldIsWhole(world);
    });
  }
});
