import { type Bench, compared, inTurns, type Measurement, ROUNDS, SHORT } from "../measure.ts";
import { DEFAULT_CONCURRENCY } from "../../domain/jobs/run-worker.ts";
import { assertSettled } from "./ours.ts";
import { drain, openScene } from "./scene.ts";
import type { Mode } from "./side.ts";
import type { SideName } from "./sides.ts";

const JOBS = SHORT ? 800 : 4_000;
/** A peer that works them off ten times as fast needs more of them to be measured as long. */
const BATCHED = SHORT ? 4_000 : 40_000;

const ACTS = {
  ours: ["ours", "default", JOBS],
  oursOne: ["ours", "one", JOBS],
  oursEight: ["ours", "eight", JOBS],
  oursWhole: ["ours", "listening", JOBS],
  graphile: ["graphile", "default", JOBS],
  graphileEight: ["graphile", "eight", JOBS],
  boss: ["boss", "one", JOBS],
  oursBatched: ["ours", "batched", JOBS],
  graphileBatched: ["graphile", "batched", BATCHED],
  bossBatched: ["boss", "batched", BATCHED],
} as const satisfies Record<string, [SideName, Mode, number]>;
type Act = keyof typeof ACTS;

const throughput: Bench = {
  name: "queue-throughput",
  title: "Queue: jobs a second",
  method:
    `Jobs that are queued beforehand are worked off, ${JOBS.toLocaleString("en")} a round (${
      BATCHED.toLocaleString("en")
    } by peers that ` +
    `batch) after a tenth as many unmeasured ones, ${ROUNDS} rounds in turns. Each side and round is a new Deno process of the same kind, ` +
    "alone on the same Postgres with `fsync` and `synchronous_commit` on, which is vacuumed before each round. The clock stops when nothing " +
    "is left. A peer's job does nothing. Each of ours belongs to a customer of its own, and ends with its output on record and its credits " +
    "settled; those that end while an earlier completion is on its way share the next transaction. The provider takes no time, and " +
    "that it was asked is on record only with the whole worker. By default graphile-worker works on one job at once and ours on " +
    `${DEFAULT_CONCURRENCY}, so beside that both are compared with one and with eight at once. ` +
    "pg-boss fetches one and completes it in a loop, for its `work` would sleep until its next look. Batched: graphile-worker as " +
    "its page on performance sets it (24 at once, a local queue of 500, completions of many jobs in one transaction), pg-boss 500 a fetch " +
    "and a completion; ours claims 100 and works on 100.",
  async run(log) {
    const { db, close } = await openScene();
    try {
      const acts = Object.entries(ACTS).map(([, [side, mode, count]]) => async () => {
        const rate = await drain(db, { side, mode, count });
        log(`${side}, ${mode}: ${Math.round(rate)} jobs/s`);
        return rate;
      });
      const rates = await inTurns(SHORT ? 2 : ROUNDS, acts);
      await assertSettled(db);
      const of = (act: Act) => rates[Object.keys(ACTS).indexOf(act)];
      const measured = (metric: string, mine: Act, theirs: Act, limit?: number): Measurement => ({
        metric,
        unit: "jobs/s",
        ...compared(of(mine), of(theirs)),
        target: limit === undefined ? null : { of: "ratio", is: "at least", limit },
      });
      return [
        measured("each with its defaults, against graphile-worker", "ours", "graphile", 1.2),
        measured("… the whole worker, with predictions", "oursWhole", "graphile"),
        measured("… one at once each", "oursOne", "graphile"),
        measured("… eight at once each", "oursEight", "graphileEight"),
        measured("batched, against graphile-worker", "oursBatched", "graphileBatched", 0.7),
        measured("one at once each, against pg-boss", "oursOne", "boss"),
        measured("batched, against pg-boss", "oursBatched", "bossBatched"),
      ];
    } finally {
      await close();
    }
  },
};

export default throughput;
