import { alone, type Bench, compared, inTurns, type Measurement, percentile, ROUNDS, SHORT } from "../measure.ts";
import { assertSettled } from "./ours.ts";
import { openScene, startWorking, untilDone } from "./scene.ts";
import { type SideName, SIDES } from "./sides.ts";

const JOBS = SHORT ? 100 : 500;
/** The first are for connections, prepared statements and compiled code. */
const WARMUP = SHORT ? 30 : 100;
const PAUSE_MS = [20, 50];

const pickup: Bench = {
  name: "queue-pickup",
  title: "Queue: from commit to start",
  method:
    `An idle worker waits; a job is queued every ${
      PAUSE_MS.join(" to ")
    } ms, at random, in a transaction of its own. The time is ` +
    "from the moment its `COMMIT` is sent until the worker begins with it: with us that is the call of the provider, after the " +
    `attempt is on record. ${ROUNDS} rounds of ${JOBS} jobs in turns after ${WARMUP} unmeasured ones, each round in a new Deno process ` +
    "of the same kind, in a database with `fsync` and `synchronous_commit` on. graphile-worker with its defaults, which listens as " +
    "ours does; pg-boss does not listen, it looks every half second, the least that it allows.",
  async run(log) {
    const { db, close } = await openScene();
    try {
      const took = { ours: [], graphile: [], boss: [] } as Record<SideName, number[][]>;
      const round = (side: SideName) => async () => {
        const queue = await SIDES[side].openQueue(db, WARMUP + JOBS);
        const worker = await startWorking(side, db.url);
        const committed = new Map<string, number>();
        const session = await db.sql.reserve();
        for (let nth = 0; nth < WARMUP + JOBS; nth++) {
          const [least, most] = PAUSE_MS;
          await new Promise((resolve) => setTimeout(resolve, least + Math.random() * (most - least)));
          await session`begin`;
          await queue.enqueue(session, `lamp ${nth}`);
          const commit = session`commit`.execute();
          committed.set(`lamp ${nth}`, performance.timeOrigin + performance.now());
          await commit;
        }
        session.release();
        await queue.close();
        await untilDone(() => SIDES[side].isBusy(db.sql));
        const starts = new Map(await worker.stop());
        const times = [...committed].slice(WARMUP).map(([prompt, at]) => starts.get(prompt)! - at);
        if (times.some(Number.isNaN)) throw new Error(`${side} did not begin with every job`);
        took[side].push(times);
        log(`${side}: p50 ${percentile(times, 0.5).toFixed(2)} ms, p99 ${percentile(times, 0.99).toFixed(2)} ms`);
        return 0;
      };
      await inTurns(SHORT ? 2 : ROUNDS, [round("ours"), round("graphile"), round("boss")]);
      await assertSettled(db);
      const at = (side: SideName, share: number) => took[side].map((times) => percentile(times, share));
      return [
        ...[{ share: 0.5, limit: 1.2 }, { share: 0.99, limit: 1.5 }].map(({ share, limit }): Measurement => ({
          metric: `commit to start, p${share * 100}, against graphile-worker`,
          unit: "ms",
          ...compared(at("ours", share), at("graphile", share)),
          target: { of: "ratio", is: "at most", limit },
        })),
        { metric: "for information: pg-boss, p50", unit: "ms", ...alone(at("boss", 0.5)), target: null },
      ];
    } finally {
      await close();
    }
  },
};

export default pickup;
