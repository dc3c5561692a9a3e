import { App } from "@supabase/lite";
import { createPostgresConnection } from "@supabase/lite/postgres";

/**
 * Creates Auth's tables and functions (`auth.users`, `auth.uid()`, …), which migrations refer to, on a database
 * that has the base roles. Idempotent.
 */
export async function ensureAuthSchema(databaseUrl: string): Promise<void> {
  const connection = createPostgresConnection({ url: databaseUrl, postgresOptions: { max: 1, onnotice: () => {} } });
  try {
    // No token is ever signed here; the library insists on a secret.
    await new App({ connection, auth: { enabled: true, jwt_secret: crypto.randomUUID() } }).ensureSystemSchema();
  } finally {
    await connection.close();
  }
}
