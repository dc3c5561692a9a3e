/**
 * The worker as a long-running process (`deno task worker`), for those who outgrow the edge function.
 * Both do the same and may run side by side. SIGTERM and SIGINT let running work end first.
 */
import process from "node:process";
import { runBilling } from "../domain/billing/tasks/run-billing.ts";
import { createCheckpointSigner } from "../domain/credits/checkpoints/sign-checkpoints.ts";
import { drainQueue } from "../domain/jobs/run-worker.ts";
import { createWorkerServices } from "../domain/jobs/worker-services.ts";
import { ConfigError } from "../platform/config.ts";
import { type FunctionServices, functionServices } from "../platform/function-services.ts";

/** Looks without being woken: retries, lost webhooks, missed notifications. Milliseconds. */
const INTERVAL_MS = 2_000;
/** Drains at once; one that waits for a slow provider must not hold up the others. */
const MAX_DRAINS = 4;

const foundation = configured();
const services = createWorkerServices(foundation);
const signCheckpoints = createCheckpointSigner(foundation);
const { db, log } = foundation;
const drains = new Set<Promise<void>>();

function wake(): void {
  if (drains.size >= MAX_DRAINS) return;
  const drain = Promise.all([
    drainQueue(services, { worker: "process", timeLimitMs: 60_000 }),
    runBilling(foundation, { timeLimitMs: 60_000 }),
    signCheckpoints(),
  ])
    .then(() => {}, (error) => log.error("a drain stopped", { error }))
    .finally(() => drains.delete(drain));
  drains.add(drain);
}

const listening = db.listen("kredo_work", wake, (connected) => {
  log.info("listening for work", { connected });
  if (connected) wake();
});
const timer = setInterval(wake, INTERVAL_MS);
const { promise: stopped, resolve: stop } = Promise.withResolvers<string>();
for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop(signal));

log.info("worker started");
log.info("worker is stopping", { signal: await stopped, running: drains.size });
clearInterval(timer);
await listening.close();
await Promise.all(drains);
await db.end();

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
