/**
 * Stripe's own mock of its API (github.com/stripe/stripe-mock): it knows nothing of what happened before, but it is made
 * from Stripe's specification, so it knows every parameter and every field.
 */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import Stripe from "stripe";
import { root } from "./stack.ts";

const VERSION = "v0.203.0";
const folder = join(root, ".kredo", "tools", `stripe-mock-${VERSION}`);
const exists = (path: string) => stat(path).then(() => true, () => false);

/** The mock's program, built once and kept; or in a line why there is none. */
export async function stripeMock(): Promise<{ binary: string } | { missing: string }> {
  const binary = join(folder, "stripe-mock");
  if (await exists(binary)) return { binary };
  const go = await findGo();
  if (!go) return { missing: "there is no Go on this machine to build stripe-mock with" };
  const { success, stderr } = await new Deno.Command(go, {
    args: ["install", `github.com/stripe/stripe-mock@${VERSION}`],
    env: { GOBIN: folder },
    stdout: "null",
  }).output();
  if (success) return { binary };
  const reason = new TextDecoder().decode(stderr).trim().split("\n").at(-1);
  return { missing: `stripe-mock ${VERSION} cannot be built here: ${reason}` };
}

async function findGo(): Promise<string | null> {
  const places = [...(Deno.env.get("PATH") ?? "").split(":").filter(Boolean), "/usr/local/go/bin"];
  for (const place of places) if (await exists(join(place, "go"))) return join(place, "go");
  return null;
}

export interface RunningMock {
  client: Stripe;
  stop(): Promise<void>;
}

export async function startStripeMock(binary: string): Promise<RunningMock> {
  const child = new Deno.Command(binary, {
    args: ["-http-addr", "127.0.0.1:0", "-https-addr", "127.0.0.1:0"],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let said = "";
  let port: string | undefined;
  while (!port) {
    const { value, done } = await output.read();
    if (done) throw new Error(`stripe-mock ended:\n${said}`);
    said += value;
    port = /HTTP at address: 127\.0\.0\.1:(\d+)\s/.exec(said)?.[1];
  }
  // It logs every request; a pipe that nobody empties would stop it.
  const drained = (async () => {
    while (!(await output.read()).done);
  })();
  return {
    client: new Stripe("sk_test_mock", {
      host: "127.0.0.1",
      port,
      protocol: "http",
      maxNetworkRetries: 0,
      telemetry: false,
    }),
    async stop() {
      child.kill("SIGTERM");
      await child.status;
      await drained;
    },
  };
}
