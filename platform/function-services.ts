import type Stripe from "stripe";
import { type FunctionsConfig, parseFunctionsConfig } from "./config.ts";
import { type Database, openDatabase } from "./database.ts";
import { createLog, type Log } from "./log.ts";
import { createMailer, type Mailer } from "./mailer.ts";
import { createStripe } from "./stripe.ts";

/** The outside world as an edge function or a worker sees it: it may act as `service_role`. */
export interface FunctionServices {
  config: FunctionsConfig;
  db: Database;
  stripe: Stripe;
  log: Log;
  /** Absent where no server for mail is configured. */
  mailer?: Mailer;
}

let built: FunctionServices | undefined;

/** Built once per process. @throws {ConfigError} if the environment is not usable */
export function functionServices(name: string): FunctionServices {
  return built ??= build(name, parseFunctionsConfig(Deno.env.toObject()));
}

function build(name: string, config: FunctionsConfig): FunctionServices {
  return {
    config,
    db: openDatabase(config.databaseUrl, {
      // Many instances may run at once and each holds its own connections.
      max: 4,
      applicationName: `kredo-${name}`,
      statementTimeoutMs: 15_000,
      role: "service_role",
    }),
    stripe: createStripe(config.stripe),
    log: createLog({ app: name }),
    mailer: config.mail && createMailer(config.mail),
  };
}
