import { AppError } from "../../../domain/errors.ts";
import { receiveReplicateWebhook } from "../../../domain/jobs/receive-replicate-webhook.ts";
import { drainQueue, startWorker, type Worker } from "../../../domain/jobs/run-worker.ts";
import type { WorkerServices } from "../../../domain/jobs/worker-services.ts";
import type { SimulatedPrediction } from "./provider.ts";
import type { Process, Scheduler } from "./scheduler.ts";

export interface ProcessesOptions {
  scheduler: Scheduler;
  /** The engine's outside world, as one process reaches it. */
  servicesOf(process: Process): WorkerServices;
  /** The chance of a worker to be stopped as it should be. */
  gracefulStop: number;
  onOutcome(outcome: string): void;
  onError(error: unknown): void;
}

/** All in which the engine runs: workers that stay, functions that are called, receivers of webhooks. Each may die. */
export class Processes {
  /** Webhooks that the provider has not had an answer to yet. */
  open = 0;
  readonly #host: Process;
  readonly #workers = new Map<Process, Worker>();
  /** Receivers at work; what the provider does when one of them dies. */
  readonly #receivers = new Map<Process, () => void>();
  #started = 0;

  constructor(readonly options: ProcessesOptions) {
    this.#host = options.scheduler.process("host", { mortal: false });
    options.scheduler.onDeath = (process) => {
      this.#receivers.get(process)?.();
      if (!this.#workers.delete(process)) return;
      this.#later(options.scheduler.between(0, 15) * 1000, () => this.startWorker());
    };
  }

  startWorker(): void {
    const { scheduler, servicesOf, gracefulStop, onOutcome } = this.options;
    const process = this.#new("worker");
    const concurrency = scheduler.between(1, 4);
    scheduler.note(`${process.name} starts, ${concurrency} at once`);
    const worker = startWorker(servicesOf(process), { worker: process.name, concurrency });
    this.#workers.set(process, worker);
    if (!scheduler.chance(gracefulStop)) return;
    scheduler.timer(process, async () => {
      await worker.stop();
      onOutcome("a worker stopped gracefully");
      scheduler.kill(process);
    }, scheduler.between(1, 30) * 1000);
  }

  /** A notification reaches most workers, and the function is called now and then. */
  wake(): void {
    const { scheduler } = this.options;
    for (const [process, worker] of this.#workers) {
      if (scheduler.chance(0.9)) scheduler.timer(process, worker.wake, scheduler.between(0, 20));
    }
    if (scheduler.chance(0.4)) this.#later(scheduler.between(0, 500), () => this.#runFunction());
  }

  /** The provider comes again when its webhook is refused, or not answered at all. */
  deliver(prediction: SimulatedPrediction, event: string, tries = 0): void {
    const { scheduler, servicesOf, onOutcome } = this.options;
    const process = this.#new("webhook");
    const again = (seconds: number) => {
      this.#receivers.delete(process);
      if (tries < 3) return this.#later(seconds * 1000, () => this.deliver(prediction, event, tries + 1));
      this.open--;
      onOutcome("a webhook was given up");
    };
    if (tries === 0) this.open++;
    this.#receivers.set(process, () => again(30));
    const body = { id: prediction.id, status: prediction.status };
    receiveReplicateWebhook(servicesOf(process), { id: event, url: prediction.webhook!, body }).then(
      (verdict) => {
        this.#receivers.delete(process);
        this.open--;
        prediction.isTold = true;
        scheduler.note(`${process.name} ${verdict}`);
      },
      (error) => {
        this.#expect(error);
        again(5 * 4 ** tries);
      },
    );
  }

  /** The end of the schedule; nobody starts anew. */
  end(): void {
    const workers = [...this.#workers.keys()];
    this.#workers.clear();
    workers.forEach((process) => this.options.scheduler.kill(process));
  }

  async #runFunction(): Promise<void> {
    const process = this.#new("function");
    try {
      await drainQueue(this.options.servicesOf(process), { worker: "edge", concurrency: 4, timeLimitMs: 20_000 });
    } catch (error) {
      this.#expect(error);
    }
    this.options.scheduler.kill(process);
  }

  #new(kind: string): Process {
    return this.options.scheduler.process(`${kind} ${++this.#started}`);
  }

  #later(ms: number, act: () => void): void {
    this.options.scheduler.timer(this.#host, act, ms);
  }

  /** What a function may answer with, so that it is called again. */
  #expect(error: unknown): void {
    const isPassing = error instanceof AppError && error.code === "unavailable" ||
      error instanceof Error && /^Storage|^No answer|503/.test(error.message);
    if (!isPassing) this.options.onError(error);
  }
}
