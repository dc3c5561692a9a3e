import { readFile } from "node:fs/promises";
import postgres from "postgres";
import { ensureAuthSchema } from "../auth/schema.ts";

/**
 * Makes a database what a new Supabase project is before its first migration: roles, schemas, extensions,
 * the tables of Storage and of Auth. Idempotent and quick, so it runs at every start and picks up what changed.
 */
export async function prepareDatabase(urls: { adminUrl: string; authUrl: string }): Promise<void> {
  const sql = postgres(urls.adminUrl, { max: 1, onnotice: () => {} });
  try {
    for (const file of ["./base-roles.sql", "../storage/schema.sql", "./storage-owner.sql"]) {
      await sql.unsafe(await readFile(new URL(file, import.meta.url), "utf8")).simple();
    }
  } finally {
    await sql.end({ timeout: 2 });
  }
  await ensureAuthSchema(urls.authUrl);
}
