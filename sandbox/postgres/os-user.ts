import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { spawnSync } from "node:child_process";
import { Problem } from "../problem.ts";

/** Who the database runs as, and what the command has to be wrapped in for that. */
export interface OsUser {
  uid?: number;
  gid?: number;
  /** Put in front of a command; empty when the operating system's own spawn can do it. */
  prefix: string[];
}

/**
 * Postgres refuses to run as root. As anybody else this is a no-op; as root we run it as `postgres`
 * or, on a machine without that account, as `nobody`.
 *
 * A state folder below a directory only root may enter (`/root/kredo`) is out of reach for that user.
 * Opening root's home to everybody would be rude, moving the state elsewhere surprising; so the process keeps
 * one capability, the right to pass such directories. Postgres only checks that its user id is not 0.
 */
export async function databaseOsUser(stateDir: string): Promise<OsUser> {
  if (process.getuid?.() !== 0) return { prefix: [] };

  const { uid, gid } = await ownerOf(join(stateDir, "data")) ?? await unprivilegedAccount();
  if (await everyoneMayEnter(stateDir)) return { uid, gid, prefix: [] };

  const prefix = [
    "setpriv",
    `--reuid=${uid}`,
    `--regid=${gid}`,
    "--clear-groups",
    "--securebits=+no_setuid_fixup", // else access(2), which initdb asks, forgets the capability
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
    "--",
  ];
  if (spawnSync(prefix[0], [...prefix.slice(1), "true"]).status === 0) return { prefix, uid, gid };
  throw new Problem(
    `Postgres does not run as root, and no other user may enter ${stateDir}. ` +
      `Run Kredo as a normal user, or set KREDO_STATE_DIR to a folder all users may enter, such as /var/tmp/kredo.`,
  );
}

/** How to spawn: with a prefix, the wrapper changes the user; without, the operating system does. */
export function spawnIdentity(user: OsUser): { uid?: number; gid?: number } {
  return user.prefix.length > 0 || user.uid === undefined ? {} : { uid: user.uid, gid: user.gid };
}

/** A cluster stays with whoever made it: Postgres serves no data folder of another user. */
async function ownerOf(dataDir: string): Promise<{ uid: number; gid: number } | null> {
  const { uid, gid } = await stat(dataDir).catch(() => ({ uid: 0, gid: 0 }));
  return uid === 0 ? null : { uid, gid };
}

async function unprivilegedAccount(): Promise<{ uid: number; gid: number }> {
  const accounts = (await readFile("/etc/passwd", "utf8")).split("\n").map((line) => line.split(":"));
  for (const name of ["postgres", "nobody"]) {
    const account = accounts.find((fields) => fields[0] === name);
    if (account) return { uid: Number(account[2]), gid: Number(account[3]) };
  }
  throw new Problem("Postgres does not run as root and there is no `nobody` account here. Run Kredo as a normal user.");
}

async function everyoneMayEnter(folder: string): Promise<boolean> {
  for (let path = folder;; path = dirname(path)) {
    const { mode } = await stat(path);
    if ((mode & 0o001) === 0) return false;
    if (path === dirname(path)) return true;
  }
}
