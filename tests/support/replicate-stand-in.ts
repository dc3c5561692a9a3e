/** A Replicate stand-in served over HTTP, the real client pointed at it, and a receiver of its webhooks. */
import assert from "node:assert/strict";
import Replicate, { type Prediction } from "replicate";
import { Webhook } from "standardwebhooks";
import { createDeliveries } from "../../sandbox/faults/delivery.ts";
import { createFaults } from "../../sandbox/faults/mod.ts";
import { createReplicate, type ReplicateOptions } from "../../sandbox/replicate/mod.ts";
import { openStore } from "../../sandbox/state/store.ts";

export const token = "r8_contract_0123456789";
export const webhookSecret = `whsec_${btoa("a secret of twenty-four b")}`;

export interface Received {
  body: string;
  headers: Record<string, string>;
  prediction: Prediction;
}

/** Listens for webhooks; `answer` decides the status, 200 without it. */
export function receiveWebhooks(answer: (nth: number) => number = () => 200) {
  const received: Received[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const body = await request.text();
    received.push({ body, headers: Object.fromEntries(request.headers), prediction: JSON.parse(body) });
    return new Response(null, { status: answer(received.length) });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/webhook`,
    received,
    statuses: () => received.map(({ prediction }) => prediction.status),
    close: () => server.shutdown(),
  };
}

/** What the receiver's library says: the payload, or that it refuses. */
export function verdict({ body, headers }: Pick<Received, "body" | "headers">, secret = webhookSecret) {
  try {
    new Webhook(secret).verify(body, headers);
    return "accepted";
  } catch {
    return "refused";
  }
}

export interface StandInOptions extends Partial<ReplicateOptions> {
  /** Where its state is kept; in memory without it. */
  path?: string;
  /** A port to be found again after a restart. */
  port?: number;
  /** Its clock stands still until it is moved. */
  held?: boolean;
}

export function startReplicate({ path, port, held, ...options }: StandInOptions = {}) {
  const store = openStore(path ?? ":memory:");
  let ahead = 0;
  const began = Date.now();
  const faults = createFaults("contract");
  const deliveries = createDeliveries({ store, faults, retryMs: 20, gatherMs: 150 });
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: port ?? 0,
    onListen() {},
    // A connection cut on purpose is no news.
    onError: () => new Response(null, { status: 500 }),
  }, async (request) => {
    return await standIn.fetch(request) ?? new Response("not Replicate's", { status: 404 });
  });
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const standIn = createReplicate({
    baseUrl: origin,
    token,
    webhookSecret,
    store,
    deliveries,
    seed: "contract",
    speed: 5,
    clock: { now: () => (held ? began : Date.now()) + ahead },
    ...options,
  });
  deliveries.resume();

  return {
    origin,
    port: server.addr.port,
    faults,
    state: standIn.state,
    charges: standIn.charges,
    /** Moves its clock forward. */
    tick: (ms: number) => void (ahead += ms),
    client: (auth = token) => new Replicate({ auth, baseUrl: `${origin}/replicate/v1`, useFileOutput: false }),
    /** A request the client would not make, or whose answer it would not show. */
    raw: (route: string, init: RequestInit & { json?: unknown } = {}) =>
      fetch(`${origin}/replicate/v1${route}`, {
        ...init,
        ...(init.json === undefined ? {} : { method: "POST", body: JSON.stringify(init.json) }),
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json", ...init.headers },
      }),
    async close() {
      standIn.close();
      await deliveries.close();
      await server.shutdown();
      store.close();
    },
  };
}

/** Asks until the prediction has ended; the client's own `wait` never sees `aborted`. */
export async function ended(client: Replicate, id: string): Promise<Prediction> {
  for (const end = Date.now() + 30_000; Date.now() < end;) {
    const prediction = await client.predictions.get(id);
    if (prediction.completed_at) return prediction;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`prediction ${id} never ended`);
}

export const model = "bytedance/seedream-4.5";

export interface Scene {
  replicate: ReturnType<typeof startReplicate>;
  client: Replicate;
}

/** A test told with a stand-in of its own. */
export function story(name: string, tell: (scene: Scene) => Promise<void>, options: StandInOptions = {}) {
  Deno.test(`replicate stand-in: ${name}`, async () => {
    const replicate = startReplicate(options);
    try {
      await tell({ replicate, client: replicate.client() });
    } finally {
      await replicate.close();
    }
  });
}

/** Status and body of a refusal, as plain values. */
export async function refusal(answer: Promise<Response>) {
  const response = await answer;
  const body = await response.json();
  assert.equal(body.status, response.status);
  return { status: response.status, title: body.title as string, detail: body.detail as string, body };
}

/** One model of each kind, and input that it takes. */
export const kinds = {
  image: { model: "bytedance/seedream-4.5", output: "list" },
  "image, one": { model: "google/gemini-2.5-flash-image", output: "single" },
  video: { model: "bytedance/seedance-1.5-pro", output: "single" },
  text: { model: "google/gemini-2.5-flash", output: "list" },
} as const;

export const trainer = {
  owner: "ostris",
  name: "flux-dev-lora-trainer",
  version: "b6af14222e6bd9be257cbc1ea4afda3cd0503e1133083b9d1de0364d8568e6ef",
  account: "kredo-sandbox",
  /** The smallest that passes for a zip of pictures. */
  zip: `data:application/zip;base64,${btoa("PK\x03\x04 a picture")}`,
};

/** Makes a model to be trained; the name to train it by. */
export async function destination(client: Replicate, name: string): Promise<`${string}/${string}`> {
  await client.models.create(trainer.account, name, { visibility: "private", hardware: "gpu-h100" });
  return `${trainer.account}/${name}`;
}

export function train(
  client: Replicate,
  where: `${string}/${string}`,
  input: Record<string, unknown> = {},
  options: { webhook?: string; webhook_events_filter?: ("start" | "output" | "logs" | "completed")[] } = {},
) {
  return client.trainings.create(trainer.owner, trainer.name, trainer.version, {
    destination: where,
    input: { input_images: trainer.zip, ...input },
    ...options,
  });
}

/** Asks until the training has ended. */
export async function trained(client: Replicate, id: string) {
  for (const end = Date.now() + 30_000; Date.now() < end;) {
    const training = await client.trainings.get(id);
    if (training.completed_at) return training;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`training ${id} never ended`);
}
