import type postgres from "postgres";
import { installCheckpointKey } from "../domain/credits/checkpoints/install-key.ts";

/**
 * What the migrations leave to each installation: the web app's password and, in Vault as on Supabase, where the
 * database itself finds the edge functions and the key that signs checkpoints.
 */
export async function configureDatabase(
  sql: postgres.Sql,
  { webPassword, functionsUrl, workerKey }: { webPassword: string; functionsUrl: string; workerKey: string },
): Promise<void> {
  await sql.unsafe(`alter role kredo_web login password '${webPassword.replaceAll("'", "''")}'`);
  for (const [name, value] of [["functions_url", functionsUrl], ["worker_key", workerKey]]) {
    const [kept] = await sql`select id, decrypted_secret from vault.decrypted_secrets where name = ${name}`;
    if (!kept) await sql`select vault.create_secret(${value}, ${name})`;
    else if (kept.decrypted_secret !== value) await sql`select vault.update_secret(${kept.id}, ${value})`;
  }
  await sql.begin((transaction) => installCheckpointKey(transaction, { rotate: false }));
}
