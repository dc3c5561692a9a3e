import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findPortBase } from "../sandbox/ports.ts";
import { root, startOwnStack } from "../tests/support/stack.ts";
import { newCustomer } from "./customer.ts";
import { type Bench, interleaved, type Measurement, ROUNDS } from "./measure.ts";

const CONNECTIONS = 8;
const SECONDS = 4;
const DURATION = ["--duration", String(SECONDS)];

/** Requests a second of a page anybody sees and of one that reads the database, against the least that could render them. */
const ssr: Bench = {
  name: "ssr",
  title: "Server rendering",
  method:
    `Requests a second of \`/\` and of \`/app\` (a new customer's dashboard: signed in by cookie, token checked, ` +
    `database read under RLS), ${CONNECTIONS} connections of autocannon, ${ROUNDS} rounds of ${SECONDS} s in turns, one ` +
    "process each. The peer is `Deno.serve` with preact-render-to-string over the same page, layout and document " +
    "components and the same data, read once: no framework, router, middleware, log, session or database.",
  async run(log) {
    const portBase = findPortBase(23_100, 23_900);
    const stack = await startOwnStack({ portBase });
    // In the project, so that the peer's bundle finds its packages.
    await mkdir(join(root, ".kredo"), { recursive: true });
    const folder = await mkdtemp(join(root, ".kredo", "bench-ssr-"));
    let peer: Deno.ChildProcess | undefined;
    try {
      const { web, env } = stack.info;
      const { cookie, token } = await newCustomer(stack.info);
      const pages = [{ path: "/", cookie: "" }, { path: "/app", cookie }];
      await deno(["benchmarks/ssr-peer-build.ts", folder], {}).status;
      const peerUrl = `http://127.0.0.1:${portBase + 5}`;
      peer = deno([join(folder, "ssr-peer.js"), String(portBase + 5), token], env.web);
      await untilAnswers(peerUrl);

      const measurements: Measurement[] = [];
      for (const { path, cookie } of pages) {
        const [ours, theirs] = [(await text(web + path, cookie)).length, (await text(peerUrl + path, "")).length];
        if (Math.abs(ours - theirs) > ours * 0.03) throw new Error(`${path}: ${ours} and ${theirs} characters differ`);
        // Both compiled by the engine before the clock runs, however little of the machine is free.
        await load(web + path, cookie, ["--amount", "3000"]);
        await load(peerUrl + path, "", ["--amount", "3000"]);
        const measured = await interleaved(
          ROUNDS,
          () => load(web + path, cookie, DURATION),
          () => load(peerUrl + path, "", DURATION),
        );
        log(
          `${path} ${Math.round(measured.value)} against ${Math.round(measured.peer!)}, ratio ${
            measured.ratio!.toFixed(2)
          }`,
        );
        measurements.push({
          metric: `\`${path}\`, ${Math.round(ours / 1024)} KB of HTML`,
          unit: "req/s",
          ...measured,
          target: { of: "ratio", is: "at least", limit: 0.6 },
        });
      }
      return measurements;
    } finally {
      peer?.kill();
      await peer?.status;
      await stack.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};

export default ssr;

/** Requests a second; in a process of its own, so that it does not compete with what it measures more than it must. */
async function load(url: string, cookie: string, extent: string[]): Promise<number> {
  const { stdout, success } = await new Deno.Command("node", {
    args: [
      join(root, "node_modules", "autocannon", "autocannon.js"),
      ...["--connections", String(CONNECTIONS), ...extent, "--json", "--no-progress"],
      ...(cookie ? ["--headers", `cookie=${cookie}`] : []),
      url,
    ],
    stdout: "piped",
    stderr: "null",
  }).output();
  if (!success) throw new Error(`autocannon failed on ${url}`);
  const result = JSON.parse(new TextDecoder().decode(stdout));
  if (result.non2xx + result.errors + result.timeouts > 0) throw new Error(`${url} did not answer 200 each time`);
  return result.requests.average;
}

function deno(args: string[], env: Record<string, string>): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), { args: ["run", "-A", ...args], cwd: root, env, stdout: "null" }).spawn();
}

async function text(url: string, cookie: string): Promise<string> {
  const response = await fetch(url, { headers: cookie ? { cookie } : {}, redirect: "manual" });
  const body = await response.text();
  if (response.status !== 200) throw new Error(`${url} answered ${response.status}`);
  return body;
}

async function untilAnswers(url: string): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    const answered = await fetch(url).then(async (response) => {
      await response.text();
      return true;
    }, () => false);
    if (answered) return;
    await sleep(50);
  }
  throw new Error(`${url} never answered`);
}
