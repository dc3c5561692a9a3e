import { App } from "@supabase/lite";
import { createPostgresConnection } from "@supabase/lite/postgres";

/**
 * Creates Auth's tables (`auth.users`, …), which migrations refer to, on a database that has the base roles. Idempotent.
 *
 * The library has to log in as `supabase_auth_admin`, as the real Auth does: as superuser it would replace `auth.uid()`
 * by one that does not read `request.jwt.claims`, and at its first Data API request grant every table to everybody.
 * What it may not do it tries and skips, which is no error for postgres.log.
 */
export async function ensureAuthSchema(authUrl: string): Promise<void> {
  const connection = createPostgresConnection({
    url: authUrl,
    postgresOptions: { max: 1, onnotice: () => {}, connection: { log_min_messages: "fatal" } },
  });
  try {
    const app = new App({
      connection,
      auth: { enabled: true, jwt_secret: crypto.randomUUID() }, // no token is ever signed here; it insists on a secret
      db: { migrations: { enabled: false } }, // its own record of migrations would take the place of the Supabase CLI's
    });
    await app.ensureSystemSchema();
  } finally {
    await connection.close();
  }
}
