import assert from "node:assert/strict";
import { AppError } from "../../../domain/errors.ts";
import type { Sql } from "../../../platform/database.ts";
import { type Fate, FATES } from "./provider.ts";
import type { Process, Scheduler } from "./scheduler.ts";
import type { VirtualDatabase } from "./virtual-database.ts";

export interface PeopleOptions {
  scheduler: Scheduler;
  database: VirtualDatabase;
  users: readonly string[];
  /** Most who cancel do so at once. */
  hasty: boolean;
  onOutcome(outcome: string): void;
  onError(error: unknown): void;
  /** The database has woken workers. */
  onWake(): void;
}

interface Order {
  user: string;
  model: string;
  inputs: { prompt: string; num_outputs?: number }[];
  key: string;
  isRepeated: boolean;
  /** Milliseconds, of each job; null: it is kept. */
  cancelAfter: (number | null)[];
}

/** Customers, who order and cancel, and an operator. Nothing befalls them: what they ask for arrives. */
export class People {
  /** Jobs that were asked for and accepted. */
  asked = 0;
  readonly #process: Process;
  #plans = 0;

  constructor(readonly options: PeopleOptions) {
    this.#process = options.scheduler.process("people", { mortal: false });
  }

  /** Somebody is still about to do something. */
  get isBusy(): boolean {
    return this.#plans > 0;
  }

  /** Orders of so many jobs together, one by one and in batches. */
  order(jobs: number): void {
    for (let left = jobs; left > 0;) {
      const size = this.options.scheduler.chance(0.2) ? Math.min(left, this.options.scheduler.between(2, 3)) : 1;
      this.#drawOrder(size);
      left -= size;
    }
  }

  #drawOrder(size: number): void {
    const { scheduler, users, hasty } = this.options;
    const [share, longest] = hasty ? [0.8, 5_000] : [0.25, 30_000];
    const model = scheduler.pick(["seedream-4-5", "seedream-4-5", "gemini"]);
    const inputs = Array.from({ length: size }, () => ({
      prompt: scheduler.chance(0.6) ? "well" : scheduler.pick<Fate>(FATES),
      ...model === "seedream-4-5" && { num_outputs: scheduler.between(1, 3) },
    }));
    const order = {
      user: scheduler.pick(users),
      model,
      inputs,
      key: crypto.randomUUID(),
      isRepeated: scheduler.chance(0.2),
      cancelAfter: inputs.map(() => scheduler.chance(share) ? scheduler.between(0, longest) : null),
    };
    this.#plan(scheduler.chance(0.5) ? 0 : scheduler.between(0, 40_000), () => this.#send(order));
  }

  #plan(ms: number, act: () => Promise<void>): void {
    this.#plans++;
    const perform = () => act().catch(this.options.onError).finally(() => this.#plans--);
    this.options.scheduler.timer(this.#process, perform, ms);
  }

  async #send({ user, model, inputs, key, isRepeated, cancelAfter }: Order): Promise<void> {
    const { scheduler, database, onOutcome, onWake } = this.options;
    const ask = async (sql: Sql): Promise<string[]> => {
      if (inputs.length === 1) {
        const [{ job_id }] = await sql<{ job_id: string }[]>`
          select job_id from public.enqueue_job(${model}, ${sql.json(inputs[0])}, ${key}, 'hash')`;
        return [job_id];
      }
      const [{ batch_id }] = await sql<{ batch_id: string }[]>`
        select batch_id from public.enqueue_batch(${model}, ${sql.json(inputs)}, ${key}, 'hash')`;
      const jobs = await sql<{ id: string }[]>`select id from public.jobs where batch_id = ${batch_id} order by id`;
      return jobs.map(({ id }) => id);
    };
    let jobs: string[];
    try {
      jobs = await database.asUser(user, ask);
    } catch (error) {
      if (!(error instanceof AppError && error.code === "insufficient_credits")) throw error;
      return onOutcome("an order was refused");
    }
    if (isRepeated) {
      assert.deepEqual(await database.asUser(user, ask), jobs, "a repeated request is answered as the first");
    }
    this.asked += jobs.length;
    scheduler.note(`customer orders ${jobs.length} of ${model}`);
    onOutcome(inputs.length === 1 ? "a job" : "a batch");
    onWake();
    for (const [place, after] of cancelAfter.entries()) {
      if (after !== null) this.#plan(after, () => this.#cancel(user, jobs[place]));
    }
  }

  /** Somebody cancels just while what they ordered is stored. */
  cancelNow(user: string, job: string): void {
    this.#plan(0, () => this.#cancel(user, job));
  }

  async #cancel(user: string, job: string): Promise<void> {
    const { scheduler, database, onOutcome, onWake } = this.options;
    const [{ status }] = await database.asUser(user, async (sql) => {
      return [...await sql<{ status: string }[]>`select public.cancel_job(${job}) as status`];
    });
    scheduler.note(`customer cancels: ${status}`);
    if (status !== "canceled") onOutcome("a cancel came too late");
    onWake();
  }

  /** Says how much of a model may be begun, or that nothing may for a while. */
  operate(): void {
    const { scheduler, database, onOutcome } = this.options;
    const model = scheduler.pick(["seedream-4-5", "gemini"]);
    const limit = scheduler.chance(0.5) ? 2 : null;
    const seconds = limit === null ? scheduler.between(5, 60) : null;
    this.#plan(scheduler.between(0, 20_000), async () => {
      await database.ask((sql) => sql`select sim.limit_model(${model}, ${limit}, ${seconds})`);
      onOutcome(limit === null ? "a model was paused" : "a model was limited");
    });
  }
}
