import type { Ports } from "./ports.ts";
import type { Secrets } from "./secrets.ts";

/** Addresses of everything, once, so that no two parts spell them differently. */
export function addresses(ports: Ports) {
  const at = (port: number) => `http://127.0.0.1:${port}`;
  return {
    web: at(ports.web),
    api: at(ports.api),
    console: at(ports.console),
    stripeApi: at(ports.console),
    replicateApi: `${at(ports.console)}/replicate/v1`,
    functions: `${at(ports.api)}/functions/v1`,
    webDatabase: (password: string) => `postgresql://kredo_web:${password}@127.0.0.1:${ports.db}/postgres`,
    storageDatabase: `postgresql://supabase_storage_admin:postgres@127.0.0.1:${ports.db}/postgres`,
  };
}

/** What a program needs to run at all; our own variables are listed by name below, nothing leaks in. */
const INHERITED = ["PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "TEMP", "SystemRoot", "DENO_DIR", "XDG_CACHE_HOME"];

function base(): Record<string, string> {
  const env: Record<string, string> = { DENO_NO_UPDATE_CHECK: "1", DO_NOT_TRACK: "1", NO_COLOR: "1" };
  for (const name of INHERITED) {
    const value = Deno.env.get(name);
    if (value !== undefined) env[name] = value;
  }
  return env;
}

export interface Environments {
  /** For tools such as the build. */
  tools: Record<string, string>;
  /** For the web app. */
  web: Record<string, string>;
  /** For edge functions and the long-running worker. */
  functions: Record<string, string>;
}

/** The variables platform/config.ts reads, pointing at the stand-ins. */
export function environments(ports: Ports, secrets: Secrets, databaseUrl: string, smtpUrl: string): Environments {
  const urls = addresses(ports);
  const shared = {
    KREDO_ENV: "sandbox",
    KREDO_WEB_URL: urls.web,
    SUPABASE_URL: urls.api,
    SUPABASE_PUBLISHABLE_KEY: secrets.publishableKey,
    SUPABASE_JWT_SECRET: secrets.jwtSecret,
    STRIPE_SECRET_KEY: secrets.stripeSecretKey,
    STRIPE_API_URL: urls.stripeApi,
    KREDO_STORAGE_HOSTS: `127.0.0.1:${ports.console}`,
  };
  return {
    tools: base(),
    web: {
      ...base(),
      ...shared,
      KREDO_DATABASE_URL: urls.webDatabase(secrets.webDatabasePassword),
      KREDO_OPERATOR_TOKEN: secrets.operatorToken,
    },
    functions: {
      ...base(),
      ...shared,
      SUPABASE_DB_URL: databaseUrl,
      SUPABASE_SECRET_KEY: secrets.secretKey,
      STRIPE_WEBHOOK_SECRET: secrets.stripeWebhookSecret,
      REPLICATE_API_TOKEN: secrets.replicateToken,
      REPLICATE_API_URL: urls.replicateApi,
      REPLICATE_WEBHOOK_SECRET: secrets.replicateWebhookSecret,
      KREDO_SMTP_URL: smtpUrl,
      KREDO_MAIL_FROM: "Kredo <hello@kredo.test>",
    },
  };
}
