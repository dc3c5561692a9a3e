import { readFile, rm, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { Problem } from "../problem.ts";

/** What a running server writes into postmaster.pid (one line each). */
interface PidFile {
  pid: number;
  ready: boolean;
}

export async function readPidFile(dataDir: string): Promise<PidFile | null> {
  const text = await readFile(join(dataDir, "postmaster.pid"), "utf8").catch(() => null);
  if (text === null) return null;
  const lines = text.split("\n");
  return { pid: Math.abs(Number(lines[0])), ready: lines[7]?.trim() === "ready" };
}

/** A process that has ended but was not collected by its parent holds nothing any more: it does not count. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
  if (process.platform !== "linux") return true;
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1].startsWith("Z");
  } catch {
    return false;
  }
}

/** The command line, to tell our server from a stranger that got the same number after a reboot. */
function commandOf(pid: number): string {
  try {
    return process.platform === "linux"
      ? readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")
      : execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  } catch {
    return "";
  }
}

/**
 * Makes the data folder free to start on. A server whose Kredo is gone (kill -9) is stopped;
 * one whose Kredo still runs is somebody's work, and an error.
 */
export async function clearTheWay(stateDir: string, dataDir: string, log: (line: string) => void): Promise<void> {
  const owner = Number(await readFile(ownerFile(stateDir), "utf8").catch(() => "0"));
  const running = await readPidFile(dataDir);
  if (!running) return;

  if (!isAlive(running.pid) || !commandOf(running.pid).includes(dataDir)) {
    await rm(join(dataDir, "postmaster.pid"), { force: true });
    return;
  }
  if (owner > 0 && owner !== process.pid && isAlive(owner) && /deno/.test(commandOf(owner))) {
    throw new Problem(
      `Kredo already runs with the state folder ${stateDir} (process ${owner}). ` +
        `Stop it first, or set KREDO_STATE_DIR and KREDO_PORT_BASE to run another one beside it.`,
    );
  }
  log(`stopping a database left over from an interrupted run (process ${running.pid})`);
  await stopServer(running.pid);
}

export async function claim(stateDir: string): Promise<void> {
  await writeFile(ownerFile(stateDir), String(process.pid));
}

/** Fast shutdown: sessions are ended, everything committed is on disk. Immediate if that takes too long. */
export async function stopServer(pid: number): Promise<void> {
  for (const [signal, patience] of [["SIGINT", 10_000], ["SIGQUIT", 5_000], ["SIGKILL", 5_000]] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    for (let waited = 0; waited < patience; waited += 10) {
      if (!isAlive(pid)) return;
      await sleep(10);
    }
  }
}

function ownerFile(stateDir: string): string {
  return join(stateDir, "owner.pid");
}
