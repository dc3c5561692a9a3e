import { appendFileSync, mkdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";

const KEEP_BYTES = 5 * 2 ** 20;

export interface Logs {
  /** A line of one process. */
  line(name: string, text: string): void;
  /** Something the person at the keyboard should see. */
  report(text: string): void;
}

/** One file per process in `<state>/logs`; with `echo`, every line on the terminal too, under its name. */
export function openLogs(stateDir: string, echo: boolean): Logs {
  const directory = join(stateDir, "logs");
  mkdirSync(directory, { recursive: true });

  const line = (name: string, text: string) => {
    const path = join(directory, `${name}.log`);
    if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > KEEP_BYTES) renameSync(path, `${path}.1`);
    appendFileSync(path, text + "\n");
    if (echo) console.log(`[${name}] ${text}`);
  };

  return {
    line,
    report(text) {
      line("supervisor", `${new Date().toISOString()} ${text}`);
      if (!echo) console.error(text);
    },
  };
}
