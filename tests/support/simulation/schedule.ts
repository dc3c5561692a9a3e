import assert from "node:assert/strict";
import { receiveReplicateWebhook } from "../../../domain/jobs/receive-replicate-webhook.ts";
import { drainQueue, startWorker, type Worker } from "../../../domain/jobs/run-worker.ts";
import type { WorkerServices } from "../../../domain/jobs/worker-services.ts";
import { AppError } from "../../../domain/errors.ts";
import type { Database, Sql } from "../../../platform/database.ts";
import { type Fate, FATES, Provider, type ProviderMishaps, type SimulatedPrediction } from "./provider.ts";
import { type Mishaps, type Process, Scheduler } from "./scheduler.ts";
import { STEPS } from "./steps.ts";
import { Storage, type StorageMishaps } from "./storage.ts";
import { type DatabaseMishaps, VirtualDatabase } from "./virtual-database.ts";

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
const STORMY_STEPS = 700;
const MOST_STEPS = 6_000;

type AllMishaps = Mishaps & DatabaseMishaps & ProviderMishaps & StorageMishaps;

const NONE: AllMishaps = {
  crash: 0,
  deadlyStep: null,
  stop: 0,
  delay: 0,
  lostBefore: 0,
  lostAfter: 0,
  slow: 0,
  limited: 0,
  failing: 0,
  lostAnswer: 0,
  webhookLost: 0,
  webhookTwice: 0,
  webhookLate: 0,
  listLag: 0,
  outputTrouble: 0,
  storageDown: 0,
};

/** A few people, their jobs, some workers, a provider and a storage; everything that happens is the seed's. */
export class Schedule {
  readonly scheduler: Scheduler;
  readonly database: VirtualDatabase;
  readonly provider: Provider;
  readonly storage: Storage;
  readonly users: string[];
  readonly mishaps: AllMishaps = { ...NONE };
  /** What the engine must never cause. */
  readonly errors: unknown[] = [];
  readonly onOutcome: (outcome: string) => void;
  /** Whether somebody may die, or not hear, between storing a file and saying so. */
  couldLeaveFiles = false;
  /** Whether somebody may die after a prediction was created and before that was noted. */
  couldForget = false;
  /** Jobs that people know to have asked for. */
  asked = 0;
  readonly #world: Process;
  readonly #residents = new Map<Process, Worker>();
  readonly #run: string;
  #customers = 0;
  #processes = 0;
  /** Receivers of webhooks that have not answered; what the provider does when they die. */
  readonly #receivers = new Map<Process, () => void>();
  #calm = false;

  constructor(readonly options: ScheduleOptions) {
    const { raw, seed, number, keepTrace, onOutcome } = options;
    this.onOutcome = onOutcome;
    const startsAt = FIRST_MS + number * APART_MS;
    this.#run = number.toString(16).padStart(8, "0");
    const scheduler = this.scheduler = new Scheduler(seed, { keepTrace });
    const { mishaps } = this;
    scheduler.mishaps = mishaps;
    scheduler.onDeath = (process) => this.#replace(process);
    this.#world = scheduler.process("world", { mortal: false });
    this.database = new VirtualDatabase({
      raw,
      scheduler,
      mishaps,
      run: this.#run,
      startsAt,
      onOutcome,
      onError: (error) => this.errors.push(error),
    });
    this.provider = new Provider({
      scheduler,
      mishaps,
      startsAt,
      onOutcome,
      deliver: (prediction, event) => this.#deliver(prediction, event, 0),
    });
    this.storage = new Storage(scheduler, mishaps);
    this.users = Array.from(
      { length: scheduler.between(1, 3) },
      (_, n) => `${this.#run}-0000-4000-9000-00000000000${n}`,
    );
  }

  async run(): Promise<void> {
    const { scheduler } = this;
    await this.#begin();
    this.#chooseMishaps();
    const jobs = scheduler.between(3, 7);
    for (let left = jobs; left > 0;) left -= this.#order(left);
    for (let n = scheduler.between(1, 2); n > 0; n--) this.#startResident();
    if (scheduler.chance(0.25)) this.#beOperator();
    this.#sweepOften();
    while (!await this.#isOver()) {
      if (scheduler.turns > STORMY_STEPS) this.#calmDown();
      assert.ok(scheduler.turns < MOST_STEPS, "it never ended");
      await scheduler.advance();
    }
    for (const process of [...this.#residents.keys()]) scheduler.kill(process);
  }

  /** Users with credits for about what they will ask, a catalogue as ever, no limits. */
  async #begin(): Promise<void> {
    const credits = this.users.map(() => this.scheduler.pick([2, 20, 20, 40]));
    await this.database.ask((sql) =>
      sql`
      select sim.begin(${this.users}::uuid[], ${credits}::int[], ${this.scheduler.random.next()})`
    );
  }

  #chooseMishaps(): void {
    const { scheduler } = this;
    if (scheduler.chance(0.1)) return;
    const some = (most: number) => scheduler.chance(0.6) ? scheduler.random.next() * most : 0;
    Object.assign(
      this.mishaps,
      {
        crash: some(0.05),
        deadlyStep: scheduler.chance(0.7) ? scheduler.pick(STEPS) : null,
        stop: some(0.03),
        delay: some(0.1),
        lostBefore: some(0.05),
        lostAfter: some(0.05),
        slow: some(0.1),
        limited: some(0.3),
        failing: some(0.2),
        lostAnswer: some(0.1),
        webhookLost: some(0.9),
        webhookTwice: some(0.6),
        webhookLate: some(0.6),
        listLag: scheduler.chance(0.5) ? 1_500 : 0,
        outputTrouble: some(0.4),
        storageDown: some(0.2),
      } satisfies AllMishaps,
    );
    const { crash, deadlyStep, stop, lostBefore, lostAfter, storageDown } = this.mishaps;
    this.couldForget = deadlyStep !== null || crash + stop > 0;
    this.couldLeaveFiles = this.couldForget || stop + lostBefore + lostAfter + storageDown > 0;
  }

  #calmDown(): void {
    if (this.#calm) return;
    this.#calm = true;
    Object.assign(this.mishaps, NONE);
    this.scheduler.note("the storm is over");
  }

  /** Somebody asks for jobs, and cancels some. @returns how many */
  #order(left: number): number {
    const { scheduler } = this;
    const user = scheduler.pick(this.users);
    const size = scheduler.chance(0.2) ? Math.min(left, scheduler.between(2, 3)) : 1;
    const model = scheduler.pick(["seedream-4-5", "seedream-4-5", "gemini"]);
    const inputs = Array.from({ length: size }, () => ({
      prompt: scheduler.chance(0.6) ? "well" : scheduler.pick<Fate>(FATES),
      ...model === "seedream-4-5" && { num_outputs: scheduler.between(1, 3) },
    }));
    const at = scheduler.chance(0.5) ? 0 : scheduler.between(0, 40_000);
    const cancelAfter = inputs.map(() => scheduler.chance(0.25) ? scheduler.between(0, 30_000) : null);
    const key = crypto.randomUUID();
    const isRepeated = scheduler.chance(0.2);
    this.#customers++;
    scheduler.timer(this.#world, () => void this.#ask({ user, model, inputs, key, isRepeated, cancelAfter }), at);
    return size;
  }

  async #ask({ user, model, inputs, key, isRepeated, cancelAfter }: Order): Promise<void> {
    const { scheduler, database } = this;
    const enqueue = async (sql: Sql): Promise<{ id: string }[]> => {
      if (inputs.length === 1) {
        return [
          ...await sql<{ id: string }[]>`
            select job_id as id from public.enqueue_job(${model}, ${sql.json(inputs[0])}, ${key}, 'hash')`,
        ];
      }
      const [{ batch_id }] = await sql<{ batch_id: string }[]>`
        select batch_id from public.enqueue_batch(${model}, ${sql.json(inputs)}, ${key}, 'hash')`;
      return [...await sql<{ id: string }[]>`select id from public.jobs where batch_id = ${batch_id} order by id`];
    };
    try {
      const jobs = await database.asUser(user, enqueue);
      if (isRepeated) {
        const again = await database.asUser(user, enqueue);
        assert.deepEqual(again, jobs, "a repeated request is answered as the first");
      }
      this.asked += jobs.length;
      this.scheduler.note(`customer orders ${jobs.length} of ${model}`);
      this.onOutcome(inputs.length === 1 ? "a job" : "a batch");
      this.#wakeWorkers();
      for (const [place, after] of cancelAfter.entries()) {
        if (after === null) continue;
        this.#customers++;
        scheduler.timer(this.#world, () => void this.#cancel(user, jobs[place].id), after);
      }
    } catch (error) {
      if (!(error instanceof AppError && error.code === "insufficient_credits")) this.errors.push(error);
      this.onOutcome("an order was refused");
    }
    this.#customers--;
  }

  async #cancel(user: string, job: string): Promise<void> {
    const [{ status }] = await this.database.asUser(
      user,
      async (sql) => [...await sql<{ status: string }[]>`select public.cancel_job(${job}) as status`],
    );
    this.scheduler.note(`customer cancels: ${status}`);
    if (status !== "canceled") this.onOutcome("a cancel came too late");
    this.#wakeWorkers();
    this.#customers--;
  }

  /** Notifications reach most workers; the function is called besides, or by the sweep. */
  #wakeWorkers(): void {
    const { scheduler } = this;
    for (const [process, worker] of this.#residents) {
      if (scheduler.chance(0.9)) scheduler.timer(process, worker.wake, scheduler.between(0, 20));
    }
    if (scheduler.chance(0.4)) scheduler.timer(this.#world, () => void this.#runFunction(), scheduler.between(0, 500));
  }

  #newProcess(kind: string): Process {
    return this.scheduler.process(`${kind} ${++this.#processes}`);
  }

  #startResident(): void {
    const process = this.#newProcess("worker");
    const concurrency = this.scheduler.between(1, 4);
    this.scheduler.note(`${process.name} starts, ${concurrency} at once`);
    const worker = startWorker(this.#servicesOf(process), { worker: process.name, concurrency });
    this.#residents.set(process, worker);
    if (!this.scheduler.chance(0.15)) return;
    this.scheduler.timer(process, async () => {
      await worker.stop();
      this.onOutcome("a worker stopped gracefully");
      this.scheduler.kill(process);
    }, this.scheduler.between(1, 30) * 1000);
  }

  async #runFunction(): Promise<void> {
    const process = this.#newProcess("function");
    try {
      await drainQueue(this.#servicesOf(process), { worker: "edge", concurrency: 4, timeLimitMs: 20_000 });
    } catch (error) {
      this.#expect(error);
    }
    this.scheduler.kill(process);
  }

  #replace(process: Process): void {
    this.#receivers.get(process)?.();
    if (!this.#residents.delete(process)) return;
    this.scheduler.timer(this.#world, () => this.#startResident(), this.scheduler.between(0, 15) * 1000);
  }

  /** The provider comes again when its webhook is refused, or not answered at all. */
  #deliver(prediction: SimulatedPrediction, event: string, tries: number): void {
    const { scheduler } = this;
    const process = this.#newProcess("webhook");
    const again = (seconds: number) => {
      this.#receivers.delete(process);
      if (tries === 3) return this.onOutcome("a webhook was given up");
      this.provider.webhooks++;
      scheduler.timer(this.#world, () => {
        this.provider.webhooks--;
        this.#deliver(prediction, event, tries + 1);
      }, seconds * 1000);
    };
    this.#receivers.set(process, () => again(30));
    const body = { id: prediction.id, status: prediction.status };
    receiveReplicateWebhook(this.#servicesOf(process), { id: event, url: prediction.webhook!, body }).then(
      (verdict) => {
        this.#receivers.delete(process);
        prediction.isTold = true;
        scheduler.note(`${process.name} ${verdict}`);
      },
      (error) => {
        this.#expect(error);
        again(5 * 4 ** tries);
      },
    );
  }

  /** Somebody at our end says what may be begun, for a while. */
  #beOperator(): void {
    const { scheduler } = this;
    const model = scheduler.pick(["seedream-4-5", "gemini"]);
    const limit = scheduler.chance(0.5) ? 2 : null;
    const seconds = limit === null ? scheduler.between(5, 60) : null;
    scheduler.timer(this.#world, async () => {
      await this.database.ask((sql) => sql`select sim.limit_model(${model}, ${limit}, ${seconds})`);
      this.onOutcome(limit === null ? "a model was paused" : "a model was limited");
    }, scheduler.between(0, 20_000));
  }

  #sweepOften(): void {
    this.scheduler.timer(this.#world, async () => {
      const [{ woke }] = await this.database.ask((sql) =>
        sql<{ woke: boolean }[]>`select (sim.sweep() ->> 'woke')::boolean as woke`
      );
      if (woke) this.#wakeWorkers();
      this.#sweepOften();
    }, 10_000);
  }

  #servicesOf(process: Process): WorkerServices {
    const { scheduler, options } = this;
    const log = (message: string, fields: object = {}) => {
      if (options.keepTrace) scheduler.trace.push(`    ${process.name}: ${message} ${describe(fields)}\n`);
    };
    return {
      clock: {
        now: () => FIRST_MS + options.number * APART_MS + scheduler.now,
        elapsed: () => scheduler.now,
        timer: (act, ms) => scheduler.timer(process, act, ms),
      },
      db: this.database.of(process) as Database,
      log: { info: log, warn: log, error: log },
      replicate: this.provider.clientOf(process),
      storage: this.storage.writerOf(process),
      fetchOutput: this.storage.fetchOf(process),
      webhookUrl: (attempt) => `https://kredo.test/functions/v1/replicate-webhook?attempt=${attempt}`,
    };
  }

  /** What a function may end with. */
  #expect(error: unknown): void {
    const isKnown = error instanceof AppError && error.code === "unavailable" ||
      error instanceof Error && /^Storage|^No answer|503/.test(error.message);
    if (!isKnown) this.errors.push(error);
  }

  /** Nobody is about to do anything, and nothing is left to be done. */
  async #isOver(): Promise<boolean> {
    const isBusy = this.#customers > 0 || this.#receivers.size > 0 || this.provider.isBusy;
    if (isBusy || await this.scheduler.hasReady()) return false;
    const [{ open }] = await this.database.ask((sql) =>
      sql<{ open: boolean }[]>`select sim.open(${this.users}) as open`
    );
    return !open && !await this.scheduler.hasReady();
  }
}

interface Order {
  user: string;
  model: string;
  inputs: { prompt: string; num_outputs?: number }[];
  key: string;
  isRepeated: boolean;
  cancelAfter: (number | null)[];
}

function describe(fields: object): string {
  return JSON.stringify(fields, (_, value) => value instanceof Error ? value.message : value);
}
