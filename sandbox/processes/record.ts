import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { endIfSame, identityOf } from "./identity.ts";

const entries = z.record(z.string(), z.object({ pid: z.number().int(), identity: z.string() }));

/** Which processes this supervisor started, on disk: the next one reads it when this one is killed. */
export function processRecord(stateDir: string) {
  const path = join(stateDir, "processes.json");
  const running: z.infer<typeof entries> = {};
  const save = () => writeAtomically(path, JSON.stringify(running, null, 2));

  return {
    set(name: string, pid: number | undefined): void {
      const identity = pid === undefined ? null : identityOf(pid);
      if (pid === undefined || identity === null) delete running[name];
      else running[name] = { pid, identity };
      save();
    },

    /** Ends what a killed supervisor left behind, and nothing else. Returns the names. */
    async sweep(): Promise<string[]> {
      const left: string[] = [];
      const parsed = entries.safeParse(readJson(path));
      for (const [name, { pid, identity }] of Object.entries(parsed.success ? parsed.data : {})) {
        if (await endIfSame(pid, identity)) left.push(name);
      }
      save();
      return left;
    },
  };
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Readers see the old file or the new one, never half of it. Readable by its owner alone. */
export function writeAtomically(path: string, text: string): void {
  writeFileSync(`${path}.new`, text + "\n", { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
