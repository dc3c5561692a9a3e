import { createHash } from "node:crypto";
import { type Random, seededRandom } from "../../../sandbox/faults/random.ts";

/** Something that may be killed or stopped: a worker, a function that answers one request. The rest of the world is one too. */
export interface Process {
  readonly name: string;
  /** Whether it may be killed and stopped. */
  readonly mortal: boolean;
  isAlive: boolean;
  /** Milliseconds of the schedule. */
  stoppedUntil: number;
  wasStoppedLong: boolean;
}

interface Waiting {
  process: Process;
  /** A step at which a mortal process may die; null: a timer, or somebody's patience. */
  step: string | null;
  at: number;
  go(): void;
}

/** What a schedule does to its processes; chances of a step each. */
export interface Mishaps {
  crash: number;
  /** Where it is far likelier, so that each step gets its crashes; null: nowhere. */
  deadlyStep: string | null;
  stop: number;
  /** Where it is far likelier, and long. */
  sleepyStep: string | null;
  /** That time passes although somebody could go on. */
  delay: number;
}

/** Longer than a lease, and than a deadline now and then. Seconds. */
const STOPS = [3, 10, 25, 60, 200];
const LONG_STOPS = [25, 60, 200];
const DELAYS = [0.2, 1, 4, 15];

/**
 * One thread of virtual time. Everything that touches the outside waits here first; when all of them wait, the seed says who
 * goes on, who dies there, who is stopped, and whether time passes instead. So a seed is a schedule, and replays it.
 */
export class Scheduler {
  readonly random: Random;
  readonly steps = new Map<string, { passed: number; crashes: number; stops: number }>();
  /** Milliseconds since the schedule began. */
  now = 0;
  turns = 0;
  /** How often somebody went on who had been stopped for longer than leases last. */
  longStops = 0;
  mishaps: Mishaps = { crash: 0, deadlyStep: null, stop: 0, sleepyStep: null, delay: 0 };
  onDeath: (process: Process) => void = () => {};
  readonly #hash = createHash("sha256");
  readonly #lines: string[] | null;
  #waiting: Waiting[] = [];
  /** Answers of the database that are on their way. */
  #busy = 0;
  #idle = () => {};

  constructor(seed: string, { keepTrace = false } = {}) {
    this.random = seededRandom(seed);
    // The first numbers of seeds that are alike are alike.
    for (let i = 0; i < 8; i++) this.random.next();
    this.#lines = keepTrace ? [] : null;
  }

  process(name: string, { mortal = true } = {}): Process {
    return { name, mortal, isAlive: true, stoppedUntil: 0, wasStoppedLong: false };
  }

  chance(of: number): boolean {
    return of > 0 && this.random.next() < of;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.random.below(items.length)];
  }

  /** Between two, evenly. Whole numbers. */
  between(from: number, to: number): number {
    return from + this.random.below(to - from + 1);
  }

  note(line: string): void {
    const text = `${this.now} ${line}\n`;
    this.#hash.update(text);
    this.#lines?.push(text);
  }

  get trace(): string[] {
    return this.#lines ?? [];
  }

  digest(): string {
    return this.#hash.digest("hex");
  }

  /** Waits for its turn; for ever, if the process dies here. */
  step(process: Process, step: string): Promise<void> {
    return new Promise((go) => this.#wait({ process, step, at: this.now, go }));
  }

  sleep(process: Process, ms: number): Promise<void> {
    return new Promise((go) => this.#wait({ process, step: null, at: this.now + ms, go }));
  }

  timer(process: Process, act: () => void, ms: number): () => void {
    const waiting = { process, step: null, at: this.now + Math.max(ms, 0), go: act };
    this.#wait(waiting);
    return () => this.#waiting = this.#waiting.filter((other) => other !== waiting);
  }

  #wait(waiting: Waiting): void {
    if (waiting.process.isAlive) this.#waiting.push(waiting);
  }

  /** Work that is not a step: the scheduler waits until it is done. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#busy++;
    try {
      return await work();
    } finally {
      this.#busy--;
      if (this.#busy === 0) this.#idle();
    }
  }

  kill(process: Process): void {
    if (!process.isAlive) return;
    process.isAlive = false;
    this.#waiting = this.#waiting.filter((waiting) => waiting.process !== process);
    this.onDeath(process);
  }

  /** Whether somebody could go on right now. */
  async hasReady(): Promise<boolean> {
    await this.#quiet();
    return this.#ready().length > 0;
  }

  /** One step, or time passes until there is one. */
  async advance(): Promise<void> {
    await this.#quiet();
    this.turns++;
    const ready = this.#ready();
    if (ready.length === 0 || this.chance(this.mishaps.delay)) {
      const next = Math.min(...this.#waiting.map((waiting) => this.#readyAt(waiting)).filter((at) => at > this.now));
      const delay = ready.length === 0 ? Infinity : this.pick(DELAYS) * 1000;
      const to = Math.min(next, this.now + delay);
      if (!Number.isFinite(to)) throw new Error("Nobody will ever go on.");
      this.now = to;
      return;
    }
    const chosen = ready[this.random.below(ready.length)];
    const { process, step } = chosen;
    if (step !== null) {
      const count = this.steps.get(step) ?? { passed: 0, crashes: 0, stops: 0 };
      this.steps.set(step, count);
      if (process.mortal && this.chance(step === this.mishaps.deadlyStep ? 0.4 : this.mishaps.crash)) {
        count.crashes++;
        this.note(`${process.name} dies ${step}`);
        return this.kill(process);
      }
      const isSleepy = step === this.mishaps.sleepyStep;
      if (process.mortal && this.chance(isSleepy ? 0.4 : this.mishaps.stop)) {
        count.stops++;
        const seconds = this.pick(isSleepy ? LONG_STOPS : STOPS);
        process.stoppedUntil = this.now + seconds * 1000;
        process.wasStoppedLong = seconds > 20;
        return this.note(`${process.name} is stopped ${step}`);
      }
      count.passed++;
      if (process.wasStoppedLong) this.longStops++;
      process.wasStoppedLong = false;
      this.note(`${process.name} ${step}`);
    }
    this.#waiting.splice(this.#waiting.indexOf(chosen), 1);
    chosen.go();
  }

  #readyAt({ at, process }: Waiting): number {
    return Math.max(at, process.stoppedUntil);
  }

  #ready(): Waiting[] {
    return this.#waiting.filter((waiting) => this.#readyAt(waiting) <= this.now);
  }

  /** Until everybody waits: the database has answered, and what follows from that has run. */
  async #quiet(): Promise<void> {
    do {
      if (this.#busy > 0) await new Promise<void>((idle) => this.#idle = idle);
      await new Promise<void>((done) => setImmediate(done));
    } while (this.#busy > 0);
  }
}
