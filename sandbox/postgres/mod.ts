import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { chown, mkdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Problem } from "../problem.ts";
import { installBinaries } from "./binaries.ts";
import { ensureCluster, PASSWORD, SUPERUSER } from "./cluster.ts";
import { databaseOsUser, type OsUser, spawnIdentity } from "./os-user.ts";
import { claim, clearTheWay, isAlive, readPidFile, stopServer } from "./postmaster.ts";
import { portInUse, problemFrom } from "./problems.ts";

export interface PostgresOptions {
  /** A folder of its own: holds the binaries, the data, `postgres.log` and `owner.pid`. */
  stateDir: string;
  port: number;
  log?: (line: string) => void;
  /** False: no fsync, for clusters that are thrown away. */
  durable?: boolean;
}

export interface Postgres {
  /** As `postgres`, who owns the database but is no superuser: what Supabase gives you. */
  url: string;
  /** As the superuser `supabase_admin`: for what Supabase itself does. */
  adminUrl: string;
  /** As `supabase_auth_admin`, who owns what Auth keeps: for Auth, which must not be able to touch more. */
  authUrl: string;
  pid: number;
  /** True when this start made the cluster: nothing is in it yet, and `postgres` does not exist. */
  created: boolean;
  /** Resolves when the server process is gone, however that came about. */
  exited: Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts Postgres 17 from node_modules on 127.0.0.1 and waits until it takes connections.
 *
 * @throws {Problem} port in use, disk full, binary missing, state folder in use, root without a way out.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const stateDir = resolve(options.stateDir);
  const { port, log = () => {}, durable = true } = options;
  const dataDir = join(stateDir, "data");
  await mkdir(stateDir, { recursive: true });

  try {
    const user = await databaseOsUser(stateDir);
    await clearTheWay(stateDir, dataDir, log);
    await claim(stateDir);
    await assertPortIsFree(port);
    const { bin, share } = await installBinaries(stateDir);
    const created = await ensureCluster({ dataDir, bin, share, user, durable });
    const child = await launch({ stateDir, dataDir, bin, port, user });
    const pid = (await readPidFile(dataDir))!.pid;
    return {
      url: connectionUrl("postgres", port),
      adminUrl: connectionUrl(SUPERUSER, port),
      authUrl: connectionUrl("supabase_auth_admin", port),
      pid,
      created,
      exited: new Promise((done) => child.exitCode !== null ? done() : child.once("exit", () => done())),
      stop: () => stopServer(pid),
    };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") throw problemFrom("No space left on device", "Postgres");
    if ((error as NodeJS.ErrnoException).code === "EACCES") {
      throw new Problem(
        `Kredo may not write ${stateDir}. Give yourself that folder, or set KREDO_STATE_DIR to another.`,
      );
    }
    throw error;
  }
}

/** Forgets everything: stops a server that was left over, then removes its folder. */
export async function removePostgres(stateDir: string, log: (line: string) => void = () => {}): Promise<void> {
  const folder = resolve(stateDir);
  await clearTheWay(folder, join(folder, "data"), log);
  await rm(folder, { recursive: true, force: true });
}

export function connectionUrl(user: string, port: number, database = "postgres"): string {
  return `postgresql://${user}:${PASSWORD}@127.0.0.1:${port}/${database}`;
}

function assertPortIsFree(port: number): Promise<void> {
  return new Promise((free, taken) => {
    const probe = createServer();
    probe.once("error", () => taken(portInUse(port)));
    probe.listen(port, "127.0.0.1", () => probe.close(() => free()));
  });
}

/**
 * Spawns the server in a session of its own, so that Ctrl-C reaches us and not the database: the supervisor
 * ends its users first. Tried again while the last one's shared memory is still being released after a crash.
 */
async function launch(
  options: { stateDir: string; dataDir: string; bin: string; port: number; user: OsUser },
): Promise<ChildProcess> {
  const { stateDir, dataDir, bin, port, user } = options;
  const logFile = join(stateDir, "postgres.log");
  const [file, ...args] = [...user.prefix, join(bin, "postgres"), "-D", dataDir, "-p", String(port)];

  for (let attempt = 1;; attempt++) {
    const descriptor = openSync(logFile, "w", 0o644); // one file, begun anew at each start
    if (user.uid !== undefined) await chown(logFile, user.uid, user.gid!);
    const child = spawn(file, args, {
      ...spawnIdentity(user),
      cwd: "/",
      detached: true,
      stdio: ["ignore", descriptor, descriptor],
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
    });
    closeSync(descriptor);
    const ended = new Promise<"ended">((done) => {
      child.once("exit", () => done("ended"));
      child.once("error", () => done("ended"));
    });

    if (await Promise.race([ended, untilReady(dataDir, child)]) === "ready") return child;
    const output = await readFile(logFile, "utf8").catch(() => "");
    if (/Address already in use/.test(output)) throw portInUse(port);
    if (/pre-existing shared memory block|another postmaster/.test(output) && attempt < 50) {
      await sleep(100);
      continue;
    }
    throw problemFrom(output, "Postgres did not start");
  }
}

async function untilReady(dataDir: string, child: ChildProcess): Promise<"ready"> {
  // Recovery after a crash is the long case; a server that is alive and working is not given up.
  for (;;) {
    const file = await readPidFile(dataDir);
    if (file?.ready && file.pid === child.pid) return "ready";
    if (child.exitCode !== null || (child.pid !== undefined && !isAlive(child.pid))) await new Promise(() => {});
    await sleep(10);
  }
}
