/**
 * The worker as a long-running process (`deno task worker`), for those who outgrow the edge function.
 * Both do the same and may run side by side. SIGTERM and SIGINT let running work end first.
 *
 *   deno task worker [--concurrency 32]
 */
import { hostname } from "node:os";
import process from "node:process";
import { parseArgs } from "node:util";
import { runBilling } from "../domain/billing/tasks/run-billing.ts";
import { createCheckpointSigner } from "../domain/credits/checkpoints/sign-checkpoints.ts";
import { DEFAULT_CONCURRENCY, startWorker } from "../domain/jobs/run-worker.ts";
import { createWorkerServices } from "../domain/jobs/worker-services.ts";
import { ConfigError } from "../platform/config.ts";
import { type FunctionServices, functionServices } from "../platform/function-services.ts";

/** Looks without being woken, while notifications do not arrive. Milliseconds. */
const DEAF_MS = 2_000;

const concurrency = readConcurrency();
const foundation = configured();
const { db, log } = foundation;
const name = `${hostname().slice(0, 60)}:${process.pid}:${crypto.randomUUID().slice(0, 8)}`;
const signCheckpoints = createCheckpointSigner(foundation);

const once = {
  tasks: onceAtATime(() => runBilling(foundation, { timeLimitMs: 60_000 })),
  checkpoints: onceAtATime(signCheckpoints),
};
const worker = startWorker(createWorkerServices(foundation), { worker: name, concurrency }, (other) => {
  if (other.tasks) once.tasks.begin();
  if (other.checkpoints) once.checkpoints.begin();
});

let deaf: ReturnType<typeof setInterval> | undefined = setInterval(worker.wake, DEAF_MS);
const listening = db.listen("kredo_work", worker.wake, (connected) => {
  log.info("listening for work", { connected });
  clearInterval(deaf);
  deaf = connected ? undefined : setInterval(worker.wake, DEAF_MS);
  if (connected) worker.wake();
});
const { promise: stopped, resolve: stop } = Promise.withResolvers<string>();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop(signal));

log.info("worker started", { worker: name, concurrency });
log.info("worker is stopping", { worker: name, signal: await stopped });
clearInterval(deaf);
await listening.close();
await Promise.all([worker.stop(), once.tasks.done(), once.checkpoints.done()]);
await db.end();

/** Work that must not run twice at once in this process; one that fails is found again. */
function onceAtATime(act: () => Promise<unknown>) {
  let run: Promise<void> | undefined;
  return {
    begin() {
      run ??= act()
        .then(() => {}, (error) => log.error("work beside the engine stopped", { error }))
        .finally(() => run = undefined);
    },
    done: async () => await run,
  };
}

function readConcurrency(): number {
  const { values } = parseArgs({ options: { concurrency: { type: "string", default: String(DEFAULT_CONCURRENCY) } } });
  const wanted = Number(values.concurrency);
  if (Number.isInteger(wanted) && wanted >= 1 && wanted <= 200) return wanted;
  console.error("--concurrency takes a whole number from 1 to 200.");
  process.exit(1);
}

/** Without a usable configuration the list of what is wrong with it, and no stack trace. */
function configured(): FunctionServices {
  try {
    return functionServices("worker");
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exit(1);
  }
}
