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
  const connection = createPostgresConnection({ url: databaseUrl, postgresOptions: { onnotice: () => {} } });
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
    fetch: (request) => withRedirect(request, siteUrl, () => app.fetch(request, { peerAddress: null })),
    async close() {
      await connection.close();
      await sql.end({ timeout: 2 });
    },
  };
}
