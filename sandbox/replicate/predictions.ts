/**
 * The life of predictions: starting → processing → succeeded | failed | canceled, or aborted before it ran.
 *
 * Each prediction is given its whole timetable when it is created, and what is due by the clock is applied on a timer and
 * before every request. So a restart resumes where the timetable says, and a test may move the clock.
 */
import { randomBytes } from "node:crypto";
import type { Deliveries } from "../faults/delivery.ts";
import type { Store } from "../state/store.ts";
import type { CatalogueModel } from "./catalogue.ts";
import type { Directives } from "./directives.ts";
import type { Entry, Prediction, Status } from "./prediction.ts";
import { hash32 } from "./draw/random.ts";
import { answersList, pictureCount, pictureSize, type Studio } from "./studio.ts";
import type { CreateBody, WebhookEvent } from "./validate.ts";
import { announce } from "./webhooks.ts";

export interface PredictionsOptions {
  origin: string;
  store: Store;
  deliveries: Deliveries;
  studio: Studio;
  seed: string;
  now: () => number;
  speed: number;
}

export interface NewPrediction {
  model: CatalogueModel;
  /** `hidden` when an official model was called by name. */
  version: string;
  body: CreateBody;
  directives: Directives;
  cancelAfterMs: number | null;
}

const QUEUE_MS = 60;
const RUN_MS = 290;
const TIMEOUT_MS = 30 * 60_000;
/** Inputs, outputs and logs of API predictions are deleted an hour after they end. */
const RETENTION_MS = 60 * 60_000;
const KEPT = 2_000;
const LONGEST_TIMER_MS = 30_000;

const CRASHED = "Prediction failed: the model crashed while generating. (E9828)";
const UNDRAWABLE = "Prediction failed: the picture could not be drawn. (E9828)";
const SENSITIVE = "The input or output was flagged as sensitive. Please try again with different inputs. (E005)";

export type Predictions = ReturnType<typeof createPredictions>;

export function createPredictions(options: PredictionsOptions) {
  const { origin, store, deliveries, studio, now, speed } = options;
  const entries = store.collection<Entry>("predictions");
  const counters = store.collection<number>("prediction_counters");
  const live = new Map<string, Entry>();
  const developing = new Set<string>();
  const waiting = new Map<string, Set<() => void>>();
  const folders = new Map<string, string>();
  /** Ended predictions whose data is still there, by the moment it goes; in the order they ended. */
  const retained: { id: string; until: number }[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  for (const entry of entries.list().reverse()) remember(entry);
  tick();

  function remember(entry: Entry) {
    const { id, completed_at, data_removed } = entry.prediction;
    if (data_removed) return;
    folders.set(entry.folder, id);
    if (completed_at === null) live.set(id, entry);
    else retained.push({ id, until: Date.parse(completed_at) + RETENTION_MS });
  }

  function create({ model, version, body, directives, cancelAfterMs }: NewPrediction): Prediction {
    const at = now();
    const id = randomBytes(13).toString("hex");
    const prompt = String(body.input.prompt);
    const fails = directives.flaky > 0 && count(`flaky ${prompt}`) <= directives.flaky;
    const outcome = fails ? "fail" : directives.outcome;
    const startsAt = at + QUEUE_MS / speed;
    const runMs = directives.slowSeconds === null ? RUN_MS : directives.slowSeconds * 1000;
    const deadlineAt = at + (cancelAfterMs ?? TIMEOUT_MS);
    const entry: Entry = {
      prediction: {
        id,
        model: `${model.owner}/${model.name}`,
        version,
        input: body.input,
        output: null,
        logs: "",
        error: null,
        status: "starting",
        created_at: iso(at),
        started_at: null,
        completed_at: null,
        ...(cancelAfterMs === null ? {} : { deadline: iso(deadlineAt) }),
        data_removed: false,
        source: "api",
        ...(body.webhook === undefined ? {} : {
          webhook: body.webhook,
          webhook_events_filter: body.webhook_events_filter ?? ["output", "completed"],
        }),
        urls: {
          get: `${origin}/replicate/v1/predictions/${id}`,
          cancel: `${origin}/replicate/v1/predictions/${id}/cancel`,
          web: `https://replicate.com/p/${id}`,
        },
        metrics: {},
      },
      outcome,
      webhooks: directives.webhooks,
      seed: seedFor(prompt),
      folder: randomBytes(24).toString("base64url"),
      badOutput: directives.badOutput,
      startsAt,
      endsAt: outcome === "hang" ? null : startsAt + runMs / speed,
      deadlineAt,
    };
    entries.put(id, entry);
    entries.trim(KEPT);
    remember(entry);
    schedule();
    return entry.prediction;
  }

  /** Each prediction of a prompt draws another picture, yet a run with the same sandbox seed draws the same ones. */
  function seedFor(prompt: string): number {
    return hash32(`${options.seed} ${count(`drawn ${prompt}`)} ${prompt}`);
  }

  /** How many times something has now happened, over restarts too. */
  function count(name: string): number {
    const value = (counters.get(name) ?? 0) + 1;
    counters.put(name, value);
    counters.trim(KEPT);
    return value;
  }

  /** Applies everything that is due. */
  function tick() {
    if (closed) return;
    const at = now();
    for (const entry of [...live.values()]) advance(entry, at);
    while (retained.length > 0 && retained[0].until <= at) removeData(retained.shift()!.id);
    schedule();
  }

  function schedule() {
    clearTimeout(timer);
    if (closed || live.size === 0) return;
    const next = Math.min(...[...live.values()].map(nextMoment));
    timer = setTimeout(tick, Math.min(LONGEST_TIMER_MS, Math.max(0, next - now())));
  }

  function nextMoment({ prediction, startsAt, endsAt, deadlineAt }: Entry): number {
    if (developing.has(prediction.id)) return deadlineAt;
    return Math.min(deadlineAt, prediction.status === "starting" ? startsAt : endsAt ?? Infinity);
  }

  function advance(entry: Entry, at: number) {
    const { prediction, startsAt, endsAt, deadlineAt } = entry;
    if (prediction.status === "starting") {
      if (at < Math.min(startsAt, deadlineAt)) return;
      if (entry.outcome === "abort" || deadlineAt <= startsAt) {
        return end(entry, "aborted", Math.min(startsAt, deadlineAt));
      }
      prediction.status = "processing";
      prediction.started_at = iso(startsAt);
      prediction.logs = `Using seed: ${entry.seed}\n`;
      change(entry, "start");
      // A crash of the drawing thread is met where its pictures are awaited.
      if (entry.outcome === "succeed") studio.draw(entry).catch(() => {});
    }
    const runsOut = endsAt === null || endsAt > deadlineAt;
    if (runsOut && at >= deadlineAt) end(entry, "canceled", deadlineAt);
    if (!runsOut && at >= endsAt) finish(entry, endsAt);
  }

  function finish(entry: Entry, at: number) {
    if (entry.outcome === "fail") end(entry, "failed", at, CRASHED);
    else if (entry.outcome === "nsfw") end(entry, "failed", at, SENSITIVE);
    else if (!developing.has(entry.prediction.id)) void develop(entry);
  }

  /** Succeeds once the pictures are drawn, unless it was canceled meanwhile. */
  async function develop(entry: Entry) {
    const { prediction } = entry;
    developing.add(prediction.id);
    const drawn = await studio.draw(entry).then(() => true, () => false);
    developing.delete(prediction.id);
    if (closed || prediction.status !== "processing") return;
    if (!drawn) return end(entry, "failed", now(), UNDRAWABLE);
    const { width, height } = pictureSize(prediction.input);
    const total = pictureCount(prediction.input);
    const urls = Array.from({ length: total }, (_, position) => pictureUrl(entry, position));
    prediction.logs += `Generated ${total} of ${total}, ${width}x${height}\n`;
    change(entry, "logs");
    prediction.output = answersList(prediction) ? urls : urls[0];
    change(entry, "output");
    end(entry, "succeeded", Math.max(entry.endsAt!, now()));
  }

  function pictureUrl({ badOutput, folder }: Entry, position: number): string {
    return `${origin}/replicate/files/${folder}/${badOutput ? "gone" : "out"}-${position}.png`;
  }

  function end(entry: Entry, status: Status, at: number, error: string | null = null) {
    const { prediction } = entry;
    const { id, created_at, started_at } = prediction;
    prediction.status = status;
    prediction.error = error;
    prediction.completed_at = iso(at);
    prediction.metrics = {
      ...(started_at === null ? {} : { predict_time: secondsBetween(started_at, at) }),
      total_time: secondsBetween(created_at, at),
    };
    live.delete(id);
    retained.push({ id, until: at + RETENTION_MS });
    change(entry, "completed");
    for (const wake of waiting.get(id) ?? []) wake();
    waiting.delete(id);
  }

  /** Stores the new state together with the news of it. */
  function change(entry: Entry, event: WebhookEvent) {
    store.transaction(() => {
      entries.put(entry.prediction.id, entry);
      announce(deliveries, entry, event);
    });
  }

  function removeData(id: string) {
    const entry = entries.get(id);
    if (!entry) return;
    entry.prediction = { ...entry.prediction, input: {}, output: null, logs: "", data_removed: true };
    entries.put(id, entry);
    folders.delete(entry.folder);
    studio.forget(id);
  }

  return {
    create,
    count,
    get(id: string): Prediction | undefined {
      tick();
      return (live.get(id) ?? entries.get(id))?.prediction;
    },
    /** Newest first, at most `limit`, only those created before `after`. */
    list(limit: number, after?: string): Prediction[] {
      tick();
      return entries.list({ limit, after }).map(({ prediction }) => prediction);
    },
    /** Ends a live prediction; one that already ended stays as it is. */
    cancel(id: string): Prediction | undefined {
      tick();
      const entry = live.get(id);
      if (entry) end(entry, "canceled", now());
      return (entry ?? entries.get(id))?.prediction;
    },
    /** Resolves when the prediction has ended, the time is up or the signal says so. */
    async wait(id: string, ms: number, signal: AbortSignal): Promise<void> {
      if (!live.has(id) || signal.aborted) return;
      await new Promise<void>((resolve) => {
        const wakes = waiting.get(id) ?? new Set();
        const done = () => {
          clearTimeout(limit);
          wakes.delete(done);
          resolve();
        };
        const limit = setTimeout(done, ms);
        signal.addEventListener("abort", done, { once: true });
        waiting.set(id, wakes.add(done));
      });
    },
    /** The prediction whose pictures lie in this folder, for as long as they are kept. */
    inFolder(folder: string): Entry | undefined {
      tick();
      const id = folders.get(folder);
      const entry = id === undefined ? undefined : entries.get(id);
      return entry?.prediction.status === "succeeded" ? entry : undefined;
    },
    liveCount: () => live.size,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

const iso = (ms: number) => new Date(ms).toISOString();

const secondsBetween = (from: string, to: number) => Math.max(0, Math.round(to - Date.parse(from)) / 1000);
