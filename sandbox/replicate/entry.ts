/** A new run, with its whole timetable. */
import { randomBytes } from "node:crypto";
import type { Store } from "../state/store.ts";
import { type CatalogueModel, wordsOf } from "./catalogue.ts";
import type { Directives } from "./directives.ts";
import { hash32 } from "./draw/random.ts";
import type { Entry } from "./prediction.ts";
import type { CreateBody } from "./validate.ts";
import type { Works } from "./works/mod.ts";

export interface NewRun {
  model: CatalogueModel;
  /** `hidden` when an official model was called by name. */
  version: string;
  body: CreateBody;
  directives: Directives;
  cancelAfterMs: number | null;
}

export interface EntryOptions {
  origin: string;
  /** The sandbox's. */
  seed: string;
  works: Works;
  counters: Counters;
  now: () => number;
  speed: number;
}

const QUEUE_MS = 60;
const PREDICTION_TIMEOUT_MS = 30 * 60_000;
const TRAINING_TIMEOUT_MS = 24 * 60 * 60_000;

export function newEntry(options: EntryOptions, { model, version, body, directives, cancelAfterMs }: NewRun): Entry {
  const { origin, works, counters, now, speed } = options;
  const { kind } = model;
  const { input } = body;
  const at = now();
  const id = randomBytes(13).toString("hex");
  const folder = randomBytes(24).toString("base64url");
  const words = wordsOf(kind, input);
  const fails = directives.flaky > 0 && counters.next(`flaky ${words}`) <= directives.flaky;
  const outcome = fails ? "fail" : directives.outcome;
  const deadlineAt = at + (cancelAfterMs ?? (kind === "training" ? TRAINING_TIMEOUT_MS : PREDICTION_TIMEOUT_MS));
  // Each run of a prompt makes something else, yet one with the same sandbox seed makes the same things.
  const nth = counters.next(`drawn ${words}`);
  const seed = typeof input.seed === "number" ? input.seed : hash32(`${options.seed} ${nth} ${words}`);
  const url = `${origin}/replicate/v1/${kind === "training" ? "trainings" : "predictions"}/${id}`;
  const prediction: Entry["prediction"] = {
    id,
    model: `${model.owner}/${model.name}`,
    version,
    input,
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
      get: url,
      cancel: `${url}/cancel`,
      web: `https://replicate.com/p/${id}`,
      ...(kind === "text" ? { stream: `${origin}/replicate/stream/${folder}` } : {}),
    },
    metrics: {},
  };
  const startsAt = at + QUEUE_MS / speed;
  const usual = works[kind].runMs({ prediction, seed });
  const runMs = (directives.slowSeconds === null ? usual : directives.slowSeconds * 1000) / speed;
  return {
    kind,
    prediction,
    style: model.style,
    answersList: model.output === "list",
    outcome,
    webhooks: directives.webhooks,
    seed,
    folder,
    badOutput: directives.badOutput,
    destination: body.destination ?? null,
    startsAt,
    runMs,
    endsAt: outcome === "hang" ? null : startsAt + runMs,
    deadlineAt,
    toldAt: null,
    told: 0,
    charge: null,
  };
}

/** How many times something has now happened, over restarts too. */
export interface Counters {
  next(name: string): number;
}

const KEPT = 2_000;

export function createCounters(store: Store): Counters {
  const counters = store.collection<number>("prediction_counters");
  return {
    next(name) {
      const value = (counters.get(name) ?? 0) + 1;
      counters.put(name, value);
      counters.trim(KEPT);
      return value;
    },
  };
}

const iso = (ms: number) => new Date(ms).toISOString();
