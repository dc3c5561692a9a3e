import { App } from "@supabase/lite";
import { createPostgresConnection } from "@supabase/lite/postgres";
import { join } from "node:path";
import postgres from "postgres";
import {
  CARRIER,
  createMailDriver,
  MAIL_KINDS,
  type Mailer,
  type MailKind,
  type MailTemplate,
  withRedirect,
} from "./mail.ts";

export type { Mailer } from "./mail.ts";

export interface AuthOptions {
  /** As `supabase_auth_admin`, the owner of the `auth` schema; its tables exist already (prepareDatabase). */
  databaseUrl: string;
  /** Where the carrier template of e-mails is kept. */
  stateDir: string;
  /** Public URL of the web app; e-mail links point there. */
  siteUrl: string;
  jwtSecret: string;
  publishableKey: string;
  secretKey: string;
  mailer: Mailer;
  settings: AuthSettings;
}

/** `[auth]` of supabase/config.toml, with the e-mail templates read in. */
export interface AuthSettings {
  jwtExpirySeconds: number;
  minimumPasswordLength: number;
  enableConfirmations: boolean;
  otpLength: number;
  otpExpirySeconds: number;
  templates: Record<MailKind, MailTemplate>;
}

export interface Auth {
  /** Answers `/auth/v1/*`. */
  fetch(request: Request): Promise<Response>;
  close(): Promise<void>;
}

/**
 * Supabase Auth from @supabase/lite on the embedded database: sign-up, log-in, one-time links, recovery,
 * refresh and sign-out as GoTrue answers them. The library's Data API stays shut: at its first request it
 * would grant every table to everybody.
 */
export async function createAuth(options: AuthOptions): Promise<Auth> {
  const { databaseUrl, stateDir, siteUrl, mailer, settings } = options;

  const carrier = join(stateDir, "auth-mail.tmpl");
  await Deno.writeTextFile(carrier, CARRIER);

  const sql = postgres(databaseUrl, { max: 1, idle_timeout: 30, onnotice: () => {} });
  const connection = createPostgresConnection({
    url: databaseUrl,
    postgresOptions: { onnotice: () => {}, types: { json: asWritten(114), jsonb: asWritten(3802) } },
  });
  const app = new App({
    connection,
    db: { migrations: { enabled: false } },
    auth: {
      enabled: true,
      site_url: siteUrl,
      jwt_secret: options.jwtSecret,
      jwt_expiry: settings.jwtExpirySeconds,
      publishable_key: options.publishableKey,
      secret_key: options.secretKey,
      minimum_password_length: settings.minimumPasswordLength,
      email: {
        enable_confirmations: settings.enableConfirmations,
        otp_length: settings.otpLength,
        otp_expiry: settings.otpExpirySeconds,
        template: Object.fromEntries(MAIL_KINDS.map((kind) => [kind, { subject: kind, content_path: carrier }])),
      },
    },
    options: {
      drivers: {
        email: createMailDriver({
          siteUrl,
          mailer,
          templates: settings.templates,
          metadataOf: async (email) => {
            const rows = await sql`select raw_user_meta_data as data from auth.users where email = ${email} limit 1`;
            return rows[0]?.data ?? {};
          },
        }),
      },
    },
  });
  await app.init();

  return {
    async fetch(request) {
      const understood = await translateVerification(request);
      return await withRedirect(request, siteUrl, () => app.fetch(understood, { peerAddress: null }));
    },
    async close() {
      await connection.close();
      await sql.end({ timeout: 2 });
    },
  };
}

/**
 * The library turns metadata into text before the driver turns it into JSON, which would leave one JSON string in
 * the column where GoTrue has an object, and `raw_user_meta_data ->> 'locale'` would find nothing.
 */
function asWritten(type: number) {
  return {
    to: type,
    from: [type],
    serialize: (value: unknown) => typeof value === "string" ? value : JSON.stringify(value),
    parse: (text: string) => JSON.parse(text),
  };
}

/** GoTrue calls the link of an e-mail `email`, whatever it was sent for; the library knows the older name alone. */
async function translateVerification(request: Request): Promise<Request> {
  if (request.method !== "POST" || new URL(request.url).pathname !== "/auth/v1/verify") return request;
  const text = await request.text();
  const headers = new Headers(request.headers);
  headers.delete("content-length");
  return new Request(request.url, { method: "POST", headers, body: translated(text) });
}

function translated(text: string): string {
  try {
    const body = JSON.parse(text);
    return body?.type === "email" && body.token_hash ? JSON.stringify({ ...body, type: "magiclink" }) : text;
  } catch {
    return text; // The library says what is wrong with it.
  }
}
