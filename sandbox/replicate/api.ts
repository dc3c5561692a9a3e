/** The routes of Replicate's HTTP API, its authentication and its limits. */
import { timingSafeEqual } from "node:crypto";
import { ACCOUNT, type AccountModels, checkModel, HARDWARE, type ModelBody } from "./account-models.ts";
import type { createCreation } from "./create.ts";
import { createLimiter } from "./limits.ts";
import type { Prediction } from "./prediction.ts";
import { invalid, notFound, problem, throttled } from "./problems.ts";
import type { Runs } from "./runs.ts";

export interface ApiOptions {
  origin: string;
  token: string;
  webhookSecret: string;
  now: () => number;
  createsPerMinute: number;
  requestsPerMinute: number;
  models: AccountModels;
  predictions: Runs;
  trainings: Runs;
  create: ReturnType<typeof createCreation>;
}

const PAGE = 100;

export function createApi(options: ApiOptions): (request: Request, url: URL) => Promise<Response> {
  const { origin, token, webhookSecret, now, createsPerMinute, requestsPerMinute } = options;
  const { models, predictions, trainings, create } = options;
  const creates = createLimiter(createsPerMinute, now);
  const others = createLimiter(requestsPerMinute, now);

  async function answerTo(request: Request, url: URL): Promise<Response> {
    const refused = authenticate(request);
    if (refused) return refused;
    const segments = segmentsOf(url.pathname.slice("/replicate/v1".length));
    if (!segments) return notFound();
    const creating = request.method === "POST" && segments.at(-1) === "predictions";
    const wait = (creating ? creates : others).take();
    if (wait > 0) return throttled(wait, creating ? createsPerMinute : requestsPerMinute);
    const [, first, second, , version] = segments;
    const name = `${first}/${second}`;
    switch (`${request.method} ${shape(segments)}`) {
      case "GET account":
        return Response.json({ type: "organization", username: ACCOUNT, name: "Kredo sandbox", github_url: null });
      case "GET webhooks/default/secret":
        return Response.json({ key: webhookSecret });
      case "GET hardware":
        return Response.json(HARDWARE);
      case "POST models":
        return await createModel(request);
      case "GET models/*/*":
        return answer(models.describe(name));
      case "GET models/*/*/versions": {
        const results = models.versions(name);
        return answer(results && { previous: null, next: null, results });
      }
      case "GET models/*/*/versions/*":
        return answer(models.versions(name)?.find(({ id }) => id === version));
      case "POST models/*/*/predictions":
        return await create.prediction(request, name);
      case "POST predictions":
        return await create.prediction(request, null);
      case "POST models/*/*/versions/*/trainings":
        return await create.training(request, name, version);
      case "GET predictions":
        return list(url, "predictions", predictions);
      case "GET trainings":
        return list(url, "trainings", trainings);
      case "GET predictions/*":
        return answer(predictions.get(first));
      case "GET trainings/*":
        return answer(trainings.get(first));
      case "POST predictions/*/cancel":
        return answer(predictions.cancel(first));
      case "POST trainings/*/cancel":
        return answer(trainings.cancel(first));
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

  async function createModel(request: Request): Promise<Response> {
    const json: unknown = await request.json().catch(() => undefined);
    if (json === undefined) return problem(400, "Bad request", "The request body is not valid JSON.");
    const wrong = checkModel(json);
    if (wrong.length > 0) return invalid(wrong);
    const body = json as ModelBody;
    if (body.owner !== ACCOUNT) {
      return problem(403, "Forbidden", `You do not have permission to create a model for ${body.owner}.`);
    }
    const created = models.create(body);
    return created
      ? Response.json(created, { status: 201 })
      : problem(409, "Conflict", "A model with that owner and name already exists.");
  }

  function list(url: URL, path: string, runs: Runs): Response {
    const cursor = url.searchParams.get("cursor") ?? undefined;
    const after = cursor === undefined ? undefined : readCursor(cursor);
    if (after === null) return problem(400, "Bad request", "Invalid cursor.");
    const found: Prediction[] = runs.list(PAGE + 1, after).map(({ prediction }) => prediction);
    const results = found.slice(0, PAGE);
    const next = found.length > PAGE
      ? `${origin}/replicate/v1/${path}?cursor=${btoa(`p=${results.at(-1)!.id}`)}`
      : null;
    return Response.json({ previous: null, next, results });
  }

  return answerTo;
}

/** Null when the path is not properly encoded. */
function segmentsOf(path: string): string[] | null {
  try {
    return path.split("/").filter(Boolean).map(decodeURIComponent);
  } catch {
    return null;
  }
}

// `predictions/abc/cancel` becomes `predictions/*/cancel`: what is a name becomes a star.
function shape(segments: string[]): string {
  const named = segments[0] === "models" ? [1, 2, 4] : ["predictions", "trainings"].includes(segments[0]) ? [1] : [];
  return segments.map((segment, index) => named.includes(index) ? "*" : segment).join("/");
}

const KNOWN = new Set([
  "account",
  "webhooks/default/secret",
  "hardware",
  "models",
  "models/*/*",
  "models/*/*/versions",
  "models/*/*/versions/*",
  "models/*/*/versions/*/trainings",
  "models/*/*/predictions",
  "predictions",
  "predictions/*",
  "predictions/*/cancel",
  "trainings",
  "trainings/*",
  "trainings/*/cancel",
]);

function answer(found: object | undefined): Response {
  return found ? Response.json(found) : notFound();
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
