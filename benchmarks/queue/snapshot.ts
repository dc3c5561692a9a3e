import type { TestDatabase } from "../../tests/support/database.ts";
import { type Bench, compared, inTurns, type Measurement, SHORT } from "../measure.ts";
import { assertSettled } from "./ours.ts";
import { drain, openScene, startWorking, untilDone } from "./scene.ts";
import { type SideName, SIDES } from "./sides.ts";

const SECONDS = SHORT ? 20 : 600;
const PER_SECOND = 50;
const JOBS = SHORT ? 500 : 4_000;
const ROUNDS_OF_SIDE = SHORT ? 2 : 3;
const NAMES: readonly SideName[] = ["ours", "graphile", "boss"];

const snapshot: Bench = {
  name: "queue-snapshot",
  title: "Queue: under a snapshot that stays open",
  method:
    `One job after another as above, ${ROUNDS_OF_SIDE} rounds of ${
      JOBS.toLocaleString("en")
    } in turns, at the end of ${SECONDS} s ` +
    "during which a transaction at `repeatable read` stays open, as a dump or a forgotten psql does, so that nothing dead can be " +
    `removed, and ${PER_SECOND} jobs a second flow through each side at once, each with a worker of its own. Then that transaction ends, ` +
    "and the same rounds are the peer: clean, on tables of the same size, for a history that has grown is not the snapshot's doing. " +
    "Before each round the database is vacuumed as well as it can be.",
  async run(log) {
    const { db, close } = await openScene();
    try {
      const round = (side: SideName, when: string) => async () => {
        const rate = await drain(db, { side, mode: "one", count: JOBS });
        log(`${side}, ${when}: ${Math.round(rate)} jobs/s`);
        return rate;
      };
      const rounds = (when: string) => inTurns(ROUNDS_OF_SIDE, NAMES.map((side) => round(side, when)));
      const reader = await db.sql.reserve();
      await reader`begin isolation level repeatable read`;
      await reader`select count(*) from public.jobs`;
      await flow(db);
      const held = await rounds("with the snapshot");
      await assertSettled(db);
      await reader`commit`;
      reader.release();
      const clean = await rounds("clean");
      return NAMES.map((side, nth): Measurement => ({
        metric: side === "ours" ? "with the snapshot, against clean" : `for information: ${SIDES[side].name}`,
        unit: "jobs/s",
        ...compared(held[nth], clean[nth]),
        target: side === "ours" ? { of: "ratio", is: "at least", limit: 0.8 } : null,
      }));
    } finally {
      await close();
    }
  },
};

export default snapshot;

/** Jobs come and are worked off, on all sides alike. */
async function flow(db: TestDatabase): Promise<void> {
  const session = await db.sql.reserve();
  const sides = await Promise.all(NAMES.map(async (name) => ({
    queue: await SIDES[name].openQueue(db, SECONDS * PER_SECOND),
    worker: await startWorking(name, db.url),
    isBusy: () => SIDES[name].isBusy(db.sql),
  })));
  const begun = performance.now();
  for (let second = 0; second < SECONDS; second++) {
    for (const { queue } of sides) {
      await session`begin`;
      for (let nth = 0; nth < PER_SECOND; nth++) await queue.enqueue(session, `lamp ${second}.${nth}`);
      await session`commit`;
    }
    const next = begun + (second + 1) * 1_000;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
  }
  session.release();
  for (const { queue, worker, isBusy } of sides) {
    await untilDone(isBusy);
    await queue.close();
    await worker.stop();
  }
}
