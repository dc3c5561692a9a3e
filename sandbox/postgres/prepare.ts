import { App } from "@supabase/lite";
import { createPostgresConnection } from "@supabase/lite/postgres";
import { readFile } from "node:fs/promises";
import postgres from "postgres";

/**
 * Makes a database what a new Supabase project is before its first migration: roles, schemas, extensions,
 * the tables of Storage and of Auth. Idempotent and quick, so it runs at every start and picks up what changed.
 */
export async function prepareDatabase(urls: { adminUrl: string; authUrl: string }): Promise<void> {
  const sql = postgres(urls.adminUrl, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(await sqlFile("./base-roles.sql")).simple();
    await sql.unsafe(await sqlFile("../storage/schema.sql")).simple();
    await sql.unsafe(await sqlFile("./storage-owner.sql")).simple();
  } finally {
    await sql.end({ timeout: 2 });
  }
  await createAuthTables(urls.authUrl);
}

/**
 * Auth's tables come from the library that answers for Auth. It has to log in as `supabase_auth_admin`, as the real one
 * does: as superuser it would replace `auth.uid()`, and at its first Data API request grant all tables to everybody.
 */
async function createAuthTables(authUrl: string): Promise<void> {
  const connection = createPostgresConnection({ url: authUrl, postgresOptions: { max: 1, onnotice: () => {} } });
  try {
    // Its own record of migrations would take the place of the Supabase CLI's.
    const app = new App({ connection, auth: { enabled: true }, db: { migrations: { enabled: false } } });
    await app.ensureSystemSchema();
  } finally {
    await connection.close();
  }
}

function sqlFile(path: string): Promise<string> {
  return readFile(new URL(path, import.meta.url), "utf8");
}
