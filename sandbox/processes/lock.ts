import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Problem } from "../problem.ts";

/**
 * One supervisor per state folder. The operating system drops the lock when its holder ends, however it ends,
 * so a lock is never stale; the file stays behind and says who had it last.
 *
 * @throws {Problem} when another supervisor holds it.
 */
export async function lockState(stateDir: string, web: string): Promise<{ release(): void }> {
  const path = join(stateDir, "lock");
  const file = await Deno.open(path, { create: true, read: true, write: true, mode: 0o600 });
  if (!await file.tryLock(true)) {
    file.close();
    const holder = readHolder(path);
    throw new Problem(
      `Kredo already runs on ${stateDir}${holder ? ` (process ${holder.pid}, ${holder.web})` : ""}. ` +
        "Stop it with Ctrl-C there, or start a second one with KREDO_STATE_DIR=.kredo-2 KREDO_PORT_BASE=9000.",
    );
  }
  await file.truncate(0);
  await file.write(new TextEncoder().encode(JSON.stringify({ pid: Deno.pid, web }) + "\n"));
  return { release: () => file.close() };
}

function readHolder(path: string): { pid: number; web: string } | null {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return null;
  }
}
