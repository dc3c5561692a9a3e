import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import process from "node:process";

/**
 * What tells a process from another that got its number later: when it began and what it runs.
 * Null when there is no such process, or no way to know here (Windows).
 */
export function identityOf(pid: number): string | null {
  try {
    if (process.platform === "linux") {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // The name in parentheses may hold spaces; field 22 is the start time, field 3 the state.
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      if (fields[0] === "Z") return null;
      return `${fields[19]} ${readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ").trim()}`;
    }
    if (process.platform === "darwin") {
      return execFileSync("ps", ["-o", "lstart=,command=", "-p", String(pid)], { encoding: "utf8" }).trim() || null;
    }
  } catch {
    // No such process.
  }
  return null;
}

/** Ends a process if it is still the one that was written down. Returns whether it was. */
export async function endIfSame(pid: number, identity: string): Promise<boolean> {
  if (identityOf(pid) !== identity) return false;
  for (const [signal, patience] of [["SIGTERM", 3000], ["SIGKILL", 2000]] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return true;
    }
    for (const end = Date.now() + patience; Date.now() < end;) {
      if (identityOf(pid) !== identity) return true;
      await new Promise((done) => setTimeout(done, 25));
    }
  }
  return true;
}
