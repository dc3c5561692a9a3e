import { createHash } from "node:crypto";
import { join } from "node:path";
import { Problem } from "./problem.ts";
import type { Output } from "./processes/logs.ts";
import { type Child, HOST, keepRunning, untilListening } from "./processes/child.ts";

/** What the build reads; a change in any of these makes a new one. */
const INPUTS = [
  "components",
  "domain",
  "islands",
  "locales",
  "platform",
  "routes",
  "static",
  "deno.json",
  "entry.server.ts",
  "fresh.config.ts",
  "main.ts",
  "package-lock.json",
];

const VITE = join("node_modules", "vite", "bin", "vite.js");

/** Builds the web app unless the last build was made of the same files. Returns whether it built. */
export async function buildWeb(root: string, env: Record<string, string>): Promise<boolean> {
  // Two starts in one checkout would write into each other's build.
  await using _turn = await takeTurn(join(root, "node_modules", ".kredo-build.lock"));
  const stamp = join(root, ".output", ".inputs");
  const inputs = await fingerprint(root);
  if (await Deno.readTextFile(stamp).catch(() => "") === inputs) return false;

  const build = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", VITE, "build", "--config", "fresh.config.ts"],
    cwd: root,
    env,
    stdout: "piped",
    stderr: "piped",
  }).output();
  if (!build.success) {
    const decoder = new TextDecoder();
    throw new Problem(
      `The web app does not build:\n${decoder.decode(build.stdout)}${decoder.decode(build.stderr)}`.trimEnd(),
    );
  }
  await Deno.writeTextFile(stamp, inputs);
  return true;
}

export interface WebOptions {
  root: string;
  port: number;
  dev: boolean;
  env: Record<string, string>;
  output: Output;
  report(message: string): void;
  onPid(pid: number | undefined): void;
}

/** As the README starts it in production: the web app writes no file and runs no program. */
const permissions = (root: string) => [
  "--no-prompt",
  "--allow-net",
  "--allow-env",
  `--allow-read=${join(root, ".output")}`,
];

/** The production build, or Vite's server with hot reload. */
export function startWeb({ root, port, dev, env, output, report, onPid }: WebOptions): Promise<Child> {
  const program = dev
    ? [VITE, "dev", "--config", "fresh.config.ts", "--host", "127.0.0.1", "--port", String(port), "--strictPort"]
    : [join(root, ".output", "server", "index.mjs")];
  return keepRunning({
    name: "web",
    command: Deno.execPath(),
    args: ["run", ...(dev ? ["-A"] : permissions(root)), HOST, ...program],
    cwd: root,
    env: { ...env, HOST: "127.0.0.1", PORT: String(port) },
    ready: (signal) => untilListening(port, signal),
    output,
    report,
    onPid,
  });
}

async function fingerprint(root: string): Promise<string> {
  const hash = createHash("sha256");
  const add = async (path: string): Promise<void> => {
    const info = await Deno.stat(join(root, path)).catch(() => null);
    if (info?.isDirectory) {
      const names = (await Array.fromAsync(Deno.readDir(join(root, path)))).map((entry) => entry.name).sort();
      for (const name of names) await add(join(path, name));
    } else if (info) {
      hash.update(path).update("\0").update(await Deno.readFile(join(root, path)));
    }
  };
  for (const input of INPUTS) await add(input);
  return hash.digest("hex");
}

async function takeTurn(path: string): Promise<AsyncDisposable> {
  const file = await Deno.open(path, { create: true, write: true });
  await file.lock(true);
  return {
    [Symbol.asyncDispose]() {
      file.close();
      return Promise.resolve();
    },
  };
}
