/** `kill -9` of Postgres, and connections that are cut, under two workers. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { startTestCluster } from "../support/cluster.ts";
import { crashUnderLoad, cutConnections } from "../support/job-faults.ts";
import { assertWorldIsWhole, endingsOf, startJobWorld, unexcusedFailures } from "../support/job-world.ts";
import { takeSeed } from "../support/seed.ts";

const CRASHES = Number(Deno.env.get("KREDO_CRASHES") ?? 3);
const CUT_JOBS = 200;

describe("under two workers and people who ask for pictures", () => {
  it("Postgres is killed again and again: whoever was told of a job has it, once, and it comes to its end", async () => {
    const cluster = await startTestCluster({ durable: true });
    const world = await startJobWorld({ cluster });
    try {
      const { asked, refused } = await crashUnderLoad(world, cluster, { crashes: CRASHES, seed: takeSeed("crashes") });
      assert.deepEqual(await endingsOf(world), { succeeded: asked });
      await assertWorldIsWhole(world);
      console.log(`${CRASHES} crashes of Postgres: ${asked} jobs, ${refused} requests refused meanwhile`);
    } finally {
      await world.close();
      await cluster.stop();
    }
  });

  it("their connections are cut before, after and in the middle of what they write: nothing is lost, nothing twice", async () => {
    const world = await startJobWorld();
    try {
      const cuts = await cutConnections(world, { jobs: CUT_JOBS, seed: takeSeed("cuts") });
      const { succeeded = 0, ...failed } = await endingsOf(world);
      assert.ok(succeeded > CUT_JOBS * 0.9, `${succeeded} of ${CUT_JOBS} succeeded`);
      assert.deepEqual(Object.keys(failed).filter((ending) => !ending.startsWith("failed ")), []);
      assert.deepEqual(await unexcusedFailures(world), []);
      assert.ok(Math.min(...Object.values(cuts)) > 0, JSON.stringify(cuts));
      await assertWorldIsWhole(world);
      console.log(`${JSON.stringify(cuts)} cuts over ${CUT_JOBS} jobs: ${JSON.stringify({ succeeded, ...failed })}`);
    } finally {
      await world.close();
    }
  });
});
