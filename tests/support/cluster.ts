import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { migrateDatabase } from "../../sandbox/postgres/migrate.ts";
import { PASSWORD } from "../../sandbox/postgres/cluster.ts";
import { connectionUrl, removePostgres, startPostgres } from "../../sandbox/postgres/mod.ts";
import { isAlive } from "../../sandbox/postgres/postmaster.ts";
import { prepareDatabase } from "../../sandbox/postgres/prepare.ts";

/** The database every test database is a copy of: base roles, Auth, Storage, our migrations and seed. */
export const TEMPLATE = "kredo_template";

const PREFIX = "kredo-test-";

export interface TestCluster {
  /** Superuser's URL of the database `postgres`. */
  adminUrl: string;
  /** `kill -9`, and a new start on the same files and port. */
  crash(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * A throw-away Postgres on a free port, with the template in it. About two seconds, so one serves a whole
 * test run: the runner starts it and passes its URL on as KREDO_TEST_DATABASE_URL. Benchmarks want it `durable`, for a
 * commit that need not reach the disk is not the commit that customers wait for; and so do tests that crash it.
 */
export async function startTestCluster({ durable = false } = {}): Promise<TestCluster> {
  await removeLeftovers();
  const stateDir = await mkdtemp(join(tmpdir(), PREFIX));
  const options = { stateDir, port: await freePort(), durable };
  let server = await startPostgres(options);
  const stop = async () => {
    await server.stop();
    await rm(stateDir, { recursive: true, force: true });
  };
  try {
    await createTemplate(server.adminUrl);
  } catch (error) {
    await stop();
    throw error;
  }
  const crash = async () => {
    Deno.kill(server.pid, "SIGKILL");
    await server.exited;
    server = await startPostgres(options);
  };
  return { adminUrl: server.adminUrl, crash, stop };
}

/** Of runs that were killed: a server goes on without its starter. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(tmpdir())) {
    if (!name.startsWith(PREFIX)) continue;
    const stateDir = join(tmpdir(), name);
    const owner = Number(await readFile(join(stateDir, "owner.pid"), "utf8").catch(() => NaN));
    // Two runs may find the same one; whoever comes second finds it gone.
    if (owner && !isAlive(owner)) await removePostgres(stateDir).catch(() => {});
  }
}

async function createTemplate(adminUrl: string): Promise<void> {
  const port = Number(new URL(adminUrl).port);
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(`create database ${TEMPLATE}`);
    await prepareDatabase({
      adminUrl: connectionUrl("supabase_admin", port, TEMPLATE),
      authUrl: connectionUrl("supabase_auth_admin", port, TEMPLATE),
    });
    await migrateDatabase(connectionUrl("postgres", port, TEMPLATE));
    await sql.unsafe(`alter role kredo_web with login password '${PASSWORD}'`);
    // A database can only be copied while nobody is connected to it.
    await sql.unsafe(`alter database ${TEMPLATE} with is_template true allow_connections false`);
  } finally {
    await sql.end({ timeout: 2 });
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((listening) => probe.listen(0, "127.0.0.1", listening));
  const { port } = probe.address() as AddressInfo;
  await new Promise((closed) => probe.close(closed));
  return port;
}
