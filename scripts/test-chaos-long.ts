/**
 * The faults of `tests/chaos/job-*.test.ts` in the numbers that are promised: 50 jobs killed and 20 stopped at each step, 20
 * crashes of Postgres, 1,000 jobs of poison, and the rescue of a dead worker's jobs as everything is set. Takes about half an
 * hour; files may be named. KREDO_SEED replays what is random.
 */
import process from "node:process";

const files = Deno.args.length > 0 ? Deno.args : ["workers", "kills", "stops", "postgres", "poison"];
const { code } = await new Deno.Command(Deno.execPath(), {
  args: ["test", "-A", "--no-check", ...files.map((file) => `tests/chaos/job-${file}.test.ts`)],
  env: {
    NO_COLOR: "1",
    KREDO_KILLS: "50",
    KREDO_STOPS: "20",
    KREDO_CRASHES: "20",
    KREDO_POISON: "1000",
    KREDO_RESCUE: "1",
  },
}).spawn().status;
process.exit(code);
