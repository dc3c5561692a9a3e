import type Stripe from "stripe";
import { type Auth, createAuth } from "./auth.ts";
import { parseWebConfig, type WebConfig } from "./config.ts";
import { type Database, openDatabase } from "./database.ts";
import { createLive, type Live } from "./live.ts";
import { createLog, type Log } from "./log.ts";
import { createStorageReader, type StorageReader } from "./storage.ts";
import { createStripe } from "./stripe.ts";

/** The outside world as the web app sees it. Domain functions take the members they need as their first argument. */
export interface Services {
  config: WebConfig;
  db: Database;
  auth: Auth;
  stripe: Stripe;
  storage: StorageReader;
  live: Live;
  log: Log;
}

let built: Services | undefined;

/** Built once, at the first call. @throws {ConfigError} if the environment is not usable */
export function services(): Services {
  return built ??= build(parseWebConfig(process.env));
}

function build(config: WebConfig): Services {
  const db = openDatabase(config.databaseUrl, { applicationName: "kredo-web" });
  return {
    config,
    db,
    auth: createAuth(config.supabase),
    stripe: createStripe(config.stripe),
    storage: createStorageReader(config.supabase.url, config.supabase.publishableKey),
    live: createLive(db),
    log: createLog({ app: "web" }),
  };
}
