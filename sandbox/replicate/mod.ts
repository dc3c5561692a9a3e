/**
 * A strict stand-in for Replicate: predictions that paint, film and write, and trainings, over the same HTTP interface, with
 * signed webhooks and real outputs. It refuses what Replicate refuses, because a forgiving stand-in hides bugs. How to make
 * it misbehave: README.md.
 */
import type { Deliveries } from "../faults/delivery.ts";
import type { Store } from "../state/store.ts";
import { createAccountModels } from "./account-models.ts";
import { createApi } from "./api.ts";
import { createCreation } from "./create.ts";
import { createCounters } from "./entry.ts";
import type { Charge, Entry, Prediction } from "./prediction.ts";
import { notFound, problem } from "./problems.ts";
import { createRuns } from "./runs.ts";
import { streamOf } from "./stream.ts";
import { createStudio } from "./studio.ts";
import { signer } from "./webhooks.ts";
import { createWorks } from "./works/mod.ts";

export interface ReplicateOptions {
  /** The origin this is mounted at, e.g. `http://127.0.0.1:54324`; the API lies under `/replicate/v1`. */
  baseUrl: string;
  token: string;
  /** `whsec_` and base64. */
  webhookSecret: string;
  store: Store;
  deliveries: Deliveries;
  /** Decides what comes out when the client names no seed. */
  seed: string;
  clock?: { now(): number };
  /** 2 lets everything take half as long. */
  speed?: number;
  createsPerMinute?: number;
  requestsPerMinute?: number;
}

/** A prediction, and what Replicate would bill for it: null until it has ended. */
export type Billed = Prediction & { charge: Charge | null };

export interface Replicate {
  /** null for a path that is not under `/replicate/`. */
  fetch(request: Request): Promise<Response | null>;
  /** What the console shows; newest first. */
  state(): { live: number; predictions: Billed[]; trainings: Billed[] };
  /** What every prediction and then every training costs that is still known, each newest first. */
  charges(): ({ id: string; model: string; status: string } & Charge)[];
  /** Applies at once what is due, when the clock has moved. */
  catchUp(): void;
  close(): void;
}

const SHOWN = 50;

export function createReplicate(options: ReplicateOptions): Replicate {
  const { token, webhookSecret, store, deliveries, seed } = options;
  const { createsPerMinute = 600, requestsPerMinute = 3000, speed = 1 } = options;
  const origin = new URL(options.baseUrl).origin;
  const now = () => (options.clock ?? Date).now();
  const closing = new AbortController();

  deliveries.signWith("replicate", signer(webhookSecret));
  const studio = createStudio();
  const models = createAccountModels(store, now);
  const works = createWorks({ origin, studio, models });
  const shared = { store, deliveries, works, now, forget: studio.forget };
  const predictions = createRuns({ ...shared, collection: "replicate_predictions" });
  const trainings = createRuns({ ...shared, collection: "replicate_trainings" });
  const create = createCreation({
    origin,
    seed,
    works,
    counters: createCounters(store),
    now,
    speed,
    models,
    predictions,
    trainings,
    createsPerMinute,
    closing: closing.signal,
  });
  const api = createApi({
    origin,
    token,
    webhookSecret,
    now,
    createsPerMinute,
    requestsPerMinute,
    models,
    predictions,
    trainings,
    create,
  });

  async function file(request: Request, url: URL): Promise<Response> {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return problem(405, "Method not allowed", `Method "${request.method}" not allowed.`);
    }
    const [, folder, name] = url.pathname.match(/^\/replicate\/files\/([\w-]+)\/([\w.-]+)$/) ?? [];
    const entry = folder === undefined ? undefined : predictions.inFolder(folder) ?? trainings.inFolder(folder);
    const found = entry?.prediction.status === "succeeded" ? await works[entry.kind].file?.(entry, name) : undefined;
    if (!found) return notFound();
    return new Response(request.method === "HEAD" ? null : found.bytes, {
      headers: {
        "content-type": found.type,
        "content-length": String(found.bytes.length),
        "cache-control": "private, max-age=3600",
      },
    });
  }

  return {
    async fetch(request) {
      const url = new URL(request.url);
      const { pathname } = url;
      if (pathname.startsWith("/replicate/v1/")) return await api(request, url);
      if (pathname.startsWith("/replicate/files/")) return await file(request, url);
      const stream = pathname.match(/^\/replicate\/stream\/([\w-]+)$/);
      if (stream) return streamOf(request, predictions, stream[1], closing.signal);
      return pathname.startsWith("/replicate/") ? notFound() : null;
    },
    state: () => ({
      live: predictions.liveCount() + trainings.liveCount(),
      predictions: predictions.list(SHOWN).map(billed),
      trainings: trainings.list(SHOWN).map(billed),
    }),
    charges: () =>
      [...predictions.list(-1), ...trainings.list(-1)].flatMap(({ prediction: { id, model, status }, charge }) =>
        charge ? [{ id, model, status, ...charge }] : []
      ),
    catchUp() {
      predictions.tick();
      trainings.tick();
    },
    close() {
      closing.abort();
      predictions.close();
      trainings.close();
      studio.close();
    },
  };
}

const billed = ({ prediction, charge }: Entry): Billed => ({ ...prediction, charge });
