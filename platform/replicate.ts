import Replicate from "replicate";
import { z } from "zod";

export type PredictionStatus = "starting" | "processing" | "succeeded" | "failed" | "canceled" | "aborted";

/** A prediction as far as we read it. Its answer is checked before it gets here. */
export interface Prediction {
  id: string;
  status: PredictionStatus;
  /** Addresses of the outputs so far, or pieces of text; null when the output is no string and no list of them. */
  outputs: string[] | null;
  error: string | null;
  /** The URL we asked to be called at; it names the attempt. */
  webhook: string | null;
  createdAt: Date;
  /** What it has taken so far, as far as the provider counts it. */
  metrics: { predictSeconds: number | null; inputTokens: number | null; outputTokens: number | null };
  /** Where tokens are sent while they are made; only of models that make text. */
  streamUrl: string | null;
}

export interface CreatePrediction {
  /** `owner/name`; its current version runs when `version` is null. */
  model: string;
  version: string | null;
  input: Record<string, unknown>;
  webhook: string;
  /** Replicate ends it by itself after this long, even if we are gone. */
  cancelAfterSeconds: number;
}

export interface ReplicateClient {
  /** @throws ProviderError */
  createPrediction(request: CreatePrediction): Promise<Prediction>;
  /** Null when Replicate knows no such prediction. @throws ProviderError */
  getPrediction(id: string): Promise<Prediction | null>;
  /** True when it is canceled, had ended before, or never existed. @throws ProviderError */
  cancelPrediction(id: string): Promise<void>;
  /**
   * The predictions of our account since a time, newest first, and perhaps some older ones; all of
   * them. @throws ProviderError, also when they are more than can be looked through
   */
  listSince(time: Date): AsyncGenerator<Prediction, void>;
}

/** Replicate did not do what was asked. */
export class ProviderError extends Error {
  override readonly name = "ProviderError";
  constructor(
    readonly code: "provider_rejected_input" | "provider_unavailable" | "provider_limited" | "internal",
    message: string,
    /** Whether the same request may succeed later. */
    readonly retry: boolean,
    readonly retryAfterSeconds: number | null = null,
    /**
     * False when Replicate answered that it did nothing. True when the answer is missing or a 5xx: the
     * prediction may exist, and creating another one could be paid twice.
     */
    readonly mayHaveActed: boolean = false,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

export interface ReplicateOptions {
  token: string;
  /** Another origin than Replicate's, for the offline stand-in. */
  baseUrl?: string;
  timeoutMs?: number;
  fetch?: typeof fetch;
}

const predictionSchema = z.object({
  id: z.string().min(1).max(200),
  status: z.enum(["starting", "processing", "succeeded", "failed", "canceled", "aborted"]),
  output: z.unknown(),
  error: z.unknown(),
  webhook: z.string().nullish(),
  created_at: z.coerce.date(),
  metrics: z.object({
    predict_time: z.number().nonnegative().nullish(),
    input_token_count: z.number().nonnegative().nullish(),
    output_token_count: z.number().nonnegative().nullish(),
  }).nullish(),
  urls: z.object({ stream: z.string().max(2_000).nullish() }).nullish(),
}).transform(({ id, status, output, error, webhook, created_at, metrics, urls }): Prediction => ({
  id,
  status,
  outputs: outputStrings(output),
  error: errorText(error),
  webhook: webhook ?? null,
  createdAt: created_at,
  metrics: {
    predictSeconds: metrics?.predict_time ?? null,
    inputTokens: metrics?.input_token_count ?? null,
    outputTokens: metrics?.output_token_count ?? null,
  },
  streamUrl: urls?.stream ?? null,
}));

const listSchema = z.object({ results: z.array(z.unknown()), next: z.string().nullish() });
/** Of a hundred each. At the most that Replicate lets anybody begin, these are eight minutes. */
const MAX_PAGES = 50;

export function createReplicateClient(options: ReplicateOptions): ReplicateClient {
  const { token, baseUrl = "https://api.replicate.com/v1", timeoutMs = 15_000, fetch: send = fetch } = options;
  const client = new Replicate({
    auth: token,
    baseUrl,
    useFileOutput: false,
    fetch: (input, init) => sendOnce(send, input, init),
  });

  /** The address of a next page, which comes from outside and will be sent our token; null when it is elsewhere. */
  function sameOrigin(address: string): URL | null {
    const url = URL.canParse(address) ? new URL(address) : null;
    return url?.origin === new URL(baseUrl).origin ? url : null;
  }

  /** One request, within the time limit. */
  async function call(route: string | URL, init: { method: string; headers?: Record<string, string>; data?: object }) {
    const signal = AbortSignal.timeout(timeoutMs);
    try {
      const response = await client.request(route, { ...init, signal });
      return await response.json() as unknown;
    } catch (error) {
      throw toProviderError(error);
    }
  }

  return {
    async createPrediction({ model, version, input, webhook, cancelAfterSeconds }) {
      // The client's own `predictions.create` cannot send Cancel-After.
      const [route, which] = version ? ["/predictions", { version }] : [`/models/${model}/predictions`, {}];
      const answer = await call(route, {
        method: "POST",
        headers: { "Cancel-After": `${Math.max(5, Math.floor(cancelAfterSeconds))}s` },
        data: { ...which, input, webhook, webhook_events_filter: ["completed"] },
      });
      return parse(predictionSchema, answer);
    },

    async getPrediction(id) {
      try {
        return parse(predictionSchema, await call(`/predictions/${encodeURIComponent(id)}`, { method: "GET" }));
      } catch (error) {
        if (isNotFound(error)) return null;
        throw error;
      }
    },

    async cancelPrediction(id) {
      try {
        await call(`/predictions/${encodeURIComponent(id)}/cancel`, { method: "POST" });
      } catch (error) {
        // 404: there is nothing to cancel. 422: it has ended.
        if (isNotFound(error) || (error instanceof ProviderError && error.code === "provider_rejected_input")) return;
        throw error;
      }
    },

    async *listSince(time) {
      let route: string | URL | null = "/predictions";
      for (let page = 0; route !== null && page < MAX_PAGES; page++) {
        const answer: unknown = await call(route, { method: "GET" });
        const { results, next } = parse(listSchema, answer);
        for (const result of results) {
          // One odd prediction, say of a newer API, must not hide the others.
          const prediction = predictionSchema.safeParse(result);
          if (prediction.success) yield prediction.data;
          if (prediction.success && prediction.data.createdAt < time) return;
        }
        if (!next) return;
        route = sameOrigin(next);
      }
      // Whoever took that for "there is none" might pay twice.
      throw new ProviderError("provider_unavailable", "Replicate's list could not be read to its end.", true);
    },
  };
}

function parse<S extends z.ZodType>(schema: S, answer: unknown): z.output<S> {
  const result = schema.safeParse(answer);
  if (result.success) return result.data;
  const message = "Replicate answered in a form we do not know.";
  throw new ProviderError("provider_unavailable", message, true, null, true, { cause: result.error });
}

const STATUS_HEADER = "x-replicate-status";
const NO_ANSWER = 0;

/**
 * The `replicate` client repeats a request up to five times, at once, on 429 and whenever `fetch` throws,
 * a POST included. A create whose answer got lost would be made, and paid, six times. So every outcome
 * but success reaches the client as a plain 400 that it does not repeat, with the real status in a header.
 */
async function sendOnce(send: typeof fetch, input: Request | string | URL, init?: RequestInit): Promise<Response> {
  try {
    const response = await send(input, init);
    if (response.ok) return response;
    const headers = new Headers(response.headers);
    headers.set(STATUS_HEADER, String(response.status));
    return new Response(response.body, { status: 400, statusText: response.statusText, headers });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return new Response(reason, { status: 400, headers: { [STATUS_HEADER]: String(NO_ANSWER) } });
  }
}

function toProviderError(error: unknown): ProviderError {
  const response = error instanceof Error && "response" in error && error.response instanceof Response
    ? error.response
    : null;
  // Not an answer of the API: the body broke off or was no JSON.
  if (!response) return new ProviderError("provider_unavailable", messageOf(error), true, null, true, { cause: error });

  const status = Number(response.headers.get(STATUS_HEADER) ?? response.status);
  const cause = { cause: new ReplicateAnswer(status, messageOf(error)) };
  if (status === 400 || status === 413 || status === 422) {
    return new ProviderError("provider_rejected_input", "Replicate refused the input.", false, null, false, cause);
  }
  if (status === 429) {
    const seconds = retryAfter(response.headers) ?? 10;
    return new ProviderError("provider_limited", "Replicate is limiting us.", true, seconds, false, cause);
  }
  if (status === NO_ANSWER || status >= 500) {
    return new ProviderError("provider_unavailable", "Replicate did not answer properly.", true, null, true, cause);
  }
  // 401, 402, 403, 404: our token, our bill or our catalogue is wrong. The customer can do nothing about it.
  return new ProviderError("internal", `Replicate answered ${status}.`, false, null, false, cause);
}

/** What Replicate said, for the log. */
class ReplicateAnswer extends Error {
  constructor(readonly status: number, message: string) {
    super(message.slice(0, 2_000));
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof ProviderError && error.cause instanceof ReplicateAnswer && error.cause.status === 404;
}

// RFC 9110: seconds or a date. Replicate also names the reset in a header of its own.
function retryAfter(headers: Headers): number | null {
  const value = headers.get("retry-after") ?? headers.get("ratelimit-reset");
  if (value === null) return null;
  const seconds = /^\d+$/.test(value.trim()) ? Number(value) : (Date.parse(value) - Date.now()) / 1_000;
  return Number.isFinite(seconds) ? Math.min(Math.max(Math.ceil(seconds), 1), 600) : null;
}

function outputStrings(output: unknown): string[] | null {
  if (output === null || output === undefined) return [];
  const list = Array.isArray(output) ? output : [output];
  return list.every((item) => typeof item === "string") ? list as string[] : null;
}

function errorText(error: unknown): string | null {
  if (error === null || error === undefined || error === "") return null;
  return (typeof error === "string" ? error : JSON.stringify(error)).slice(0, 2_000);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
