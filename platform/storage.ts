import { createClient, type SupabaseClient } from "@supabase/supabase-js";
import type { ByteRange } from "./http/range.ts";

/** Our private buckets. Outputs live at `<user>/<job>/<attempt>/<position>.<extension>`. */
const OUTPUTS_BUCKET = "outputs";

export interface StorageWriter {
  /**
   * Stores an object, replacing the same path. Safe to repeat. A stream is passed on as it comes; where it breaks
   * off, nothing is stored and what was there stays.
   */
  upload(
    path: string,
    body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>,
    contentType: string,
  ): Promise<void>;
  /** Removes objects; those that do not exist are fine. */
  remove(paths: string[]): Promise<void>;
}

export interface StorageReader {
  /** The object as a stream, or that part of it; null when it does not exist or is not the reader's. */
  download(path: string, accessToken: string, range?: ByteRange): Promise<ReadableStream<Uint8Array> | null>;
}

/** For the worker. `secretKey` passes every policy, so paths come from our own ids alone. */
export function createStorageWriter(url: string, secretKey: string, send: typeof fetch = fetch): StorageWriter {
  const bucketWithin = (ms: number) => storageClient(url, secretKey, within(send, ms)).storage.from(OUTPUTS_BUCKET);
  return {
    async upload(path, body, contentType) {
      const bucket = bucketWithin(body instanceof Uint8Array ? TIMEOUT_MS : STREAM_TIMEOUT_MS);
      // A year: an object is written once and its path names the attempt that made it.
      const { error } = await bucket.upload(path, body, { contentType, cacheControl: "31536000", upsert: true });
      if (error) throw new StorageError(`Could not store ${path}.`, { cause: error });
    },
    async remove(paths) {
      const { error } = await bucketWithin(TIMEOUT_MS).remove(paths);
      if (error) throw new StorageError("Could not remove stored outputs.", { cause: error });
    },
  };
}

/**
 * For the web: every read carries the person's own token, so the storage policies check the owner a second
 * time, after the row that named the path.
 */
export function createStorageReader(url: string, publishableKey: string, send: typeof fetch = fetch): StorageReader {
  return {
    async download(path, accessToken, range) {
      let isPart = false;
      const ask: typeof fetch = async (input, init) => {
        const headers = new Headers(init?.headers);
        if (range) headers.set("range", `bytes=${range.first}-${range.last}`);
        const response = await untilAnswered(send)(input, { ...init, headers });
        isPart = response.status === 206;
        return response;
      };
      const client = storageClient(url, publishableKey, ask, accessToken);
      const { data, error } = await client.storage.from(OUTPUTS_BUCKET).download(path).asStream();
      if (error && isMissing(error)) return null;
      if (error) throw new StorageError(`Could not read ${path}.`, { cause: error });
      const stream = data as ReadableStream<Uint8Array>;
      return range && !isPart ? stream.pipeThrough(cut(range)) : stream;
    },
  };
}

/** Longer than 20 MB take on a slow line. Milliseconds. */
const TIMEOUT_MS = 60_000;
/** An edge function lives for 150 seconds. */
const STREAM_TIMEOUT_MS = 140_000;

function within(send: typeof fetch, ms: number): typeof fetch {
  return (input, init) => send(input, { ...init, signal: AbortSignal.timeout(ms) });
}

/** The time limit ends with the headers: how long a video is watched is the reader's affair. */
function untilAnswered(send: typeof fetch): typeof fetch {
  return async (input, init) => {
    const limit = new AbortController();
    const timer = setTimeout(
      () => limit.abort(new DOMException("Storage did not answer.", "TimeoutError")),
      TIMEOUT_MS,
    );
    try {
      return await send(input, { ...init, signal: limit.signal });
    } finally {
      clearTimeout(timer);
    }
  };
}

/** For a storage that answers the whole where a part was asked for. */
function cut({ first, last }: ByteRange): TransformStream<Uint8Array, Uint8Array> {
  let at = 0;
  return new TransformStream({
    transform(chunk, controller) {
      const part = chunk.subarray(Math.max(0, first - at), Math.max(0, last + 1 - at));
      at += chunk.length;
      if (part.length > 0) controller.enqueue(part);
      if (at > last) controller.terminate();
    },
  });
}

class StorageError extends Error {
  override readonly name = "StorageError";
}

function storageClient(url: string, key: string, send: typeof fetch, accessToken?: string): SupabaseClient {
  return createClient(url, key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { fetch: send },
    ...(accessToken ? { accessToken: () => Promise.resolve(accessToken) } : {}),
  });
}

// Storage answers 400 with `not_found` inside for an object behind a policy, 404 in newer versions.
function isMissing(error: unknown): boolean {
  const { status, statusCode, message } = error as { status?: number; statusCode?: string; message?: string };
  return status === 404 || statusCode === "404" || (status === 400 && /not.?found/i.test(message ?? ""));
}
