import { type Bench, compared, inTurns, type Measurement, ROUNDS, SHORT } from "../measure.ts";
import { drain, openScene } from "./scene.ts";
import type { Mode } from "./side.ts";
import type { SideName } from "./sides.ts";

const SINGLE = SHORT ? 500 : 4_000;
const BATCHED = SHORT ? 2_000 : 20_000;

const throughput: Bench = {
  name: "queue-throughput",
  title: "Queue: jobs a second",
  method:
    `Jobs that are queued beforehand, each of a customer of its own, are worked off: one by one ${
      SINGLE.toLocaleString("en")
    } a ` +
    `round, batched ${BATCHED.toLocaleString("en")} (ours ${
      SINGLE.toLocaleString("en")
    }), after a tenth as many unmeasured ones, ${ROUNDS} ` +
    "rounds in turns. Of each side and round there is a new Deno process of the same kind, one at a time, on the same Postgres with " +
    "`fsync` and `synchronous_commit` on, vacuumed before each round. The clock stops when nothing is left in its tables. A peer's job does " +
    "nothing. Ours ends with its output recorded and its credits settled in the ledger, one transaction a job; there is no provider. " +
    "One by one: ours claims one, completes it, claims the next; graphile-worker has its defaults; pg-boss fetches one and completes " +
    "it in a loop, for its `work` would sleep until its next look. The whole worker: ours as it is deployed, with a provider that answers " +
    "out of memory, so that there are predictions to record too. Batched: graphile-worker as its page on performance sets it " +
    "(24 at once, local queue of 500, completions batched), pg-boss 500 a fetch; ours claims 100 and completes 8 at once.",
  async run(log) {
    const { db, close } = await openScene();
    try {
      const round = (side: SideName, mode: Mode, count: number) => async () => {
        const rate = await drain(db, { side, mode, count });
        log(`${side}, ${mode}: ${Math.round(rate)} jobs/s`);
        return rate;
      };
      const rounds = SHORT ? 2 : ROUNDS;
      const [single, deployed, graphileSingle, bossSingle] = await inTurns(rounds, [
        round("ours", "single", SINGLE),
        round("ours", "listening", SINGLE),
        round("graphile", "single", SINGLE),
        round("boss", "single", SINGLE),
      ]);
      const [batched, graphileBatched, bossBatched] = await inTurns(rounds, [
        round("ours", "batched", SINGLE),
        round("graphile", "batched", BATCHED),
        round("boss", "batched", BATCHED),
      ]);
      const measured = (metric: string, mine: number[], theirs: number[], limit?: number): Measurement => ({
        metric,
        unit: "jobs/s",
        ...compared(mine, theirs),
        target: limit === undefined ? null : { of: "ratio", is: "at least", limit },
      });
      return [
        measured("one by one, against graphile-worker", single, graphileSingle, 1.2),
        measured("one by one, against pg-boss", single, bossSingle),
        measured("the whole worker, against graphile-worker", deployed, graphileSingle),
        measured("batched, against graphile-worker", batched, graphileBatched, 0.7),
        measured("batched, against pg-boss", batched, bossBatched),
      ];
    } finally {
      await close();
    }
  },
};

export default throughput;
