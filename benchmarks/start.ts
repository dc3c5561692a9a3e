import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPortBase } from "../sandbox/ports.ts";
import { root } from "../tests/support/stack.ts";
import { type Bench, median, ROUNDS, spread } from "./measure.ts";

/** From an empty folder to a page in the browser, as somebody who just found the project would do it. */
const start: Bench = {
  name: "start",
  title: "Start",
  method:
    "`git clone` of the committed tree into an empty folder, then `npm start` (`npm ci` with a warm npm cache, build, " +
    "Postgres, migrations, functions, web), until it says it is ready and `/` answers 200. Then the same folder again, " +
    "with its data. Once unmeasured, to warm the cache.",
  async run(log) {
    const first: number[] = [];
    const second: number[] = [];
    for (let round = -1; round < ROUNDS; round++) {
      const folder = await mkdtemp(join(tmpdir(), "kredo-bench-start-"));
      try {
        const portBase = findPortBase(23_100, 23_900);
        const begun = performance.now();
        await command("git", ["clone", "--quiet", root, folder]);
        const fresh = await startIn(folder, portBase);
        const cold = (performance.now() - begun) / 1000;
        await fresh.stop();

        const again = performance.now();
        const warm = await startIn(folder, portBase);
        const seconds = (performance.now() - again) / 1000;
        await warm.stop();
        log(`${cold.toFixed(1)} s, then ${seconds.toFixed(2)} s${round < 0 ? " (not counted)" : ""}`);
        if (round < 0) continue;
        first.push(cold);
        second.push(seconds);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    }
    const alone = { peer: null, ratio: null, unit: "s" };
    return [
      {
        ...alone,
        metric: "clone to ready, warm npm cache",
        value: median(first),
        spread: spread(first),
        target: { of: "value", is: "at most", limit: 60 },
      },
      {
        ...alone,
        metric: "second start",
        value: median(second),
        spread: spread(second),
        target: { of: "value", is: "at most", limit: 5 },
      },
    ];
  },
};

export default start;

async function startIn(folder: string, portBase: number) {
  const child = new Deno.Command("npm", {
    args: ["start", "--silent"],
    cwd: folder,
    env: { KREDO_PORT_BASE: String(portBase) },
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let output = "";
  const ready = Promise.withResolvers<void>();
  const reading = (async () => {
    for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
      output += chunk;
      if (output.includes("Kredo is ready")) ready.resolve();
    }
    ready.reject(new Error(`npm start ended:\n${output}`));
  })();
  await ready.promise;
  const page = await fetch(`http://127.0.0.1:${portBase}/`);
  await page.text();
  if (page.status !== 200) throw new Error(`/ answered ${page.status}`);
  const { pids } = JSON.parse(await Deno.readTextFile(join(folder, ".kredo", "stack.json")));
  return {
    async stop() {
      Deno.kill(pids.supervisor, "SIGTERM");
      await child.status;
      await reading.catch(() => {});
    },
  };
}

async function command(name: string, args: string[]): Promise<void> {
  const { success } = await new Deno.Command(name, { args, stdout: "null", stderr: "inherit" }).output();
  if (!success) throw new Error(`${name} ${args.join(" ")} failed`);
}
