import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { StackInfo } from "../../sandbox/info.ts";
import { findPortBase } from "../../sandbox/ports.ts";
import { identityOf } from "../../sandbox/processes/identity.ts";

export type { StackInfo } from "../../sandbox/info.ts";

export const root = resolve(fileURLToPath(new URL("../..", import.meta.url)));

let running: Promise<StackInfo> | undefined;

/**
 * The whole stack, running: the one the test run started (KREDO_TEST_STACK names its stack.json), or, when files
 * are run by themselves, one that they share and that ends with the process. Call it outside of tests: what it
 * starts outlives them.
 */
export function stack(): Promise<StackInfo> {
  const path = Deno.env.get("KREDO_TEST_STACK");
  return running ??= path ? readFile(path, "utf8").then(JSON.parse) : shared();
}

/** Kept between runs, so that the second one starts at once. */
const sharedState = join(root, ".kredo", "test");

async function shared(): Promise<StackInfo> {
  const infoPath = join(sharedState, "stack.json");
  // Several files, run side by side or one after the other, all try; one gets the lock and serves the others.
  let attempt: ReturnType<typeof spawnSupervisor> | undefined;
  for (let waited = 0; waited < 60_000; waited += 50) {
    const info = await readInfo(infoPath);
    if (info && identityOf(info.pids.supervisor)) return info;
    if (!attempt) {
      attempt = spawnSupervisor({ stateDir: sharedState, leashed: true });
      void attempt.ended.then(() => attempt = undefined);
    }
    await sleep(50);
  }
  throw new Error(`no stack on ${sharedState}; see its logs`);
}

const readInfo = (path: string) => readFile(path, "utf8").then((text) => JSON.parse(text) as StackInfo, () => null);

export interface OwnStack {
  info: StackInfo;
  stateDir: string;
  process: Deno.ChildProcess;
  /** Everything it printed so far. */
  output(): string;
  stop(signal?: Deno.Signal): Promise<number>;
}

export interface OwnStackOptions {
  /** Kept by the caller; a temporary one otherwise. */
  stateDir?: string;
  portBase?: number;
  args?: string[];
  env?: Record<string, string>;
}

/** A supervisor process with its own ports and state, for tests that stop, break or restart it. */
export async function startOwnStack(options: OwnStackOptions = {}): Promise<OwnStack> {
  const stateDir = options.stateDir ?? await mkdtemp(join(tmpdir(), "kredo-stack-"));
  const { process, output, ended } = spawnSupervisor({ ...options, stateDir });
  const infoPath = join(stateDir, "stack.json");

  for (;;) {
    const info = await readInfo(infoPath);
    if (info?.pids.supervisor === process.pid) {
      return {
        info,
        stateDir,
        process,
        output,
        async stop(signal = "SIGTERM") {
          process.kill(signal);
          const { code } = await ended;
          if (!options.stateDir) await rm(stateDir, { recursive: true, force: true });
          return code;
        },
      };
    }
    if (await Promise.race([ended.then(() => true), sleep(50)])) {
      throw new Error(`the stack did not start:\n${output()}`);
    }
  }
}

/** Runs a supervisor that is expected to refuse, and returns what it said. */
export async function startInVain(
  options: OwnStackOptions & { stateDir: string },
): Promise<{ code: number; output: string }> {
  const { ended, output } = spawnSupervisor(options);
  const { code } = await ended;
  return { code, output: output() };
}

function spawnSupervisor(
  { stateDir, portBase, args = [], env = {}, leashed = false }: OwnStackOptions & {
    stateDir: string;
    leashed?: boolean;
  },
) {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "sandbox/start.ts", ...(leashed ? ["--leashed"] : []), ...args],
    cwd: root,
    env: { KREDO_PORT_BASE: String(portBase ?? findPortBase(21_000, 22_000)), KREDO_STATE_DIR: stateDir, ...env },
    stdin: leashed ? "piped" : "null",
    stdout: leashed ? "null" : "piped",
    stderr: leashed ? "null" : "piped",
  }).spawn();
  let text = "";
  const collect = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) text += chunk;
  };
  const read = leashed ? undefined : Promise.all([collect(process.stdout), collect(process.stderr)]);
  const ended = process.status.then(async (status) => {
    await read;
    return status;
  });
  if (leashed) process.unref();
  return { process, output: () => text, ended };
}

const sleep = (milliseconds: number) => new Promise<false>((done) => setTimeout(() => done(false), milliseconds));
