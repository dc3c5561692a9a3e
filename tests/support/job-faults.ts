/** Faults that come at any moment: a Postgres that is killed, connections that are cut, jobs that can only fail. */
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../../domain/errors.ts";
import { seededRandom } from "../../sandbox/faults/random.ts";
import type { TestCluster } from "./cluster.ts";
import { bringTo, STEPS, untilEndedBySweeps } from "./job-steps.ts";
import {
  endingsOf,
  enqueueJobs,
  expireLeases,
  type JobWorld,
  keepSweeping,
  openWeb,
  registerPeople,
  startWorkerProcess,
  untilAllEnded,
} from "./job-world.ts";
import { type Cut, startPostgresProxy } from "./postgres-proxy.ts";
import { until } from "./until.ts";

const CLIENTS = 3;
const DIRECTIVES = ["", "[slow:2]", "", "[flaky:1]", "[orphan]", "", "[duplicate-webhook]", "[lost-webhook]"];

const CUTS = ["before", "after", "meanwhile", "between"] as const;

/** Mostly words, which are made faster than pictures are drawn. */
const modelOf = (nth: number) => nth % DIRECTIVES.length === 0 ? "seedream-4-5" : "gemini-flash";

/** Kills Postgres again and again while two workers work and people ask for jobs, each with a key, until they are told. */
export async function crashUnderLoad(
  world: JobWorld,
  cluster: TestCluster,
  { crashes, seed }: { crashes: number; seed: number },
): Promise<{ asked: number; refused: number }> {
  const random = seededRandom(`crashes/${seed}`);
  const workers = await Promise.all([startWorkerProcess(world), startWorkerProcess(world)]);
  const people = await registerPeople(world.db, 20 + 12 * crashes);
  const stopSweeping = keepSweeping(world);
  const web = openWeb(world);
  let [left, asked, refused] = [crashes, 0, 0];

  async function ask(user: string, nth: number): Promise<void> {
    for (;;) {
      try {
        await web.enqueue(user, modelOf(nth), `a kite over ${user} ${DIRECTIVES[nth % DIRECTIVES.length]}`);
        return void asked++;
      } catch (error) {
        assert.ok(error instanceof AppError && error.code === "unavailable", String(error));
        refused++;
        await sleep(50);
      }
    }
  }
  const asking = Promise.all(Array.from({ length: CLIENTS }, async () => {
    // Some are kept for the time after the last crash.
    for (let user = people.pop(); user && (left > 0 || people.length > 0); user = people.pop()) {
      await ask(user, people.length);
      await sleep(left > 0 ? 60 : 0);
    }
  }));
  for (; left > 0; left--) {
    await sleep(300 + random.below(900));
    await cluster.crash();
  }
  await asking;
  await web.close();
  // What was claimed and not told to anybody waits for its lease.
  await until(() => expireLeases(world).then(() => true, () => false), "Postgres answers");
  await untilAllEnded(world);
  await stopSweeping();
  assert.deepEqual(await Promise.all(workers.map((worker) => worker.leave())), [0, 0], "both workers are there");
  return { asked, refused };
}

/** Cuts the connections of two workers while so many jobs run. */
export async function cutConnections(
  world: JobWorld,
  { jobs, seed }: { jobs: number; seed: number },
): Promise<Record<Cut, number>> {
  const random = seededRandom(`cuts/${seed}`);
  const proxy = await startPostgresProxy({
    port: Number(new URL(world.db.url).port),
    choose: (commits) => commits && random.below(100) < 8 ? CUTS[random.below(CUTS.length)] : null,
  });
  const workers = await Promise.all([0, 1].map(() => startWorkerProcess(world, { port: proxy.port })));
  const stopSweeping = keepSweeping(world);
  for (const [nth, directive] of DIRECTIVES.entries()) {
    await enqueueJobs(world, Math.ceil(jobs / DIRECTIVES.length), directive, modelOf(nth));
  }
  const areFew = async () => {
    const [{ live }] = await world.look((sql) =>
      sql<{ live: number }[]>`
        select (select count(*) from private.job_line)::int + (select count(*) from private.job_leases)::int as live`
    );
    return live < jobs / 10;
  };
  await until(areFew, "most jobs end", 150_000);
  proxy.calm();
  await expireLeases(world);
  await untilAllEnded(world);
  await stopSweeping();
  assert.deepEqual(await Promise.all(workers.map((worker) => worker.leave())), [0, 0], "both workers are there");
  await proxy.close();
  return proxy.cuts;
}

/** Jobs that fail at every try, and some that take their worker with them each time. @returns how all of them ended */
export async function poison(
  world: JobWorld,
  { failing, deadly }: { failing: number; deadly: number },
): Promise<Record<string, number>> {
  let worker = await startWorkerProcess(world, { concurrency: 50 });
  const hearing = STEPS.find(({ name }) => name === "before the provider hears of it")!;
  const first = await bringTo(world, hearing, deadly);
  for (let { hold } = first, tries = 1;; tries++) {
    await worker.kill();
    hold.drop();
    await expireLeases(world);
    if (tries < 3) hold = world.provider.hold("create", "before");
    worker = await startWorkerProcess(world, { concurrency: 50 });
    if (tries === 3) break;
    await until(() => hold.reached() >= deadly, "they are tried again");
  }
  await enqueueJobs(world, failing, "[fail]");
  await untilEndedBySweeps(world);
  assert.equal(await worker.leave(), 0);
  return await endingsOf(world);
}
