import { openDatabase } from "../../../platform/database.ts";
import { freshDatabase } from "../database.ts";
import { Tally } from "../ledger-history.ts";
import { brokenAccounts } from "../ledger.ts";
import { check, SNAPSHOT } from "./checks.ts";
import { Schedule } from "./schedule.ts";
import { STEPS } from "./steps.ts";
import { installVirtualTime } from "./virtual-time.ts";

export interface Report {
  schedules: number;
  jobs: number;
  /** Turns that the scheduler gave. */
  turns: number;
  outcomes: Tally;
  /** Processes that died, by named step. */
  crashes: Map<string, number>;
  stops: number;
  /** The longest life of a job, virtual seconds. */
  longest: number;
}

/** What schedules must have met, or they prove less than they say. Besides, each named step must have seen a crash. */
const OUTCOMES = [
  "429",
  "5xx after create",
  "5xx before create",
  "a batch",
  "a cancel came too late",
  "a connection was lost before the statement",
  "a dead letter",
  "a model was limited",
  "a model was paused",
  "a statement was sent twice",
  "a webhook came late",
  "a webhook came twice",
  "a webhook was lost",
  "a worker stopped gracefully",
  "an answer was lost for good",
  "an orphan was found",
  "canceled before it began",
  "canceled after a while",
  "canceled while outputs were stored",
  "charged for a part",
  "done at once",
  "files were left behind",
  "handed back",
  "job canceled",
  "job failed: internal",
  "job failed: provider_error",
  "job failed: provider_rejected_input",
  "job failed: provider_unavailable",
  "job failed: safety_block",
  "job failed: timeout",
  "job succeeded",
  "late: canceled after canceled",
  "late: canceled after timeout",
  "late: succeeded after canceled",
  "late: succeeded after timeout",
  "more outputs than asked for",
  "no answer to create",
  "retried: interrupted",
  "retried: output_unavailable",
  "retried: provider_error",
  "retried: provider_unavailable",
  "retried: timeout",
  "stopped past its lease",
  "succeeded after another try",
];

export const notReached = ({ crashes, outcomes }: Report): string[] => [
  ...STEPS.filter((step) => !crashes.get(step)).map((step) => `a crash ${step}`),
  ...OUTCOMES.filter((outcome) => !outcomes.counts.has(outcome)),
];

export interface SimulateOptions {
  seed: number;
  schedules: number;
  /** Databases side by side; a schedule has one for itself. */
  lanes?: number;
  /** A database grows with every schedule; a new one after so many. */
  chunk?: number;
  /** So many of the first schedules are run a second time, and must be the same. */
  replays?: number;
  progress?: (report: Report) => void;
}

/** Runs schedules, and checks each. @throws with the seed and the end of the story of the first that goes wrong */
export async function simulate(options: SimulateOptions): Promise<Report> {
  const { seed, schedules, lanes = 4, chunk = Infinity, replays = 0, progress = () => {} } = options;
  const report: Report = {
    schedules: 0,
    jobs: 0,
    turns: 0,
    outcomes: new Tally(),
    crashes: new Map(),
    stops: 0,
    longest: 0,
  };
  let next = 0;
  let hasFailed = false;

  async function runSome(): Promise<void> {
    const simulation = await openSimulation();
    try {
      for (let done = 0; done < chunk && next < schedules && !hasFailed; done++) {
        const number = next++;
        const name = `${seed}/${number}`;
        const digest = await simulation.run(name, report);
        if (number < replays && await simulation.run(name) !== digest) throw new Error(`${name} was another one again`);
        progress(report);
      }
      const broken = await simulation.broken();
      if (broken.length > 0) throw new Error(`the books are broken: ${broken}`);
    } catch (error) {
      hasFailed = true;
      throw error;
    } finally {
      await simulation.close();
    }
  }

  async function lane(): Promise<void> {
    while (next < schedules && !hasFailed) await runSome();
  }

  const ended = await Promise.allSettled(Array.from({ length: lanes }, lane));
  for (const result of ended) if (result.status === "rejected") throw result.reason;
  return report;
}

/** A database in which schedules run, one after another. */
export async function openSimulation() {
  const db = await freshDatabase();
  await installVirtualTime(db);
  await db.sql.unsafe(SNAPSHOT);
  const raw = openDatabase(db.url, { max: 1, role: "service_role", statementTimeoutMs: 60_000 });
  let number = 0;

  return {
    db,

    /** @returns what a replay must return again */
    async run(seed: string, report?: Report): Promise<string> {
      const outcomes: string[] = [];
      const schedule = new Schedule({ raw, seed, number: ++number, onOutcome: (outcome) => outcomes.push(outcome) });
      try {
        await schedule.run();
        const jobs = await check(schedule);
        if (report) add(report, schedule, outcomes, jobs.map(({ seconds }) => seconds));
        return schedule.scheduler.digest();
      } catch (error) {
        const story = await this.trace(seed);
        throw new Error(`schedule ${seed} went wrong:\n${story.slice(-60).join("")}`, { cause: error });
      }
    },

    /** What happens in a schedule, line by line, until it goes wrong. */
    async trace(seed: string): Promise<string[]> {
      const schedule = new Schedule({ raw, seed, number: ++number, keepTrace: true, onOutcome() {} });
      try {
        await schedule.run();
        await check(schedule);
      } catch (error) {
        schedule.scheduler.note(String(error));
      }
      return schedule.scheduler.trace;
    },

    broken: () => brokenAccounts(db),

    async close() {
      await raw.end();
      await db.close();
    },
  };
}

function add(report: Report, { scheduler }: Schedule, outcomes: string[], lives: number[]): void {
  report.schedules++;
  report.jobs += lives.length;
  report.turns += scheduler.turns;
  report.longest = Math.max(report.longest, ...lives);
  outcomes.forEach(report.outcomes.add);
  for (const [step, { crashes, stops }] of scheduler.steps) {
    report.crashes.set(step, (report.crashes.get(step) ?? 0) + crashes);
    report.stops += stops;
  }
}
