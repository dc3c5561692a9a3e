import { appendFileSync, mkdirSync, readdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";

/** Larger ones are put aside at the next start. */
const KEEP_BYTES = 5 * 2 ** 20;

/** Where a process writes. */
export interface Output {
  file: string;
  /** Takes each line in place of the file. */
  echo?: (line: string) => void;
}

export interface Logs {
  of(name: string): Output;
  /** A line of a part that runs inside the supervisor. */
  line(name: string, text: string): void;
  /** Something the person at the keyboard should see. */
  report(text: string): void;
}

/** One file per process in `<state>/logs`; with `echo`, every line on the terminal too, under its name. */
export function openLogs(stateDir: string, echo: boolean): Logs {
  const directory = join(stateDir, "logs");
  mkdirSync(directory, { recursive: true });
  for (const name of readdirSync(directory)) {
    const path = join(directory, name);
    if (name.endsWith(".log") && statSync(path).size > KEEP_BYTES) renameSync(path, `${path}.1`);
  }
  const file = (name: string) => join(directory, `${name}.log`);

  const line = (name: string, text: string) => {
    appendFileSync(file(name), text + "\n", { mode: 0o600 });
    if (echo) console.log(`[${name}] ${text}`);
  };

  return {
    of: (name) => ({ file: file(name), echo: echo ? (text) => line(name, text) : undefined }),
    line,
    report(text) {
      line("supervisor", `${new Date().toISOString()} ${text}`);
      if (!echo) console.error(text);
    },
  };
}
