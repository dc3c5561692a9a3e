import type Stripe from "stripe";
import { type Auth, createAuth } from "./auth.ts";
import { parseWebConfig, type WebConfig } from "./config.ts";
import { type Database, openDatabase } from "./database.ts";
import { createLog, type Log } from "./log.ts";
import { createStripe } from "./stripe.ts";

/** The outside world as the web app sees it. Domain functions take the members they need as their first argument. */
export interface Services {
  config: WebConfig;
  db: Database;
  auth: Auth;
  stripe: Stripe;
  log: Log;
}

let built: Services | undefined;

/** Built once, at the first call. @throws {ConfigError} if the environment is not usable */
export function services(): Services {
  return built ??= build(parseWebConfig(process.env));
}

function build(config: WebConfig): Services {
  return {
    config,
    db: openDatabase(config.databaseUrl, { applicationName: "kredo-web" }),
    auth: createAuth(config.supabase),
    stripe: createStripe(config.stripe),
    log: createLog({ app: "web" }),
  };
}
