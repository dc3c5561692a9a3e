import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { access, appendFile, chmod, chown, mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type OsUser, spawnIdentity } from "./os-user.ts";
import { problemFrom } from "./problems.ts";

/** The superuser is called as on Supabase; `postgres`, whom everybody uses, is a plain owner there and here. */
export const SUPERUSER = "supabase_admin";
export const PASSWORD = "postgres";

/** Settings that differ from Postgres's defaults, each for a reason. */
function settings(durable: boolean): string {
  const lines = [
    "listen_addresses = '127.0.0.1'",
    "unix_socket_directories = ''", // no lock files in /tmp; everybody uses the port
    "max_connections = 100",
    "shared_buffers = 128MB",
    "synchronous_commit = on",
    "jit = off", // this build has no LLVM
    "timezone = 'UTC'",
    "log_timezone = 'UTC'",
    "cluster_name = 'kredo'",
    "max_wal_size = 512MB",
  ];
  // Tests throw the whole cluster away: there is nothing to keep safe from a power cut.
  if (!durable) lines.push("fsync = off", "full_page_writes = off", "max_wal_senders = 0", "wal_level = minimal");
  return lines.join("\n") + "\n";
}

/** Creates the cluster in `dataDir` unless it is there. Returns true when it was created. */
export async function ensureCluster(
  options: { dataDir: string; bin: string; share: string; user: OsUser; durable: boolean },
): Promise<boolean> {
  const { dataDir, bin, share, user, durable } = options;
  if (await access(join(dataDir, "PG_VERSION")).then(() => true, () => false)) return false;

  // Aside and renamed at the end: a half-made cluster is never taken for a whole one.
  const building = `${dataDir}.new`;
  await rm(building, { recursive: true, force: true });
  await mkdir(building, { mode: 0o700 });
  const passwordFile = `${building}.password`;
  await writeFile(passwordFile, PASSWORD, { mode: 0o600 });
  if (user.uid !== undefined) {
    await chown(building, user.uid, user.gid!);
    await chown(passwordFile, user.uid, user.gid!);
  }

  try {
    await run(user, join(bin, "initdb"), [
      `--pgdata=${building}`,
      `--username=${SUPERUSER}`,
      `--pwfile=${passwordFile}`,
      "-L",
      share,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--locale=C",
      "--no-sync",
      "--no-instructions",
    ]);
    await appendFile(join(building, "postgresql.conf"), "\n# Kredo\n" + settings(durable));
    await writeVaultKey(building, user);
    await rename(building, dataDir);
  } finally {
    await rm(passwordFile, { force: true });
  }
  return true;
}

/** Vault's key lives beside the tables, not in them: a dump of the database carries no secret in the clear. */
async function writeVaultKey(folder: string, user: OsUser): Promise<void> {
  const path = join(folder, "vault.key");
  await writeFile(path, randomBytes(32).toString("hex"), { mode: 0o600 });
  await chmod(path, 0o600);
  if (user.uid !== undefined) await chown(path, user.uid, user.gid!);
}

function run(user: OsUser, command: string, args: string[]): Promise<void> {
  const [file, ...rest] = [...user.prefix, command, ...args];
  return new Promise((resolve, reject) => {
    const child = spawn(file, rest, {
      ...spawnIdentity(user),
      cwd: "/",
      stdio: ["ignore", "ignore", "pipe"],
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" },
    });
    let output = "";
    child.stderr!.on("data", (chunk) => output += chunk);
    child.on("error", reject);
    child.on("close", (code) => code === 0 ? resolve() : reject(problemFrom(output, "Could not create the database")));
  });
}
