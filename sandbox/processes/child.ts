import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Problem } from "../problem.ts";
import type { Output } from "./logs.ts";

/** A module that runs another for as long as the supervisor lives: `deno run … HOST <module> [arguments]`. */
export const HOST = fileURLToPath(new URL("./host.ts", import.meta.url));

export interface ChildOptions {
  name: string;
  command: string;
  args: string[];
  cwd: string;
  env: Record<string, string>;
  /** Resolves once the process serves; aborted when it ends before. */
  ready(signal: AbortSignal): Promise<void>;
  /** Where what it prints goes. */
  output: Output;
  /** News for the operator: crashes and restarts. */
  report(message: string): void;
  /** The process id after each start; undefined while there is none. */
  onPid(pid: number | undefined): void;
  /** Milliseconds between crash and restart, however many there were in a row; 5,000 without it. */
  longestPause?: number;
}

export interface Child {
  readonly name: string;
  readonly pid: number | undefined;
  /** False before the first start has finished and while it is being restarted. */
  readonly serving: boolean;
  stop(): Promise<void>;
}

/** A process that dies before it ever served is given this many tries: the reason will not go away. */
const FIRST_TRIES = 3;
/** Milliseconds; doubles with each crash in a row. */
const SHORTEST_PAUSE = 100;
const LONGEST_PAUSE = 5_000;
/** A process that served this long has earned a quick restart again. */
const STEADY = 10_000;
const PATIENCE = 5_000;

/**
 * Starts a process and keeps it running: restarted with a growing pause whenever it ends, until `stop`.
 * Resolves when it serves for the first time.
 *
 * @throws {Problem} when it never comes to serve; its last lines are in the message.
 */
export async function keepRunning(options: ChildOptions): Promise<Child> {
  const { name, report } = options;
  let process: ChildProcess | undefined;
  let ended: Promise<string> = Promise.resolve("");
  let serving = false;
  let stopping = false;
  const wake = new AbortController();

  /** Resolves to how it ended, after it has. */
  const launch = async (): Promise<{ served: boolean; how: string; lasted: number }> => {
    const begun = performance.now();
    // Without an echo the process writes its file itself: a pipe through here would cost us both time per line.
    const file = openSync(options.output.file, "a", 0o600);
    const sink = options.output.echo ? "pipe" : file;
    // A session of its own: Ctrl-C in the terminal reaches the supervisor alone, which stops things in order.
    const running = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env,
      detached: true,
      stdio: ["pipe", sink, sink],
    });
    process = running;
    for (const stream of [running.stdout, running.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", options.output.echo!);
    }
    closeSync(file);
    const over = new AbortController();
    ended = new Promise((done) => {
      running.once("error", (error) => done(error.message));
      running.once("exit", (code, signal) => done(signal ? `signal ${signal}` : `exit code ${code}`));
    });
    void ended.then(() => over.abort());
    options.onPid(running.pid);

    let served = false;
    await options.ready(over.signal).then(() => served = serving = !over.signal.aborted, () => {});
    if (served) firstServed.resolve();
    const how = await ended;
    serving = false;
    options.onPid(undefined);
    return { served, how, lasted: performance.now() - begun };
  };

  const firstServed = Promise.withResolvers<void>();
  const supervise = async () => {
    let pause = SHORTEST_PAUSE;
    for (let attempt = 1, everServed = false;; attempt++) {
      const { served, how, lasted } = await launch();
      everServed ||= served;
      if (stopping) return;
      if (!everServed && attempt === FIRST_TRIES) {
        const last = readFileSync(options.output.file, "utf8").trimEnd().split("\n").slice(-20);
        firstServed.reject(new Problem([`${name} does not start (${how}).`, ...last].join("\n  ")));
        return;
      }
      if (lasted > STEADY) pause = SHORTEST_PAUSE;
      report(`${name} ended (${how}); starting it again in ${pause} ms`);
      await sleep(pause, wake.signal);
      if (stopping) return;
      pause = Math.min(pause * 2, options.longestPause ?? LONGEST_PAUSE);
    }
  };

  const supervised = supervise();
  await firstServed.promise;

  return {
    name,
    get pid() {
      return process?.exitCode === null && process.signalCode === null ? process.pid : undefined;
    },
    get serving() {
      return serving;
    },
    async stop() {
      stopping = true;
      wake.abort();
      process?.kill("SIGTERM");
      // A second one tells the web server not to wait for streams that stay open.
      const again = setTimeout(() => process?.kill("SIGTERM"), PATIENCE / 5);
      const enough = setTimeout(() => process?.kill("SIGKILL"), PATIENCE);
      await ended;
      await supervised;
      clearTimeout(again);
      clearTimeout(enough);
    },
  };
}

/** Resolves when something accepts connections on the port. */
export async function untilListening(port: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch {
      await sleep(15, signal);
    }
  }
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((done) => {
    if (signal.aborted) return done();
    const finish = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      done();
    };
    const timer = setTimeout(finish, milliseconds);
    signal.addEventListener("abort", finish);
  });
}
