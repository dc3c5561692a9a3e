import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { StackInfo } from "./info.ts";
import { choosePorts } from "./ports.ts";
import { Problem } from "./problem.ts";
import { type Stack, startStack } from "./stack.ts";

const USAGE = `npm start [-- options]
  --dev     hot reload and all logs on the terminal
  --reset   throw the kept state away and begin anew
  --leashed stop when standard input closes, for programs that start a stack
  --help

KREDO_PORT_BASE=N   ports N to N+3 instead of 8000, 54321, 54322, 54324
KREDO_STATE_DIR=…   where data and logs are kept (.kredo)
KREDO_SEED=…        replays the draws of the stand-ins`;

const begun = performance.now();

async function main(): Promise<void> {
  const { values } = parseArgs({
    args: Deno.args,
    options: {
      dev: { type: "boolean" },
      reset: { type: "boolean" },
      leashed: { type: "boolean" },
      help: { type: "boolean" },
    },
  });
  if (values.help) return console.log(USAGE);

  const starting = startStack({
    root: resolve(fileURLToPath(new URL("..", import.meta.url))),
    stateDir: resolve(Deno.env.get("KREDO_STATE_DIR") || ".kredo"),
    ports: choosePorts(Deno.env.get("KREDO_PORT_BASE")),
    dev: values.dev ?? false,
    reset: values.reset ?? false,
    seed: Deno.env.get("KREDO_SEED") || "kredo",
    durable: true,
    onStep: (step, milliseconds) => console.log(`  ${step.padEnd(34)}${seconds(milliseconds).padStart(8)}`),
  });
  const stop = stopper(starting);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) Deno.addSignalListener(signal, stop);
  if (values.leashed) void Deno.stdin.readable.pipeTo(new WritableStream()).catch(() => {}).then(stop);

  const { info } = await starting;
  console.log(`\nKredo is ready after ${seconds(performance.now() - begun)}.\n\n${table(info)}\n\nCtrl-C stops it.`);
}

/** Asked once, everything is stopped in order; asked again, this process ends at once. */
function stopper(starting: Promise<Stack>): () => Promise<void> {
  let asked = false;
  return async () => {
    if (asked) Deno.exit(1);
    asked = true;
    console.log("\nStopping…");
    try {
      await (await starting).stop();
      Deno.exit(0);
    } catch {
      // The start failed and says so itself.
    }
  };
}

function table({ web, console: sandbox, api, db, users }: StackInfo): string {
  const rows = [
    ["Kredo", web],
    ["Console (mail, payments, pictures)", sandbox],
    ["Supabase API", api],
    ["Postgres", db],
    ["Customer", `${users.customer.email}  ${users.customer.password}`],
    ["Operator", `${users.operator.email}  ${users.operator.password}`],
  ];
  return rows.map(([name, value]) => `  ${name.padEnd(36)}${value}`).join("\n");
}

const seconds = (milliseconds: number) => `${(milliseconds / 1000).toFixed(1)} s`;

/** A part that loses its database for a moment must not take the supervisor with it. */
globalThis.addEventListener("unhandledrejection", (event) => {
  event.preventDefault();
  console.error("Unhandled:", event.reason);
});

try {
  await main();
} catch (error) {
  if (error instanceof Problem || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS")) {
    console.error((error as Error).message);
  } else {
    console.error(error);
  }
  Deno.exit(1);
}
