import { z } from "zod";

/** Thrown at start. Its message names every wrong variable and no value. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
  constructor(readonly problems: readonly string[]) {
    super(`The configuration is not usable:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
  }
}

type Environment = Record<string, string | undefined>;

const required = z.string({ error: "is not set" }).min(1, "is empty");
const url = required.pipe(z.url({ protocol: /^https?$/, error: "is not an http(s) URL", abort: true }));
const origin = url.refine((value) => new URL(value).pathname === "/", "must be an origin, without a path")
  .transform((value) => new URL(value).origin);
const postgresUrl = required.refine(
  (value) => /^postgres(ql)?:\/\//.test(value) && URL.canParse(value),
  "is not a postgres:// URL",
);
const stripeKey = required.regex(/^(sk|rk)_(test|live)_/, "must start with sk_test_, sk_live_, rk_test_ or rk_live_");
const port = z.coerce.number("is not a number").int().min(1, "is not a port").max(65535, "is not a port");
const flag = z.enum(["0", "1"], "must be 0 or 1").default("0").transform((value) => value === "1");
const smtpUrl = z.string().refine(
  (value) => /^smtps?:\/\/./.test(value) && URL.canParse(value),
  "is not an smtp(s):// URL",
);
/** `Kredo <hello@kredo.example>`, or the address alone. */
const sender = z.string().regex(
  /^(?:[^<>"\p{Cc}]+ )?<[^\s<>@]+@[^\s<>@]+>$|^[^\s<>@]+@[^\s<>@]+$/u,
  "is not an address such as Kredo <hello@kredo.example>",
);
/** Several secrets are valid at once while one of them is being rotated out. */
const secretList = required.transform((value) => value.split(",").map((secret) => secret.trim()).filter(Boolean))
  .refine((secrets) => secrets.length > 0, "holds no secret");
const hostList = z.string().default("").transform((value) =>
  value.split(",").map((host) => host.trim()).filter(Boolean)
);

const shared = {
  KREDO_ENV: z.enum(["sandbox", "production"], "must be sandbox or production"),
  KREDO_WEB_URL: origin,
  SUPABASE_URL: url.transform((value) => value.replace(/\/+$/, "")),
  STRIPE_SECRET_KEY: stripeKey,
  STRIPE_API_URL: origin.optional(),
  KREDO_STRIPE_TAX: flag,
  KREDO_STORAGE_HOSTS: hostList,
};

const webSchema = z.object({
  ...shared,
  HOST: required.default("127.0.0.1"),
  PORT: port.default(8000),
  SUPABASE_PUBLISHABLE_KEY: required,
  SUPABASE_JWT_SECRET: required.optional(),
  KREDO_DATABASE_URL: postgresUrl,
  KREDO_OPERATOR_TOKEN: required.min(24, "is shorter than 24 characters"),
  KREDO_TRUST_PROXY: flag,
});

const functionsSchema = z.object({
  ...shared,
  SUPABASE_SECRET_KEY: required,
  SUPABASE_DB_URL: postgresUrl,
  STRIPE_WEBHOOK_SECRET: secretList,
  REPLICATE_API_TOKEN: required,
  REPLICATE_API_URL: url.optional(),
  REPLICATE_WEBHOOK_SECRET: secretList,
  KREDO_SMTP_URL: smtpUrl.optional(),
  KREDO_MAIL_FROM: sender.optional(),
});

export interface StripeConfig {
  secretKey: string;
  /** A stand-in's origin. Absent: Stripe itself. */
  apiUrl?: string;
  /** Whether the key moves real money; an event of the other mode is never applied. */
  livemode: boolean;
  /** Whether Stripe Tax computes the tax of purchases; it has to be set up at Stripe first. */
  tax: boolean;
}

export interface MailConfig {
  /** `smtps://user:password@host:465`, or `smtp://` with STARTTLS. */
  smtpUrl: string;
  /** Sender, as it stands in the header. */
  from: string;
}

export interface WebConfig {
  production: boolean;
  /** Origin of the web app, without a slash at the end. */
  webUrl: string;
  host: string;
  port: number;
  /** Whether `X-Forwarded-For` was written by a proxy of ours. */
  trustProxy: boolean;
  operatorToken: string;
  databaseUrl: string;
  supabase: { url: string; publishableKey: string; jwtSecret?: string };
  stripe: StripeConfig;
  /** Hosts, besides the provider's own, from which text may be streamed. */
  storageHosts: readonly string[];
}

export interface FunctionsConfig {
  production: boolean;
  webUrl: string;
  databaseUrl: string;
  supabase: { url: string; secretKey: string };
  stripe: StripeConfig & { webhookSecrets: readonly string[] };
  replicate: { apiToken: string; apiUrl?: string; webhookSecrets: readonly string[] };
  /** Hosts, besides the provider's own, from which outputs may be downloaded. */
  storageHosts: readonly string[];
  /** Absent without its key: then no mail of our own leaves, and what would be sent waits. */
  mail?: MailConfig;
}

/** @throws {ConfigError} with every problem at once */
export function parseWebConfig(env: Environment): WebConfig {
  const values = parse(webSchema, env);
  return {
    production: values.KREDO_ENV === "production",
    webUrl: values.KREDO_WEB_URL,
    host: values.HOST,
    port: values.PORT,
    trustProxy: values.KREDO_TRUST_PROXY,
    operatorToken: values.KREDO_OPERATOR_TOKEN,
    databaseUrl: values.KREDO_DATABASE_URL,
    supabase: {
      url: values.SUPABASE_URL,
      publishableKey: values.SUPABASE_PUBLISHABLE_KEY,
      jwtSecret: values.SUPABASE_JWT_SECRET,
    },
    stripe: stripe(values),
    storageHosts: values.KREDO_STORAGE_HOSTS,
  };
}

/** @throws {ConfigError} with every problem at once */
export function parseFunctionsConfig(env: Environment): FunctionsConfig {
  const values = parse(functionsSchema, { ...env, SUPABASE_SECRET_KEY: supabaseSecretKey(env) });
  return {
    production: values.KREDO_ENV === "production",
    webUrl: values.KREDO_WEB_URL,
    databaseUrl: values.SUPABASE_DB_URL,
    supabase: { url: values.SUPABASE_URL, secretKey: values.SUPABASE_SECRET_KEY },
    stripe: { ...stripe(values), webhookSecrets: values.STRIPE_WEBHOOK_SECRET },
    replicate: {
      apiToken: values.REPLICATE_API_TOKEN,
      apiUrl: values.REPLICATE_API_URL,
      webhookSecrets: values.REPLICATE_WEBHOOK_SECRET,
    },
    storageHosts: values.KREDO_STORAGE_HOSTS,
    mail: mail(values),
  };
}

function parse<S extends z.ZodType>(schema: S, env: Environment): z.output<S> {
  // A variable set to nothing is a variable not set: that is how shells and CI pass absent secrets.
  const present = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ""),
  );
  const result = schema.safeParse(present);
  const problems = result.success ? [] : result.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`);
  problems.push(...productionProblems(present));
  if (present.KREDO_SMTP_URL && !present.KREDO_MAIL_FROM) {
    problems.push("KREDO_MAIL_FROM is not set, but KREDO_SMTP_URL is");
  }
  if (problems.length > 0) throw new ConfigError(problems);
  return result.data as z.output<S>;
}

/** What a sandbox may do and a business may not. */
function productionProblems(env: Environment): string[] {
  if (env.KREDO_ENV !== "production") return [];
  const problems: string[] = [];
  for (const name of ["STRIPE_API_URL", "REPLICATE_API_URL", "KREDO_STORAGE_HOSTS"]) {
    if (env[name]) problems.push(`${name} points at a stand-in and is only for the sandbox`);
  }
  if (env.KREDO_WEB_URL && !env.KREDO_WEB_URL.startsWith("https://")) {
    problems.push("KREDO_WEB_URL must be https in production: session cookies are not sent otherwise");
  }
  return problems;
}

/** Hosted functions get their keys from Supabase, under names that cannot be chosen. */
function supabaseSecretKey(env: Environment): string | undefined {
  if (env.SUPABASE_SECRET_KEY) return env.SUPABASE_SECRET_KEY;
  try {
    const keys: unknown = JSON.parse(env.SUPABASE_SECRET_KEYS ?? "null");
    if (keys && typeof keys === "object" && "default" in keys && typeof keys.default === "string") return keys.default;
  } catch {
    // Not JSON: the older variable below is the other way.
  }
  return env.SUPABASE_SERVICE_ROLE_KEY;
}

function stripe(
  values: { STRIPE_SECRET_KEY: string; STRIPE_API_URL?: string; KREDO_STRIPE_TAX: boolean },
): StripeConfig {
  return {
    secretKey: values.STRIPE_SECRET_KEY,
    apiUrl: values.STRIPE_API_URL,
    livemode: /^(sk|rk)_live_/.test(values.STRIPE_SECRET_KEY),
    tax: values.KREDO_STRIPE_TAX,
  };
}

function mail(values: { KREDO_SMTP_URL?: string; KREDO_MAIL_FROM?: string }): MailConfig | undefined {
  const { KREDO_SMTP_URL: smtpUrl, KREDO_MAIL_FROM: from } = values;
  return smtpUrl && from ? { smtpUrl, from } : undefined;
}
