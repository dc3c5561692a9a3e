import { AppError } from "../../../domain/errors.ts";
import type { Database, Sql, Statements } from "../../../platform/database.ts";
import { type Contact, contactOf, CONTACTS } from "./steps.ts";
import type { Process, Scheduler } from "./scheduler.ts";

/** Chances of a call. */
export interface DatabaseMishaps {
  /** The connection goes before the statement got there. */
  lostBefore: number;
  /** It was committed, and the answer was lost. */
  lostAfter: number;
  slow: number;
}

export interface VirtualDatabaseOptions {
  /** One connection: what a step does in the database is done before the next step. */
  raw: Database;
  scheduler: Scheduler;
  mishaps: DatabaseMishaps;
  /** Eight hex digits that no other run in this database has. */
  run: string;
  /** The schedule's first moment, milliseconds since 1970. */
  startsAt: number;
  onOutcome(outcome: string): void;
  /** Postgres refused what the engine must never ask for. */
  onError(error: unknown): void;
}

/** The database as the engine's processes reach it: over lines that break, at the schedule's time. */
export class VirtualDatabase {
  #microseconds = 0;

  constructor(readonly options: VirtualDatabaseOptions) {}

  /** For one process. */
  of(process: Process): Pick<Database, "asService" | "onceAsService" | "allAsService"> {
    const nameOf = (statement: (sql: never) => PromiseLike<unknown>) => {
      try {
        return contactIn(statement);
      } catch (error) {
        // The engine would take it for a fault of the database, and go on.
        this.options.onError(error);
        throw error;
      }
    };
    const allAsService = <Row extends object>(statement: (sql: Statements) => PromiseLike<Row[]>) =>
      this.#call(process, nameOf(statement), true, () => this.#statement(statement));
    return {
      asService: (run) => this.#call(process, nameOf(run), false, () => this.#transaction(run)),
      allAsService,
      onceAsService: async (statement) => (await allAsService(statement))[0],
    };
  }

  /** Without mishaps, and nobody's step: of customers, operators and checks. */
  asUser<T>(user: string, run: (sql: Sql) => Promise<T>): Promise<T> {
    return this.options.scheduler.during(() =>
      this.options.raw.asUser({ sub: user }, async (sql) => {
        await this.#time(sql);
        return await run(sql);
      })
    );
  }

  ask<Row extends object>(statement: (sql: Statements) => PromiseLike<Row[]>): Promise<Row[]> {
    return this.options.scheduler.during(() => this.#statement(statement));
  }

  async #call<T>(process: Process, contact: Contact, repeats: boolean, execute: () => Promise<T>): Promise<T> {
    const { scheduler, mishaps, onOutcome, onError } = this.options;
    const name = CONTACTS[contact];
    const perform = () =>
      scheduler.during(async () => {
        try {
          return await execute();
        } catch (error) {
          onError(error);
          throw error;
        }
      });
    await scheduler.step(process, `before ${name}`);
    if (scheduler.chance(mishaps.lostBefore)) {
      scheduler.note(`${process.name} loses its connection`);
      onOutcome("a connection was lost before the statement");
      if (!repeats || scheduler.chance(0.3)) throw new AppError("unavailable");
      await scheduler.sleep(process, 50);
    }
    let result = await perform();
    if (scheduler.chance(mishaps.lostAfter)) {
      scheduler.note(`${process.name} loses the answer`);
      if (!repeats || scheduler.chance(0.3)) {
        onOutcome("an answer was lost for good");
        throw new AppError("unavailable");
      }
      onOutcome("a statement was sent twice");
      await scheduler.sleep(process, 50);
      result = await perform();
    }
    if (scheduler.chance(mishaps.slow)) await scheduler.sleep(process, scheduler.between(1, 8) * 1000);
    await scheduler.step(process, `after ${name}`);
    return result;
  }

  async #statement<Row extends object>(statement: (sql: Statements) => PromiseLike<Row[]>): Promise<Row[]> {
    const { raw } = this.options;
    // In one packet with the statement, as there is one connection.
    const [, rows] = await Promise.all([raw.allAsService((sql) => this.#time(sql)), raw.allAsService(statement)]);
    return inOrder(rows);
  }

  #transaction<T>(run: (sql: Sql) => Promise<T>): Promise<T> {
    return this.options.raw.asService(async (sql) => {
      await this.#time(sql);
      return await run(sql);
    });
  }

  /** Each statement has a microsecond of its own. */
  #time(sql: Statements) {
    const { scheduler, startsAt, run } = this.options;
    this.#microseconds = Math.max(this.#microseconds + 1, scheduler.now * 1000);
    const at = new Date(startsAt + Math.floor(this.#microseconds / 1000)).toISOString().slice(0, -1);
    const time = `${at}${String(this.#microseconds % 1000).padStart(3, "0")}Z`;
    return sql<{ time: string }[]>`
      select set_config('sim.now', ${time}, false) as time, set_config('sim.run', ${run}, false)`;
  }
}

/** The engine's function that a statement calls: the statement is written once for nobody. */
function contactIn(statement: (sql: never) => PromiseLike<unknown>): Contact {
  let name = "";
  const spy = (strings: TemplateStringsArray) => {
    name = strings.join("?").match(/\bprivate\.(\w+)\(/)?.[1] ?? "";
    throw new Error("written for nobody");
  };
  try {
    Promise.resolve(statement(spy as never)).catch(() => {});
  } catch {
    // A statement that is no async function.
  }
  return contactOf(name);
}

/** The order in which a turn names its jobs is Postgres's affair; that of a replay must be the same. */
function inOrder<Row extends object>(rows: Row[]): Row[] {
  const byJob = (a: { job_id: string }, b: { job_id: string }) => a.job_id < b.job_id ? -1 : 1;
  for (const row of rows) {
    const { turn } = row as { turn?: Record<"jobs" | "due" | "unwanted", { job_id: string }[]> };
    if (turn) { for (const part of ["jobs", "due", "unwanted"] as const) turn[part].sort(byJob); }
  }
  return rows;
}
