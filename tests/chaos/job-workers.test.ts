/** How workers come and go: several at once, politely, and after others that did not come back. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { bringTo, STEPS, untilEndedBySweeps } from "../support/job-steps.ts";
import {
  assertWorldIsWhole,
  countJobs,
  enqueueJobs,
  expireLeases,
  type JobWorld,
  keepSweeping,
  startJobWorld,
  startWorkerProcess,
  sweep,
  untilAllEnded,
} from "../support/job-world.ts";
import { until } from "../support/until.ts";

const stepCalled = (name: string) => STEPS.find((step) => step.name === name)!;
const hearing = stepCalled("before the provider hears of it");
const storing = stepCalled("while an output goes up");

describe("workers", () => {
  let world: JobWorld;
  before(async () => void (world = await startJobWorld()));
  after(() => world.close());

  const namesOf = async () => [...await world.look((sql) => sql`select name from private.workers`)];

  it("that are asked to leave finish what they have, take nothing more, and are off the list", async () => {
    const worker = await startWorkerProcess(world);
    const { jobs, hold } = await bringTo(world, storing, 3);
    await until(() => hold.reached() === 3, "all of them go up");
    const leaving = worker.leave();
    await until(() => worker.output().includes("worker is stopping"), "it has heard");
    const [later] = await enqueueJobs(world, 1);
    hold.release();
    assert.equal(await leaving, 0);
    assert.equal(await countJobs(world, jobs, "j.status = 'succeeded'"), 3);
    assert.equal(await countJobs(world, [later], "j.status = 'queued'"), 1);
    assert.deepEqual(await namesOf(), []);

    const next = await startWorkerProcess(world);
    await untilEndedBySweeps(world);
    assert.equal(await next.leave(), 0);
    await assertWorldIsWhole(world);
  });

  it("share the line, each as many at once as it was told", async () => {
    const workers = await Promise.all([2, 3].map((concurrency) => startWorkerProcess(world, { concurrency })));
    const hold = world.provider.hold("create", "before");
    const jobs = await enqueueJobs(world, 12);
    await until(() => hold.reached() === 5, "both have as many as they may");
    await sweep(world);
    const counts = await world.look((sql) =>
      sql<{ count: number }[]>`select count(*)::int as count from private.job_leases group by worker order by 1`
    );
    assert.deepEqual(counts.map(({ count }) => count), [2, 3]);
    assert.equal(await countJobs(world, jobs, "j.status = 'queued'"), 7);
    hold.release();
    await untilEndedBySweeps(world);
    assert.equal(await countJobs(world, jobs, "j.status = 'succeeded'"), 12);
    assert.deepEqual(await Promise.all(workers.map((worker) => worker.leave())), [0, 0]);
    await assertWorldIsWhole(world);
  });

  for (const step of [hearing, storing]) {
    it(`that start look for what was left ${step.name}, without being told`, async () => {
      const killed = await startWorkerProcess(world);
      const { hold } = await bringTo(world, step, 3);
      await killed.kill();
      hold.drop();
      await expireLeases(world);
      const next = await startWorkerProcess(world);
      await untilAllEnded(world);
      assert.equal(await next.leave(), 0);
      await assertWorldIsWhole(world);
    });

    it(`that have nothing to do are woken by the schedule for what was left ${step.name}`, async () => {
      const killed = await startWorkerProcess(world);
      const { hold } = await bringTo(world, step, 3);
      const idle = await startWorkerProcess(world);
      await killed.kill();
      hold.drop();
      await expireLeases(world);
      await sweep(world);
      await untilAllEnded(world);
      assert.equal(await idle.leave(), 0);
      await assertWorldIsWhole(world);
    });
  }

  it("refuse a concurrency that is none, and say what would be", async () => {
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "scripts/worker.ts", "--concurrency", "0"],
    }).output();
    assert.equal(code, 1);
    assert.match(new TextDecoder().decode(stderr), /whole number from 1 to 200/);
  });
});

/** How many of these jobs somebody has looked at since their worker had them: under the same lease, in another try, or to the end. */
async function takenOver(world: JobWorld, jobs: string[]): Promise<number> {
  const [{ count }] = await world.look((sql) =>
    sql<{ count: number }[]>`
      select count(*)::int as count from public.jobs j left join private.job_leases l on l.job_id = j.id
      where j.id = any (${`{${jobs}}`}::uuid[]) and (l.checks > 0 or j.attempts > 1 or j.status <> 'running')`
  );
  return count;
}

/** What the product promises; seconds. */
const PROMISED = 30;

describe("the jobs of a worker that died, as everything is set", { skip: !Deno.env.get("KREDO_RESCUE") }, () => {
  const steps = ["before the provider hears of it", "after the prediction is noted, before it knows", storing.name];
  for (const step of steps.map(stepCalled)) {
    it(`${step.name}, are taken over within ${PROMISED} seconds`, async () => {
      const world = await startJobWorld({ settings: {} });
      const killed = await startWorkerProcess(world);
      const { jobs, hold } = await bringTo(world, step, 5);
      hold.open();
      const other = await startWorkerProcess(world);
      const stopSweeping = keepSweeping(world, 5_000);
      // What it has looked at itself does not count.
      await world.look((sql) => sql`update private.job_leases set checks = 0`);
      await killed.kill();
      const died = performance.now();
      hold.drop();
      await until(async () => await takenOver(world, jobs) === jobs.length, "somebody takes them over");
      const seconds = (performance.now() - died) / 1_000;
      console.log(`${step.name}: ${jobs.length} jobs taken over after ${seconds.toFixed(1)} s`);
      assert.ok(seconds <= PROMISED, `${seconds} s`);
      await untilAllEnded(world);
      await stopSweeping();
      await assertWorldIsWhole(world);
      await other.leave();
      await world.close();
    });
  }
});
