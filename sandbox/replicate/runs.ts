/**
 * The life of predictions, and of trainings, which live the same: starting → processing → succeeded | failed | canceled,
 * or aborted before it ran.
 *
 * Each run is given its whole timetable when it is created, and what is due by the clock is applied on a timer and
 * before every request. So a restart resumes where the timetable says, and a test may move the clock. What can be seen of a
 * run under way is a function of the time, and is stored only when somebody is told of it.
 */
import type { Deliveries } from "../faults/delivery.ts";
import type { Store } from "../state/store.ts";
import { chargeOf, metricsOf } from "./charge.ts";
import type { Entry, Prediction, Status } from "./prediction.ts";
import type { WebhookEvent } from "./validate.ts";
import { announce, NEWS_EVERY_MS, wants } from "./webhooks.ts";
import { RunFailure, type Works } from "./works/mod.ts";

export interface RunsOptions {
  /** Where they are kept. */
  collection: string;
  store: Store;
  deliveries: Deliveries;
  works: Works;
  now: () => number;
  /** Called when a run's inputs and outputs are deleted. */
  forget: (id: string) => void;
}

/** Inputs, outputs and logs of API predictions are deleted an hour after they end. */
const RETENTION_MS = 60 * 60_000;
const KEPT = 2_000;
const LONGEST_TIMER_MS = 30_000;
/** How far a run gets that does not end well. */
const HALF = 0.5;

const CRASHED = "Prediction failed: the model crashed while generating. (E9828)";
const UNDRAWABLE = "Prediction failed: the result could not be made. (E9828)";
const TRAINING_CRASHED = "Training failed: the trainer crashed. (E9828)";
const SENSITIVE = "The input or output was flagged as sensitive. Please try again with different inputs. (E005)";

export type Runs = ReturnType<typeof createRuns>;

export function createRuns({ collection, store, deliveries, works, now, forget }: RunsOptions) {
  const entries = store.collection<Entry>(collection);
  const live = new Map<string, Entry>();
  const finishing = new Set<string>();
  const waiting = new Map<string, Set<() => void>>();
  const folders = new Map<string, string>();
  /** Ended runs whose data is still there, by the moment it goes. */
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
    else retain(id, Date.parse(completed_at));
  }

  function retain(id: string, endedAt: number) {
    const until = endedAt + RETENTION_MS;
    const late = retained.findIndex((other) => other.until > until);
    retained.splice(late < 0 ? retained.length : late, 0, { id, until });
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

  function nextMoment(entry: Entry): number {
    const { prediction, startsAt, endsAt, deadlineAt } = entry;
    if (prediction.status === "starting") return Math.min(deadlineAt, startsAt);
    if (finishing.has(prediction.id)) return deadlineAt;
    return Math.min(deadlineAt, endsAt ?? Infinity, nextNews(entry));
  }

  /** While there may be more to see than was told, and somebody wants to hear of it. */
  function nextNews(entry: Entry): number {
    const { startsAt, runMs, toldAt } = entry;
    if (!wants(entry, "output") && !wants(entry, "logs")) return Infinity;
    const since = toldAt ?? startsAt;
    return since >= startsAt + runMs ? Infinity : since + NEWS_EVERY_MS;
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
      Object.assign(prediction, sight(entry, startsAt));
      change(entry, "start");
      if (entry.outcome === "succeed") works[entry.kind].begin?.(entry);
    }
    const runsOut = endsAt === null || endsAt > deadlineAt;
    if (runsOut && at >= deadlineAt) return end(entry, "canceled", deadlineAt);
    if (!runsOut && at >= endsAt) return finish(entry, endsAt);
    if (at >= nextNews(entry)) tell(entry, sight(entry, at), at);
  }

  function sight(entry: Entry, at: number) {
    const { kind, startsAt, runMs, outcome } = entry;
    const most = outcome === "succeed" ? 1 : outcome === "nsfw" ? 0 : HALF;
    return works[kind].sight(entry, Math.min(most, Math.max(0, at - startsAt) / runMs));
  }

  /** Stores what is to be seen now, and lets the webhook know of what changed unless it heard a moment ago. */
  function tell(entry: Entry, seen: Pick<Prediction, "output" | "logs">, at: number) {
    const { prediction, toldAt } = entry;
    const moreLogs = seen.logs !== prediction.logs;
    const moreOutput = JSON.stringify(seen.output) !== JSON.stringify(prediction.output);
    Object.assign(prediction, seen);
    if (toldAt !== null && at - toldAt < NEWS_EVERY_MS) return;
    entry.toldAt = at;
    entry.told++;
    if (moreLogs) change(entry, "logs");
    if (moreOutput) change(entry, "output");
  }

  function finish(entry: Entry, at: number) {
    const crash = entry.kind === "training" ? TRAINING_CRASHED : CRASHED;
    if (entry.outcome === "fail") end(entry, "failed", at, crash);
    else if (entry.outcome === "nsfw") end(entry, "failed", at, SENSITIVE);
    else if (!finishing.has(entry.prediction.id)) void conclude(entry);
  }

  /** Succeeds once its work is done, unless it was canceled meanwhile. */
  async function conclude(entry: Entry) {
    const { prediction, kind } = entry;
    finishing.add(prediction.id);
    const result = await works[kind].result(entry).catch((error: unknown) => error instanceof Error ? error : null);
    finishing.delete(prediction.id);
    if (closed || prediction.status !== "processing") return;
    if (result === null || result instanceof Error) {
      return end(entry, "failed", now(), result instanceof RunFailure ? result.message : UNDRAWABLE);
    }
    tell(entry, result, now());
    end(entry, "succeeded", Math.max(entry.endsAt!, now()));
  }

  function end(entry: Entry, status: Status, at: number, error: string | null = null) {
    const { prediction } = entry;
    const { id } = prediction;
    // What was written until it broke off stays.
    if (prediction.status === "processing" && status !== "succeeded") Object.assign(prediction, sight(entry, at));
    prediction.status = status;
    prediction.error = error;
    prediction.completed_at = iso(at);
    prediction.metrics = metricsOf(entry, at);
    entry.charge = chargeOf(entry);
    live.delete(id);
    retain(id, at);
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
    forget(id);
  }

  function find(id: string): Entry | undefined {
    return live.get(id) ?? entries.get(id);
  }

  /** As the API would answer it at this moment. */
  function present(entry: Entry): Prediction {
    const { prediction } = entry;
    return prediction.status === "processing" ? { ...prediction, ...sight(entry, now()) } : prediction;
  }

  return {
    add(entry: Entry): Prediction {
      entries.put(entry.prediction.id, entry);
      entries.trim(KEPT);
      remember(entry);
      schedule();
      return entry.prediction;
    },
    tick,
    get(id: string): Prediction | undefined {
      tick();
      const entry = find(id);
      return entry && present(entry);
    },
    /** Newest first, at most `limit`, only those created before `after`. */
    list(limit: number, after?: string): Entry[] {
      tick();
      return entries.list({ limit, after }).map((entry) => ({ ...entry, prediction: present(entry) }));
    },
    /** Ends a live run; one that already ended stays as it is. */
    cancel(id: string): Prediction | undefined {
      tick();
      const entry = live.get(id);
      if (entry) end(entry, "canceled", now());
      return find(id)?.prediction;
    },
    /** Resolves when the run has ended, the time is up or the signal says so. */
    async wait(id: string, ms: number, signal: AbortSignal): Promise<void> {
      if (!live.has(id) || signal.aborted) return;
      await new Promise<void>((resolve) => {
        const wakes = waiting.get(id) ?? new Set();
        const done = () => {
          clearTimeout(limit);
          wakes.delete(done);
          signal.removeEventListener("abort", done);
          resolve();
        };
        const limit = setTimeout(done, ms);
        signal.addEventListener("abort", done, { once: true });
        waiting.set(id, wakes.add(done));
      });
    },
    /** The run whose outputs and stream lie in this folder, for as long as they are kept. */
    inFolder(folder: string): Entry | undefined {
      tick();
      const id = folders.get(folder);
      return id === undefined ? undefined : find(id);
    },
    /** What is to be seen of a run that may be under way; cheap enough to be asked for all the time. */
    watch(id: string): Prediction | undefined {
      const entry = live.get(id);
      if (entry) advance(entry, now());
      const found = find(id);
      return found && present(found);
    },
    liveCount: () => live.size,
    close() {
      closed = true;
      clearTimeout(timer);
    },
  };
}

const iso = (ms: number) => new Date(ms).toISOString();
