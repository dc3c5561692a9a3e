// Makes the sandbox's database anew: base roles, migrations, seed. Everything else in the state folder stays.
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import postgres from "postgres";
import { choosePorts } from "../sandbox/ports.ts";
import { migrateDatabase } from "../sandbox/postgres/migrate.ts";
import { connectionUrl, startPostgres } from "../sandbox/postgres/mod.ts";
import { prepareDatabase } from "../sandbox/postgres/prepare.ts";
import { Problem } from "../sandbox/problem.ts";
import { lockState } from "../sandbox/processes/lock.ts";

async function reset(): Promise<void> {
  const stateDir = resolve(Deno.env.get("KREDO_STATE_DIR") || ".kredo");
  const { db: port } = choosePorts(Deno.env.get("KREDO_PORT_BASE"));
  await mkdir(stateDir, { recursive: true });
  const lock = await lockState(stateDir, "deno task db:reset");
  try {
    const server = await startPostgres({ stateDir: join(stateDir, "postgres"), port, log: console.log });
    try {
      const sql = postgres(connectionUrl("supabase_admin", port, "template1"), { max: 1, onnotice: () => {} });
      await sql`drop database if exists postgres with (force)`;
      await sql`create database postgres`;
      await sql.end();
      await prepareDatabase(server);
      await migrateDatabase(server.url);
    } finally {
      await server.stop();
    }
  } finally {
    lock.release();
  }
  console.log("The database is new: migrations and seed applied. `npm start` adds the demo users.");
}

try {
  await reset();
} catch (error) {
  if (!(error instanceof Problem)) throw error;
  console.error(error.message);
  Deno.exit(1);
}
