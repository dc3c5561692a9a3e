import type { FunctionsConfig } from "../../platform/config.ts";
import { type Clock, systemClock } from "../../platform/clock.ts";
import { createGate } from "../../platform/concurrency.ts";
import type { Database } from "../../platform/database.ts";
import { resolveHost } from "../../platform/guarded-fetch.ts";
import type { Log } from "../../platform/log.ts";
import { createReplicateClient, type ReplicateClient } from "../../platform/replicate.ts";
import { createStorageWriter, type StorageWriter } from "../../platform/storage.ts";
import { isUuid } from "../identifiers.ts";
import { fetchOutput, type FetchOutputResult } from "./fetch-output.ts";

/** The outside world of the job engine. */
export interface WorkerServices {
  clock: Clock;
  db: Database;
  log: Log;
  replicate: ReplicateClient;
  storage: StorageWriter;
  fetchOutput(url: string, kind: "image" | "video"): Promise<FetchOutputResult>;
  /**
   * Waits until the process has room for one more picture in memory, and has it until `act` has ended.
   * @throws {NoRoom} after a while
   */
  withPicture<T>(act: () => Promise<T>): Promise<T>;
  /** Where Replicate reports the end of an attempt's prediction. */
  webhookUrl(attemptId: string): string;
}

export interface EngineFoundation {
  config: Pick<FunctionsConfig, "supabase" | "replicate" | "storageHosts">;
  db: Database;
  log: Log;
}

/**
 * In memory at once, of all jobs of a process, each of 20 MB at most; beside them one is made small, with 120 MB at most, and an
 * edge function has 256.
 */
const PICTURES = 5;
/**
 * Where storage hangs, who waits for these would keep a lease and a place of the worker for many minutes, past every deadline.
 * Turned away, an attempt is looked at again when its lease has passed, until some time after its deadline. Milliseconds.
 */
const PICTURES_PATIENCE_MS = 20_000;

export function createWorkerServices({ config, db, log }: EngineFoundation): WorkerServices {
  const { supabase, replicate, storageHosts } = config;
  return {
    clock: systemClock,
    db,
    log,
    replicate: createReplicateClient({ token: replicate.apiToken, baseUrl: replicate.apiUrl }),
    storage: createStorageWriter(supabase.url, supabase.secretKey),
    fetchOutput: (url, kind) => fetchOutput(url, { kind, trustedHosts: storageHosts, fetch, resolve: resolveHost }),
    withPicture: createGate(PICTURES, PICTURES_PATIENCE_MS),
    webhookUrl: (attemptId) => `${supabase.url}/functions/v1/replicate-webhook?${ATTEMPT_PARAMETER}=${attemptId}`,
  };
}

/** Between signs of life of work that takes long. Milliseconds; well under every lease. */
const BEAT_MS = 6_000;

/** Does something that may take long, and keeps its lease meanwhile. A sign of life that fails is the next one's to repeat. */
export async function beating<T>(
  { clock, log }: Pick<WorkerServices, "clock" | "log">,
  beat: () => Promise<unknown>,
  act: () => Promise<T>,
): Promise<T> {
  let callOff = () => {};
  const wait = () => {
    callOff = clock.timer(() => {
      wait();
      beat().catch((error) => log.warn("a lease was not extended", { error }));
    }, BEAT_MS);
  };
  wait();
  try {
    return await act();
  } finally {
    callOff();
  }
}

const ATTEMPT_PARAMETER = "attempt";

/** The attempt that a webhook URL of ours names, or null. */
export function attemptOfWebhook(url: string | null): string | null {
  const id = url && URL.canParse(url) ? new URL(url).searchParams.get(ATTEMPT_PARAMETER) : null;
  return id && isUuid(id) ? id : null;
}
