import { createClient, type SupabaseClient } from "@supabase/supabase-js";

/** Our private buckets. Outputs live at `<user>/<job>/<attempt>/<position>.<extension>`. */
const OUTPUTS_BUCKET = "outputs";

export interface StorageWriter {
  /** Stores an object, replacing the same path. Safe to repeat. */
  upload(path: string, bytes: Uint8Array<ArrayBuffer>, contentType: string): Promise<void>;
  /** Removes objects; those that do not exist are fine. */
  remove(paths: string[]): Promise<void>;
}

export interface StorageReader {
  /** The object as a stream, or null when it does not exist or is not the reader's. */
  download(path: string, accessToken: string): Promise<ReadableStream<Uint8Array> | null>;
}

/** For the worker. `secretKey` passes every policy, so paths come from our own ids alone. */
export function createStorageWriter(url: string, secretKey: string, send: typeof fetch = fetch): StorageWriter {
  const bucket = storageClient(url, secretKey, send).storage.from(OUTPUTS_BUCKET);
  return {
    async upload(path, bytes, contentType) {
      // A year: an object is written once and its path names the attempt that made it.
      const { error } = await bucket.upload(path, bytes, { contentType, cacheControl: "31536000", upsert: true });
      if (error) throw new StorageError(`Could not store ${path}.`, { cause: error });
    },
    async remove(paths) {
      const { error } = await bucket.remove(paths);
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
    async download(path, accessToken) {
      const client = storageClient(url, publishableKey, send, accessToken);
      const { data, error } = await client.storage.from(OUTPUTS_BUCKET).download(path).asStream();
      if (!error) return data as ReadableStream<Uint8Array>;
      if (isMissing(error)) return null;
      throw new StorageError(`Could not read ${path}.`, { cause: error });
    },
  };
}

/** Longer than 20 MB take on a slow line. Milliseconds. */
const TIMEOUT_MS = 60_000;

class StorageError extends Error {
  override readonly name = "StorageError";
}

function storageClient(url: string, key: string, send: typeof fetch, accessToken?: string): SupabaseClient {
  return createClient(url, key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { fetch: (input, init) => send(input, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) }) },
    ...(accessToken ? { accessToken: () => Promise.resolve(accessToken) } : {}),
  });
}

// Storage answers 400 with `not_found` inside for an object behind a policy, 404 in newer versions.
function isMissing(error: unknown): boolean {
  const { status, statusCode, message } = error as { status?: number; statusCode?: string; message?: string };
  return status === 404 || statusCode === "404" || (status === 400 && /not.?found/i.test(message ?? ""));
}
