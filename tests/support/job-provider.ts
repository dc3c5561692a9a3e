/**
 * The provider and the storage of workers that are broken on purpose: the Replicate stand-in and a shelf of objects on one
 * server, which can hold a call before it is done, or its answer.
 */
import { createDeliveries } from "../../sandbox/faults/delivery.ts";
import { createFaults } from "../../sandbox/faults/mod.ts";
import { createReplicate, type Replicate } from "../../sandbox/replicate/mod.ts";
import { openStore } from "../../sandbox/state/store.ts";
import { type HeldPoint, type Hold, newHold, type When } from "./holds.ts";
import { png } from "./images.ts";

export type CallName = "create" | "download" | "upload";

export const TOKEN = "r8_of_the_test_0123456789";
export const SECRET_KEY = "sb_secret_of_the_test";
const WEBHOOK_SECRET = `whsec_${btoa("a secret of twenty-four b")}`;

export interface JobProvider {
  origin: string;
  /** Holds the calls of this kind. */
  hold(call: CallName, when: When): Hold;
  /** The predictions it has made, by the attempt that asked for them. */
  created: Map<string, string[]>;
  /** Objects that were stored, by path. */
  stored: Map<string, number>;
  /** What it bills for all that have ended. */
  charges: Replicate["charges"];
  /** Predictions under way. */
  live(): number;
  /** The most calls of this kind there ever were at once. */
  atOnce(call: CallName): number;
  close(): Promise<void>;
}

/** Told of the end of a prediction; its answer is the webhook's. */
export type OnWebhook = (request: Request) => Promise<Response>;

const PICTURE = png(64, 64);

const ignored: OnWebhook = () => Promise.resolve(new Response());

export function startJobProvider({ onWebhook = ignored }: { onWebhook?: OnWebhook } = {}): JobProvider {
  const holds = new Map<CallName, HeldPoint & { when: When }>();
  const created = new Map<string, string[]>();
  const stored = new Map<string, number>();
  const busy = new Map<CallName, { now: number; most: number }>();
  const store = openStore(":memory:");
  const deliveries = createDeliveries({ store, faults: createFaults("jobs"), retryMs: 200 });
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen() {},
    onError: () => new Response(null, { status: 500 }),
  }, answer);
  const origin = `http://127.0.0.1:${server.addr.port}`;
  const replicate = createReplicate({
    baseUrl: origin,
    token: TOKEN,
    webhookSecret: WEBHOOK_SECRET,
    store,
    deliveries,
    seed: "jobs",
    speed: 5,
    createsPerMinute: 1_000_000,
    requestsPerMinute: 1_000_000,
  });
  deliveries.resume();

  async function answer(request: Request): Promise<Response> {
    const call = callOf(request);
    if (!call) return await route(request);
    const counted = busy.get(call) ?? { now: 0, most: 0 };
    busy.set(call, counted);
    counted.most = Math.max(counted.most, ++counted.now);
    try {
      const held = holds.get(call);
      const at = (when: When) => held?.closed() && held.when === when ? held.wait() : true;
      if (!await at("before")) return new Response(null, { status: 503 });
      const answered = await route(request, call);
      if (!await at("after")) return new Response(null, { status: 503 });
      return answered;
    } finally {
      counted.now--;
    }
  }

  async function route(request: Request, call?: CallName): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/functions/v1/replicate-webhook") return await onWebhook(request);
    if (pathname.startsWith("/storage/v1/object/outputs")) return await keep(request, pathname);
    const answered = await replicate.fetch(request) ?? new Response(null, { status: 404 });
    if (call === "download" && answered.ok) {
      // Small, so that no time goes into thumbnails.
      await answered.body?.cancel();
      return new Response(PICTURE, { headers: { "content-type": "image/png" } });
    }
    if (call === "create" && answered.status === 201) {
      const { id, webhook } = await answered.clone().json();
      const attempt = new URL(webhook).searchParams.get("attempt")!;
      created.set(attempt, [...created.get(attempt) ?? [], id]);
    }
    return answered;
  }

  async function keep(request: Request, pathname: string): Promise<Response> {
    if (request.headers.get("authorization") !== `Bearer ${SECRET_KEY}`) return new Response(null, { status: 403 });
    const path = decodeURIComponent(pathname.slice("/storage/v1/object/outputs/".length));
    if (request.method === "POST" && path) {
      stored.set(path, (await request.bytes()).length);
      return Response.json({ Id: path, Key: `outputs/${path}` });
    }
    if (request.method === "DELETE") {
      const { prefixes } = await request.json() as { prefixes: string[] };
      for (const prefix of prefixes) stored.delete(prefix);
      return Response.json([]);
    }
    return new Response(null, { status: 405 });
  }

  return {
    origin,
    created,
    stored,
    charges: () => replicate.charges(),
    live: () => replicate.state().live,
    atOnce: (call) => busy.get(call)?.most ?? 0,
    hold(call, when) {
      holds.get(call)?.drop();
      const point = { ...newHold(), when };
      holds.set(call, point);
      return point;
    },
    async close() {
      for (const point of holds.values()) point.drop();
      replicate.close();
      await deliveries.close();
      await server.shutdown();
      store.close();
    },
  };
}

function callOf({ method, url }: Request): CallName | null {
  const { pathname } = new URL(url);
  if (method === "POST" && /^\/replicate\/v1\/(models\/.+\/)?predictions$/.test(pathname)) return "create";
  if (method === "GET" && pathname.startsWith("/replicate/files/")) return "download";
  return method === "POST" && pathname.startsWith("/storage/v1/object/outputs/") ? "upload" : null;
}
