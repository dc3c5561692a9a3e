/**
 * The whole suite, offline, on ports and state of its own: one throw-away Postgres for the database tests, one whole
 * stack for what speaks HTTP. `npm test -- tests/unit tests/database/ledger.test.ts` runs a part of it.
 *
 * The last line is `N passed, N failed`, over all of it.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { infoPath } from "../sandbox/info.ts";
import { choosePorts, findPortBase } from "../sandbox/ports.ts";
import { startStack } from "../sandbox/stack.ts";
import { countTests } from "./junit.ts";
import { startTestCluster } from "../tests/support/cluster.ts";

interface Suite {
  folder: string;
  needs: ("database" | "stack" | "chromium")[];
  /** Files side by side. Those that share a stack, whose faults one of them may switch, take turns. */
  parallel: boolean;
}

const SUITES: Suite[] = [
  { folder: "tests/unit", needs: [], parallel: true },
  { folder: "tests/database", needs: ["database"], parallel: true },
  { folder: "tests/integration", needs: ["database", "stack"], parallel: false },
  { folder: "tests/e2e", needs: ["database", "stack", "chromium"], parallel: false },
  { folder: "tests/chaos", needs: ["database"], parallel: false },
];

/** Longer than any suite takes; a test that hangs ends here. Milliseconds. */
const PATIENCE = 40 * 60_000;

const root = resolve(fileURLToPath(new URL("..", import.meta.url)));
const closers: (() => Promise<unknown>)[] = [];
const env: Record<string, string> = { NO_COLOR: "1" };
const total = { passed: 0, failed: 0 };

async function main(): Promise<void> {
  const chosen = (await Promise.all(SUITES.map(async (suite) => ({ suite, files: await filesOf(suite) }))))
    .filter(({ files }) => files.length > 0);
  const needed = new Set(chosen.flatMap(({ suite }) => suite.needs));
  const chromium = needed.has("chromium") ? await findChromium() : undefined;
  if (chromium) env.KREDO_CHROMIUM = chromium;
  if (needed.has("chromium") && !chromium) {
    if (Deno.env.get("CI")) throw new Error("No Chromium: install the package `chromium`, or set KREDO_CHROMIUM.");
    console.log(
      "No Chromium here, so the browser's tests are left out. Install it, or set KREDO_CHROMIUM to its path.",
    );
    chosen.splice(0, chosen.length, ...chosen.filter(({ suite }) => !suite.needs.includes("chromium")));
  }
  if (needed.has("database")) await timed("Postgres for the database tests", startDatabase);
  if (needed.has("stack")) await timed("The whole stack", startWholeStack);
  for (const { suite, files } of chosen) await timed(suite.folder, () => run(suite, files));
}

async function startDatabase(): Promise<void> {
  const cluster = await startTestCluster();
  closers.push(() => cluster.stop());
  env.KREDO_TEST_DATABASE_URL = cluster.adminUrl;
}

async function startWholeStack(): Promise<void> {
  const stateDir = await mkdtemp(join(tmpdir(), "kredo-test-stack-"));
  closers.push(() => rm(stateDir, { recursive: true, force: true }));
  const stack = await startStack({
    root,
    stateDir,
    ports: choosePorts(String(findPortBase(21_000, 22_000))),
    dev: false,
    reset: false,
    seed: "test",
    durable: false,
    onStep: () => {},
  });
  closers.push(stack.stop);
  env.KREDO_TEST_STACK = infoPath(stateDir);
}

/** The files of a suite that the arguments ask for: all, without arguments. */
async function filesOf({ folder }: Suite): Promise<string[]> {
  const files: string[] = [];
  const walk = async (path: string): Promise<void> => {
    for await (const entry of Deno.readDir(join(root, path))) {
      if (entry.isDirectory) await walk(`${path}/${entry.name}`);
      else if (/\.test\.tsx?$/.test(entry.name)) files.push(`${path}/${entry.name}`);
    }
  };
  await walk(folder).catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  });
  const asked = Deno.args.map((path) => path.replace(/^\.\//, "").replace(/\/+$/, ""));
  return files.filter((file) =>
    asked.length === 0 || asked.some((path) => file === path || file.startsWith(`${path}/`))
  )
    .sort();
}

async function run({ folder, parallel }: Suite, files: string[]): Promise<void> {
  const report = await Deno.makeTempFile({ suffix: ".xml" });
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--no-check", `--junit-path=${report}`, ...(parallel ? ["--parallel"] : []), ...files],
    cwd: root,
    env,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).spawn();
  const timer = setTimeout(() => child.kill("SIGKILL"), PATIENCE);
  const { success } = await child.status;
  clearTimeout(timer);

  const { passed, failed } = countTests(await Deno.readTextFile(report));
  await Deno.remove(report);
  total.passed += passed;
  // A run that broke down without naming a test counts as one failure.
  total.failed += success ? failed : Math.max(failed, 1);
  if (!success && failed === 0) console.error(`${folder}: the run itself failed`);
}

async function findChromium(): Promise<string | undefined> {
  const named = Deno.env.get("KREDO_CHROMIUM");
  if (named) return named;
  for (const directory of (Deno.env.get("PATH") ?? "").split(":")) {
    for (const name of ["chromium", "chromium-browser", "google-chrome"]) {
      const path = join(directory, name);
      if (await Deno.stat(path).then((info) => info.isFile, () => false)) return path;
    }
  }
}

async function timed(name: string, work: () => Promise<void>): Promise<void> {
  const begun = performance.now();
  await work();
  console.log(`${name}: ${((performance.now() - begun) / 1000).toFixed(1)} s\n`);
}

async function stop(): Promise<void> {
  for (let close = closers.pop(); close; close = closers.pop()) {
    await close().catch((error) => console.error("while stopping:", error));
  }
}

let interrupted = false;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  Deno.addSignalListener(signal, () => {
    if (interrupted) Deno.exit(1);
    interrupted = true;
    void stop().then(() => Deno.exit(1));
  });
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error && error.name === "Problem" ? error.message : error);
  total.failed += 1;
}
await stop();
if (total.passed + total.failed === 0) console.error("No test ran.");
console.log(`${total.passed} passed, ${total.failed} failed`);
Deno.exit(total.failed === 0 && total.passed > 0 ? 0 : 1);
