import { checkAttempt } from "./check-attempt.ts";
import {
  beatWorker,
  type CanceledAttempt,
  type ClaimedJob,
  claimJobs,
  type DueAttempt,
  retireWorker,
  takeTurn,
  type Turn,
} from "./engine.ts";
import { endCanceled, startAttempt } from "./start-attempt.ts";
import type { WorkerServices } from "./worker-services.ts";

export interface WorkerOptions {
  /** Who beats: a name for each process; the edge function has one for all of its instances. */
  worker: string;
  /** Jobs and attempts worked on at once. A job is worked on while it is handed to the provider, not while that makes it. */
  concurrency?: number;
}

/**
 * Most of the time a job waits for the network: to be created, to be fetched, to be stored. And the more end at once, the more
 * share a transaction.
 */
export const DEFAULT_CONCURRENCY = 32;

export interface WorkerSummary {
  started: number;
  checked: number;
  canceled: number;
  /** Jobs of which something threw; a later turn finds them again. */
  errors: number;
}

/** What there is to do outside of the engine, as far as the last turn knows. */
export type OtherWork = Pick<Turn, "tasks" | "checkpoints">;

export interface Worker {
  /** There may be something to do. */
  wake(): void;
  /** Takes nothing new, lets what is under way end, and is off the list. */
  stop(): Promise<void>;
}

/** Without news a worker asks this seldom: the sweep in the database wakes it for whatever is due. Milliseconds. */
const IDLE_MS = 10_000;
/** Whoever is woken asks for the line first, which is quickly answered; for everything else this often. Milliseconds. */
const WHOLE_TURN_MS = 2_000;
/** After the database could not be asked. Milliseconds. */
const PAUSE_MS = 1_000;

/**
 * Works for as long as it is not stopped: takes turns whenever it is woken, a place is free and the line was not empty, or
 * something is due. Everything it knows is in the database, so many may run, and each may be killed at any line.
 */
export function startWorker(
  services: WorkerServices,
  { worker, concurrency = DEFAULT_CONCURRENCY }: WorkerOptions,
  onTurn: (other: OtherWork) => void = () => {},
): Worker {
  const { clock, db, log } = services;
  const running = new Set<Promise<void>>();
  let stopped = false;
  let asking: Promise<void> | undefined;
  let askAgain = false;
  let lineIsLong = false;
  /** By news, or by a place that got free; not by the clock. */
  let isWoken = false;
  let wholeTurnAt = -Infinity;
  let callOff = () => {};

  function wake(): void {
    isWoken = true;
    look();
  }

  function look(): void {
    askAgain = true;
    asking ??= ask().finally(() => {
      asking = undefined;
      goOn();
    });
  }

  /** Somebody woke us while every place was taken or an answer was on its way, or the line was not empty. */
  function goOn(): void {
    if ((askAgain || lineIsLong) && !stopped && running.size < concurrency) wake();
  }

  async function ask(): Promise<void> {
    callOff();
    let nextMs = IDLE_MS;
    try {
      while (askAgain && !stopped && running.size < concurrency) {
        askAgain = false;
        nextMs = await takeWork();
        if (lineIsLong) askAgain = isWoken = true;
      }
      // Every place is taken for long, say because the provider does not answer: that is work as well.
      if (clock.elapsed() - wholeTurnAt >= IDLE_MS) {
        await beatWorker(db, { worker, concurrency, running: running.size });
        wholeTurnAt = clock.elapsed();
      }
    } catch (error) {
      log.error("a worker could not take its turn", { error });
      nextMs = PAUSE_MS;
      askAgain = lineIsLong = false;
    }
    if (!stopped) callOff = clock.timer(look, nextMs);
  }

  /** @returns when to ask again, if nothing happens before. Milliseconds. */
  async function takeWork(): Promise<number> {
    const askedAt = clock.elapsed();
    const isOverdue = askedAt - wholeTurnAt >= WHOLE_TURN_MS;
    // But behind a line that does not end nobody else would ever be looked after.
    const asksForTheLine = isWoken && !(lineIsLong && isOverdue);
    isWoken = false;
    if (asksForTheLine) {
      const limit = concurrency - running.size;
      const jobs = await claimJobs(db, worker, limit);
      for (const job of jobs) start(job, startAttempt(services, job, askedAt));
      lineIsLong = jobs.length === limit;
      if (jobs.length > 0 && !isOverdue || running.size === concurrency) return WHOLE_TURN_MS;
    }
    const limit = concurrency - running.size;
    const turn = await takeTurn(db, { worker, limit, concurrency, running: running.size });
    wholeTurnAt = clock.elapsed();
    for (const { item, act } of actsOf(services, turn, askedAt)) start(item, act());
    lineIsLong = turn.jobs.length === limit;
    onTurn(turn);
    return Math.min(IDLE_MS, Math.max(turn.nextMs ?? IDLE_MS, 20));
  }

  function start(item: Item, act: Promise<void>): void {
    const run = act
      .catch((error) => log.error("a job could not be worked on", { ...about(item), error }))
      .finally(() => {
        running.delete(run);
        goOn();
      });
    running.add(run);
  }

  wake();
  return {
    wake,
    async stop() {
      stopped = true;
      callOff();
      await asking;
      await Promise.all(running);
      await retireWorker(db, worker).catch((error) => log.warn("a worker stays on the list", { error }));
    },
  };
}

/**
 * Works until there is nothing left to do or the time is up: for a function that is woken and may not stay. Stops after a
 * turn with errors too: what just failed would fail again at once, and the sweep brings it back.
 */
export async function drainQueue(
  services: WorkerServices,
  { worker, concurrency, timeLimitMs }: Required<WorkerOptions> & { timeLimitMs: number },
): Promise<WorkerSummary & OtherWork> {
  const { clock, db, log } = services;
  const until = clock.elapsed() + timeLimitMs;
  const total = { started: 0, checked: 0, canceled: 0, errors: 0 };
  for (;;) {
    const askedAt = clock.elapsed();
    const turn = await takeTurn(db, { worker, limit: concurrency, concurrency, running: 0 });
    const done = await Promise.allSettled(
      actsOf(services, turn, askedAt).map(async ({ item, act }) => {
        try {
          await act();
        } catch (error) {
          log.error("a job could not be worked on", { ...about(item), error });
          throw error;
        }
      }),
    );
    total.started += turn.jobs.length;
    total.checked += turn.due.length;
    total.canceled += turn.unwanted.length;
    total.errors += done.filter(({ status }) => status === "rejected").length;
    if (done.length === 0 || total.errors > 0 || clock.elapsed() >= until) {
      return { ...total, tasks: turn.tasks, checkpoints: turn.checkpoints };
    }
  }
}

type Item = ClaimedJob | DueAttempt | CanceledAttempt;

const about = ({ job_id, attempt_id }: Item) => ({ job_id, attempt_id });

function actsOf(
  services: WorkerServices,
  { jobs, due, unwanted }: Turn,
  askedAt: number,
): { item: Item; act(): Promise<void> }[] {
  return [
    // First what somebody waits for.
    ...jobs.map((item) => ({ item, act: () => startAttempt(services, item, askedAt) })),
    ...due.map((item) => ({ item, act: () => checkAttempt(services, item) })),
    ...unwanted.map((item) => ({ item, act: () => endCanceled(services, item) })),
  ];
}
