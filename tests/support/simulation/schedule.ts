import assert from "node:assert/strict";
import type { WorkerServices } from "../../../domain/jobs/worker-services.ts";
import type { Database } from "../../../platform/database.ts";
import { type AllMishaps, couldLeaveFiles, couldOversleep, drawMishaps, isHasty, NONE } from "./mishaps.ts";
import { People } from "./people.ts";
import { Processes } from "./processes.ts";
import { Provider } from "./provider.ts";
import { type Process, Scheduler } from "./scheduler.ts";
import { Storage } from "./storage.ts";
import { VirtualDatabase } from "./virtual-database.ts";

export interface ScheduleOptions {
  raw: Database;
  seed: string;
  /** How many went before it in this database. */
  number: number;
  keepTrace?: boolean;
  onOutcome(outcome: string): void;
}

/** Virtual time between two schedules of one database, so that limits of the last do not reach into the next. */
const APART_MS = 24 * 3_600_000;
const FIRST_MS = Date.UTC(2030, 0, 1);

/** From then on nothing goes wrong any more, and everything has to come to its end. */
const STORMY_TURNS = 700;
const MOST_TURNS = 6_000;

/** A few people, their jobs, some workers, a provider and a storage; everything that happens is the seed's. */
export class Schedule {
  readonly scheduler: Scheduler;
  readonly database: VirtualDatabase;
  readonly provider: Provider;
  readonly storage: Storage;
  readonly people: People;
  readonly users: string[];
  readonly couldOversleep: boolean;
  readonly couldLeaveFiles: boolean;
  /** What the engine must never cause. */
  readonly errors: unknown[] = [];
  readonly onOutcome: (outcome: string) => void;
  readonly #processes: Processes;
  readonly #mishaps: AllMishaps;
  readonly #cron: Process;
  readonly #startsAt: number;

  constructor(readonly options: ScheduleOptions) {
    const { raw, seed, number, keepTrace, onOutcome } = options;
    const startsAt = this.#startsAt = FIRST_MS + number * APART_MS;
    const run = number.toString(16).padStart(8, "0");
    const scheduler = this.scheduler = new Scheduler(seed, { keepTrace });
    const mishaps = this.#mishaps = { ...drawMishaps(scheduler) };
    const onError = (error: unknown) => void this.errors.push(error);
    scheduler.mishaps = mishaps;
    this.onOutcome = onOutcome;
    this.couldOversleep = couldOversleep(mishaps);
    this.couldLeaveFiles = couldLeaveFiles(mishaps);
    this.users = Array.from({ length: scheduler.between(1, 3) }, (_, n) => `${run}-0000-4000-9000-00000000000${n}`);

    this.database = new VirtualDatabase({ raw, scheduler, mishaps, run, startsAt, onOutcome, onError });
    const leadsTo = (step: string) => mishaps.deadlyStep?.endsWith(step) ?? false;
    const cancelWhileStored = leadsTo("removal") ? 0.7 : 0.03;
    this.storage = new Storage(scheduler, mishaps, (path) => {
      const [user, job] = path.split("/");
      if (scheduler.chance(cancelWhileStored)) this.people.cancelNow(user, job);
    });
    this.#processes = new Processes({
      scheduler,
      servicesOf: (process) => this.#servicesOf(process),
      gracefulStop: leadsTo("retirement") ? 0.8 : 0.15,
      onOutcome,
      onError,
    });
    this.provider = new Provider({
      scheduler,
      mishaps,
      startsAt,
      onOutcome,
      deliver: (prediction, event) => this.#processes.deliver(prediction, event),
    });
    this.people = new People({
      scheduler,
      database: this.database,
      users: this.users,
      hasty: isHasty(mishaps),
      onOutcome,
      onError,
      onWake: () => this.#processes.wake(),
    });
    this.#cron = scheduler.process("cron", { mortal: false });
  }

  async run(): Promise<void> {
    const { scheduler, people } = this;
    // Somebody has too few credits now and then.
    const credits = this.users.map(() => scheduler.pick([2, 20, 20, 40]));
    await this.database.ask((sql) =>
      sql`
      select sim.begin(${this.users}::uuid[], ${credits}::int[], ${scheduler.random.next()})`
    );
    people.order(scheduler.between(3, 7));
    if (scheduler.chance(0.25)) people.operate();
    for (let n = scheduler.between(1, 2); n > 0; n--) this.#processes.startWorker();
    this.#sweepOften();
    for (let isCalm = false; !await this.#isOver();) {
      if (!isCalm && scheduler.turns > STORMY_TURNS) {
        isCalm = true;
        Object.assign(this.#mishaps, NONE);
        scheduler.note("the storm is over");
      }
      assert.ok(scheduler.turns < MOST_TURNS, "everything comes to an end");
      await scheduler.advance();
    }
    this.#processes.end();
  }

  #sweepOften(): void {
    this.scheduler.timer(this.#cron, async () => {
      const [{ woke }] = await this.database.ask((sql) =>
        sql<{ woke: boolean }[]>`select (sim.sweep() ->> 'woke')::boolean as woke`
      );
      if (woke) this.#processes.wake();
      this.#sweepOften();
    }, 10_000);
  }

  /** Nobody is about to do anything, and nothing is left to be done. */
  async #isOver(): Promise<boolean> {
    const isBusy = this.people.isBusy || this.#processes.open > 0 || this.provider.isBusy;
    if (isBusy || await this.scheduler.hasReady()) return false;
    const [{ open }] = await this.database.ask((sql) =>
      sql<{ open: boolean }[]>`select sim.open(${this.users}) as open`
    );
    return !open && !await this.scheduler.hasReady();
  }

  #servicesOf(process: Process): WorkerServices {
    const { scheduler, options } = this;
    const log = (message: string, fields: object = {}) => {
      if (options.keepTrace) scheduler.trace.push(`    ${process.name}: ${message} ${describe(fields)}\n`);
    };
    return {
      clock: {
        now: () => this.#startsAt + scheduler.now,
        elapsed: () => scheduler.now,
        timer: (act, ms) => scheduler.timer(process, act, ms),
      },
      // The engine's verbs, and no other way in.
      db: this.database.of(process) as Database,
      log: { info: log, warn: log, error: log },
      replicate: this.provider.clientOf(process),
      storage: this.storage.writerOf(process),
      fetchOutput: this.storage.fetchOf(process),
      withPicture: (act) => act(),
      webhookUrl: (attempt) => `https://kredo.test/functions/v1/replicate-webhook?attempt=${attempt}`,
    };
  }
}

function describe(fields: object): string {
  return JSON.stringify(fields, (_, value) => value instanceof Error ? value.message : value);
}
