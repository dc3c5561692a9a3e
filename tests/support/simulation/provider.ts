import {
  type CreatePrediction,
  type Prediction,
  ProviderError,
  type ReplicateClient,
} from "../../../platform/replicate.ts";
import type { Process, Scheduler } from "./scheduler.ts";
import { CONTACTS } from "./steps.ts";

export interface ProviderMishaps {
  limited: number;
  /** An error of theirs, before or after they acted; the one is not told from the other. */
  failing: number;
  lostAnswer: number;
  slow: number;
  /** Of a webhook: never sent, sent more often, sent late. */
  webhookLost: number;
  webhookTwice: number;
  webhookLate: number;
  /** The list of predictions shows new ones after so long at most. Milliseconds. */
  listLag: number;
  /** An output that cannot be fetched for a while, or at all. */
  outputTrouble: number;
}

/** What is asked for in a prompt, so that a job has the same fate in each of its attempts. */
export const FATES = ["well", "fails", "rejected", "unsafe", "hangs", "never starts"] as const;
export type Fate = typeof FATES[number];

export interface SimulatedPrediction extends Prediction {
  model: string;
  /** Of the schedule, milliseconds. */
  bornAt: number;
  startedAt: number | null;
  endedAt: number | null;
  listedAt: number;
  /** One of our receivers has taken its webhook. */
  isTold: boolean;
}

/** What models cost at the provider, µUSD: one by its outputs, one by its time. */
export const COSTS: Record<string, { perOutput: number; perSecond: number }> = {
  "bytedance/seedream-4.5": { perOutput: 40_000, perSecond: 0 },
  "google/gemini-2.5-flash-image": { perOutput: 0, perSecond: 1_400 },
};

export interface ProviderOptions {
  scheduler: Scheduler;
  mishaps: ProviderMishaps;
  startsAt: number;
  onOutcome(outcome: string): void;
  /** A webhook goes out. */
  deliver(prediction: SimulatedPrediction, event: string): void;
}

/** Longer than a worker looks for a prediction: twice, three seconds apart (start-attempt.ts). Milliseconds. */
const STILL_LOOKS_MS = 10_000;

/** Replicate, as far as the engine sees it, with every way in which it is known to let one down; and what it bills. */
export class Provider {
  readonly predictions: SimulatedPrediction[] = [];
  readonly process: Process;
  /** Webhooks that are on their way. */
  webhooks = 0;

  constructor(readonly options: ProviderOptions) {
    this.process = options.scheduler.process("provider", { mortal: false });
  }

  /** Predictions that are asked for, or were until a moment ago: whoever got no answer still looks for theirs. */
  readonly #creations = new Set<{ process: Process }>();

  get isBusy(): boolean {
    return this.webhooks > 0 || this.predictions.some(({ endedAt }) => endedAt === null) ||
      [...this.#creations].some(({ process }) => process.isAlive);
  }

  clientOf(process: Process): ReplicateClient {
    const { scheduler, mishaps, onOutcome } = this.options;
    const call = async <T>(name: string, act: () => T): Promise<T> => {
      await scheduler.step(process, `before ${name}`);
      if (scheduler.chance(mishaps.slow)) await scheduler.sleep(process, scheduler.between(1, 12) * 1000);
      const isFailing = scheduler.chance(mishaps.failing);
      if (isFailing && scheduler.chance(0.5)) {
        onOutcome(`5xx before ${name}`);
        throw unavailable();
      }
      const result = act();
      if (isFailing) {
        onOutcome(`5xx after ${name}`);
        throw unavailable();
      }
      if (scheduler.chance(mishaps.lostAnswer)) {
        onOutcome(`no answer to ${name}`);
        await scheduler.sleep(process, 15_000);
        throw unavailable();
      }
      if (scheduler.chance(mishaps.slow)) await scheduler.sleep(process, scheduler.between(1, 12) * 1000);
      await scheduler.step(process, `after ${name}`);
      return result;
    };
    return {
      createPrediction: async (request) => {
        const creation = { process };
        this.#creations.add(creation);
        try {
          return await call(CONTACTS.createPrediction, () => snapshot(this.#create(request)));
        } finally {
          scheduler.timer(this.process, () => void this.#creations.delete(creation), STILL_LOOKS_MS);
        }
      },
      getPrediction: (id) =>
        call(CONTACTS.getPrediction, () => {
          const found = this.#find(id);
          return found ? snapshot(found) : null;
        }),
      cancelPrediction: (id) =>
        call(CONTACTS.cancelPrediction, () => {
          const found = this.#find(id);
          if (found?.endedAt !== null) return;
          if (mishaps.slow === 0 || scheduler.chance(0.6)) return this.#end(found, "canceled");
          onOutcome("canceled after a while");
          this.#at(found, scheduler.between(1, 5) * 1000, () => this.#end(found, "canceled"));
        }),
      listSince: (time) => {
        const listed = call(
          CONTACTS.listSince,
          () =>
            this.predictions.filter(({ listedAt, createdAt }) => listedAt <= scheduler.now && createdAt >= time)
              .map(snapshot).reverse(),
        );
        return (async function* () {
          let isFound = false;
          try {
            for (const prediction of await listed) {
              isFound = true;
              yield prediction;
              isFound = false;
            }
          } finally {
            if (isFound) onOutcome("an orphan was found");
          }
        })();
      },
    };
  }

  /** What it bills for a prediction that has ended, µUSD. */
  static bill({ model, status, outputs, startedAt, endedAt }: SimulatedPrediction): number {
    const { perOutput, perSecond } = COSTS[model];
    const ms = startedAt === null ? 0 : endedAt! - startedAt;
    return (status === "succeeded" ? perOutput * outputs!.length : 0) + Math.ceil(perSecond * ms / 1000);
  }

  #find(id: string): SimulatedPrediction | undefined {
    return this.predictions.find((prediction) => prediction.id === id);
  }

  #create({ model, input, webhook, cancelAfterSeconds }: CreatePrediction): SimulatedPrediction {
    const { scheduler, mishaps, startsAt, onOutcome } = this.options;
    if (scheduler.chance(mishaps.limited)) {
      onOutcome("429");
      throw new ProviderError("provider_limited", "Too many.", true, scheduler.pick([1, 5, 20]));
    }
    const fate = String(input.prompt) as Fate;
    if (fate === "rejected") throw new ProviderError("provider_rejected_input", "No.", false);
    const prediction: SimulatedPrediction = {
      id: `p-${startsAt}-${this.predictions.length + 1}`,
      model,
      status: "starting",
      outputs: [],
      error: null,
      webhook,
      createdAt: new Date(startsAt + scheduler.now),
      metrics: { predictSeconds: null, inputTokens: null, outputTokens: null },
      streamUrl: null,
      bornAt: scheduler.now,
      startedAt: null,
      endedAt: null,
      listedAt: scheduler.now + scheduler.between(0, mishaps.listLag),
      isTold: false,
    };
    this.predictions.push(prediction);
    const deadline = Math.max(5, Math.floor(cancelAfterSeconds)) * 1000;
    const startsIn = scheduler.pick([0, 0, 300, 5_000]);
    const wanted = Number(input.max_images ?? 1);
    if (fate === "never starts") {
      this.#at(prediction, deadline, () => this.#end(prediction, "aborted"));
      return prediction;
    }
    const start = () => {
      prediction.status = "processing";
      prediction.startedAt = scheduler.now;
    };
    const endsIn = startsIn + (fate === "hangs" ? Infinity : scheduler.pick([0, 500, 3_000, 8_000, 25_000]));
    const end = () => fate === "well" ? this.#succeed(prediction, wanted) : this.#fail(prediction, fate);
    if (startsIn === 0) start();
    else this.#at(prediction, startsIn, start);
    if (endsIn === 0) {
      onOutcome("done at once");
      end();
    } else if (endsIn < deadline) {
      this.#at(prediction, endsIn, end);
    } else {
      this.#at(prediction, deadline, () => this.#end(prediction, "canceled"));
    }
    return prediction;
  }

  #at(prediction: SimulatedPrediction, ms: number, act: () => void): void {
    const { scheduler } = this.options;
    scheduler.timer(this.process, () => void (prediction.endedAt === null && act()), ms);
  }

  #succeed(prediction: SimulatedPrediction, wanted: number): void {
    const { scheduler, mishaps, onOutcome } = this.options;
    let made = wanted;
    if (scheduler.chance(mishaps.outputTrouble)) {
      made = scheduler.between(0, wanted + 1);
      if (made !== wanted) onOutcome(made > wanted ? "more outputs than asked for" : "fewer outputs than asked for");
    }
    prediction.outputs = Array.from({ length: made }, (_, place) => {
      const trouble = scheduler.chance(mishaps.outputTrouble)
        ? scheduler.pick(["gone", "refused", "later", "never", "expires"])
        : "";
      const at = scheduler.now + scheduler.between(1, trouble === "expires" ? 20 : 60) * 1000;
      return `https://replicate.delivery/${prediction.id}/${place}.png?trouble=${trouble}&at=${at}`;
    });
    this.#end(prediction, "succeeded");
  }

  #fail(prediction: SimulatedPrediction, fate: Fate): void {
    prediction.error = fate === "unsafe" ? "NSFW content detected" : "CUDA out of memory";
    this.#end(prediction, "failed");
  }

  #end(prediction: SimulatedPrediction, status: SimulatedPrediction["status"]): void {
    const { scheduler, mishaps, deliver, onOutcome } = this.options;
    prediction.status = status;
    prediction.endedAt = scheduler.now;
    if (prediction.startedAt !== null) {
      prediction.metrics.predictSeconds = (scheduler.now - prediction.startedAt) / 1000;
    }
    scheduler.note(`prediction ${this.predictions.indexOf(prediction) + 1} ${status}`);
    if (scheduler.chance(mishaps.webhookLost)) return onOutcome("a webhook was lost");
    const times = scheduler.chance(mishaps.webhookTwice) ? 2 : 1;
    if (times === 2) onOutcome("a webhook came twice");
    for (let time = 0; time < times; time++) {
      const isLate = scheduler.chance(mishaps.webhookLate);
      if (isLate) onOutcome("a webhook came late");
      const delay = isLate ? scheduler.between(20, 120) * 1000 : scheduler.between(0, 1_500);
      this.webhooks++;
      scheduler.timer(this.process, () => {
        this.webhooks--;
        deliver(prediction, `msg-${prediction.id}`);
      }, delay);
    }
  }
}

function snapshot(
  { id, status, outputs, error, webhook, createdAt, metrics, streamUrl }: SimulatedPrediction,
): Prediction {
  return {
    id,
    status,
    outputs: outputs && [...outputs],
    error,
    webhook,
    createdAt,
    metrics: { ...metrics },
    streamUrl,
  };
}

function unavailable(): ProviderError {
  return new ProviderError("provider_unavailable", "No answer.", true, null, true);
}
