/**
 * A strict stand-in for Replicate: image predictions over the same HTTP interface, with signed webhooks and real PNG
 * outputs. It refuses what Replicate refuses, because a forgiving stand-in hides bugs. How to make it misbehave: README.md.
 */
import { timingSafeEqual } from "node:crypto";
import type { Deliveries } from "../faults/delivery.ts";
import type { Store } from "../state/store.ts";
import { findModel, modelJson } from "./catalogue.ts";
import { readDirectives } from "./directives.ts";
import { createLimiter } from "./limits.ts";
import type { Prediction } from "./prediction.ts";
import { createPredictions } from "./predictions.ts";
import { invalid, type InvalidField, notFound, problem, throttled } from "./problems.ts";
import { createStudio } from "./studio.ts";
import { checkBody, checkInput, type CreateBody, readCancelAfter, readPreferWait } from "./validate.ts";
import { signer } from "./webhooks.ts";

export interface ReplicateOptions {
  /** The origin this is mounted at, e.g. `http://127.0.0.1:54324`; the API lies under `/replicate/v1`. */
  baseUrl: string;
  token: string;
  /** `whsec_` and base64. */
  webhookSecret: string;
  store: Store;
  deliveries: Deliveries;
  /** Decides what pictures come out when the client names no seed. */
  seed: string;
  clock?: { now(): number };
  /** 2 lets everything take half as long. */
  speed?: number;
  createsPerMinute?: number;
  requestsPerMinute?: number;
}

export interface Replicate {
  /** null for a path that is not under `/replicate/`. */
  fetch(request: Request): Promise<Response | null>;
  /** What the console shows; predictions newest first. */
  state(): { live: number; predictions: Prediction[] };
  close(): void;
}

const PAGE = 100;

export function createReplicate(options: ReplicateOptions): Replicate {
  const { token, webhookSecret, store, deliveries, seed } = options;
  const { createsPerMinute = 600, requestsPerMinute = 3000, speed = 1 } = options;
  const origin = new URL(options.baseUrl).origin;
  const now = () => (options.clock ?? Date).now();
  const studio = createStudio();
  const creates = createLimiter(createsPerMinute, now);
  const others = createLimiter(requestsPerMinute, now);
  const closing = new AbortController();

  deliveries.signWith("replicate", signer(webhookSecret));
  const predictions = createPredictions({ origin, store, deliveries, studio, seed, now, speed });

  async function api(request: Request, url: URL): Promise<Response> {
    const path = url.pathname.slice("/replicate/v1".length);
    const refused = authenticate(request);
    if (refused) return refused;
    const segments = path.split("/").filter(Boolean).map(decodeURIComponent);
    const creating = request.method === "POST" && segments.at(-1) === "predictions";
    const wait = (creating ? creates : others).take();
    if (wait > 0) return throttled(wait, creating ? createsPerMinute : requestsPerMinute);
    const route = `${request.method} ${shape(segments)}`;
    switch (route) {
      case "GET account":
        return Response.json({
          type: "organization",
          username: "kredo-sandbox",
          name: "Kredo sandbox",
          github_url: null,
        });
      case "GET webhooks/default/secret":
        return Response.json({ key: webhookSecret });
      case "GET models/*/*": {
        const model = findModel(`${segments[1]}/${segments[2]}`);
        return model ? Response.json(modelJson(model)) : notFound();
      }
      case "POST models/*/*/predictions":
        return await create(request, `${segments[1]}/${segments[2]}`);
      case "POST predictions":
        return await create(request, null);
      case "GET predictions":
        return list(url);
      case "GET predictions/*":
        return answer(predictions.get(segments[1]));
      case "POST predictions/*/cancel":
        return answer(predictions.cancel(segments[1]));
      default:
        return KNOWN.has(shape(segments))
          ? problem(405, "Method not allowed", `Method "${request.method}" not allowed.`)
          : notFound();
    }
  }

  function authenticate(request: Request): Response | null {
    const header = request.headers.get("authorization");
    if (header === null) {
      return problem(401, "Unauthenticated", "You did not pass an authentication token");
    }
    const given = header.match(/^(?:Bearer|Token) (.+)$/i)?.[1] ?? "";
    return same(given, token) ? null : problem(401, "Unauthenticated", "You did not pass a valid authentication token");
  }

  async function create(request: Request, name: string | null): Promise<Response> {
    const byName = name === null ? undefined : findModel(name);
    if (name !== null && !byName) return notFound();
    let json: unknown;
    try {
      json = await request.json();
    } catch {
      return problem(400, "Bad request", "The request body is not valid JSON.");
    }
    const wrongBody = checkBody(json, name === null);
    if (wrongBody.length > 0) return invalid(wrongBody);
    const body = json as CreateBody;
    const model = byName ?? findModel(body.version!);
    if (!model) {
      return problem(
        422,
        "Invalid version or not permitted",
        "The specified version does not exist (or perhaps you don't have permission to use it?)",
      );
    }
    const wrong: InvalidField[] = checkInput(model, body.input);
    if (wrong.length > 0) return invalid(wrong);
    const header = request.headers.get("cancel-after");
    const cancelAfterMs = header === null ? null : readCancelAfter(header);
    if (header !== null && cancelAfterMs === null) {
      return problem(
        422,
        "Invalid Cancel-After",
        "Cancel-After must be a duration of at least 5 seconds, such as 30s or 1m30s.",
      );
    }

    const prompt = String(body.input.prompt);
    const directives = readDirectives(prompt);
    if (directives.http === "none") return await never(closing.signal);
    if (directives.http) {
      const { status, times } = directives.http;
      if (predictions.count(`http ${status} ${prompt}`) <= times) return misbehave(status);
    }
    const version = name === null ? model.version : "hidden";
    const created = predictions.create({ model, version, body, directives, cancelAfterMs });
    if (directives.orphan) return cut();
    const waitMs = readPreferWait(request.headers.get("prefer"));
    if (waitMs === 0) return Response.json(created, { status: 201 });
    await predictions.wait(created.id, waitMs, closing.signal);
    return Response.json(predictions.get(created.id), {
      status: 201,
      headers: { "preference-applied": `wait=${waitMs / 1000}` },
    });
  }

  function misbehave(status: number): Response {
    if (status === 429) return throttled(1, createsPerMinute);
    if (status === 422) {
      return invalid([{
        type: "invalid_input",
        field: "input.prompt",
        description: "The prompt was rejected by the model",
      }]);
    }
    return status >= 500
      ? problem(status, "Internal server error", "An unexpected error occurred on our side.")
      : problem(status, "Refused", "The request was refused.");
  }

  function list(url: URL): Response {
    const cursor = url.searchParams.get("cursor") ?? undefined;
    const after = cursor === undefined ? undefined : readCursor(cursor);
    if (after === null) return problem(400, "Bad request", "Invalid cursor.");
    const found = predictions.list(PAGE + 1, after);
    const results = found.slice(0, PAGE);
    const next = found.length > PAGE
      ? `${origin}/replicate/v1/predictions?cursor=${btoa(`p=${results.at(-1)!.id}`)}`
      : null;
    return Response.json({ previous: null, next, results });
  }

  async function file(request: Request, url: URL): Promise<Response> {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return problem(405, "Method not allowed", `Method "${request.method}" not allowed.`);
    }
    const match = url.pathname.match(/^\/replicate\/files\/([\w-]+)\/out-(\d+)\.png$/);
    const entry = match && predictions.inFolder(match[1]);
    const png = entry && (await studio.draw(entry))[Number(match[2])];
    if (!png) return notFound();
    return new Response(request.method === "HEAD" ? null : png, {
      headers: {
        "content-type": "image/png",
        "content-length": String(png.length),
        "cache-control": "private, max-age=3600",
      },
    });
  }

  return {
    async fetch(request) {
      const url = new URL(request.url);
      if (url.pathname.startsWith("/replicate/files/")) return await file(request, url);
      if (url.pathname.startsWith("/replicate/v1/")) return await api(request, url);
      return url.pathname.startsWith("/replicate/") ? notFound() : null;
    },
    state: () => ({ live: predictions.liveCount(), predictions: predictions.list(50) }),
    close() {
      closing.abort();
      predictions.close();
      studio.close();
    },
  };
}

// `predictions/abc/cancel` becomes `predictions/*/cancel`: what is a name becomes a star.
function shape(segments: string[]): string {
  const named = segments[0] === "models" ? [1, 2] : segments[0] === "predictions" ? [1] : [];
  return segments.map((segment, index) => named.includes(index) ? "*" : segment).join("/");
}

const KNOWN = new Set([
  "account",
  "webhooks/default/secret",
  "models/*/*",
  "models/*/*/predictions",
  "predictions",
  "predictions/*",
  "predictions/*/cancel",
]);

function answer(prediction: Prediction | undefined): Response {
  return prediction ? Response.json(prediction) : notFound();
}

/** Longer than any client waits. */
const NEVER_MS = 15 * 60_000;

/** Leaves the client without an answer. */
async function never(closing: AbortSignal): Promise<Response> {
  await new Promise<void>((resolve) => {
    const limit = setTimeout(resolve, NEVER_MS);
    closing.addEventListener("abort", () => {
      clearTimeout(limit);
      resolve();
    }, { once: true });
  });
  return problem(503, "Service unavailable", "The request was given up.");
}

/** A response that breaks off: the client cannot tell whether its prediction was created. */
function cut(): Response {
  const body = new ReadableStream({
    start: (controller) => controller.error(new Error("connection cut by [orphan]")),
  });
  return new Response(body, { status: 201, headers: { "content-type": "application/json" } });
}

function readCursor(cursor: string): string | null {
  try {
    return atob(cursor).match(/^p=(.+)$/)?.[1] ?? null;
  } catch {
    return null;
  }
}

function same(given: string, expected: string): boolean {
  const [a, b] = [given, expected].map((text) => new TextEncoder().encode(text));
  return a.length === b.length && timingSafeEqual(a, b);
}
