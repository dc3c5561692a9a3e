import { forEachAtMost } from "../../../platform/concurrency.ts";
import type { FunctionServices } from "../../../platform/function-services.ts";
import { applyStripeEvent, type News } from "../stripe/apply-event.ts";
import { doTask } from "./do-task.ts";
import type { Task, TaskOutcome } from "./task.ts";

export interface BillingSummary {
  /** Failed events of Stripe that were tried again. */
  retried: number;
  /** Tasks that were tried: mails, charges, cancellations, comparisons. */
  tasks: number;
}

/** Taken at once, and at most this many of them under way. */
const BATCH = 20;
const AT_ONCE = 4;
const LEASE_SECONDS = 90;

/**
 * What billing left to do outside of the database: one batch after another until nothing is due or the time is up.
 * All it knows is in the database, so it may run in many processes at once and be killed at any line.
 */
export async function runBilling(
  services: FunctionServices,
  { timeLimitMs }: { timeLimitMs: number },
): Promise<BillingSummary> {
  const until = performance.now() + timeLimitMs;
  const total: BillingSummary = { retried: 0, tasks: 0 };
  let did: number;
  do {
    const retried = await retryFailedEvents(services);
    const tasks = await runTasks(services);
    total.retried += retried;
    total.tasks += tasks;
    did = retried + tasks;
  } while (did > 0 && performance.now() < until);
  return total;
}

async function retryFailedEvents(services: FunctionServices): Promise<number> {
  const { db, log } = services;
  const events = await db.asService((sql) =>
    sql<(Omit<News, "objectId"> & { object_id: string })[]>`
      select event_id as id, type, object_id, livemode, created from private.claim_failed_events(${BATCH})`
  );
  await forEachAtMost(AT_ONCE, events, async ({ object_id, ...event }) => {
    try {
      await applyStripeEvent(services, { ...event, objectId: object_id });
    } catch (error) {
      // Kept as failed, with its next try; nobody waits for this one.
      log.warn("a stripe event failed again", { event: event.id, type: event.type, error });
    }
  });
  return events.length;
}

async function runTasks(services: FunctionServices): Promise<number> {
  const { db, log } = services;
  const tasks = await db.asService((sql) =>
    sql<Task[]>`
      select id, kind, key, user_id, data, attempt, email, locale from private.claim_tasks(${BATCH}, ${LEASE_SECONDS})`
  );
  let tried = 0;
  await forEachAtMost(AT_ONCE, tasks, async (task) => {
    const outcome = await doTask(services, task).catch((error): TaskOutcome => {
      log.error("a task failed", { task: task.key, attempt: task.attempt, error });
      return { outcome: "later", error: error instanceof Error ? error.message : String(error) };
    });
    if (outcome.outcome === "deferred") {
      return void await db.asService((sql) => sql`select private.defer_task(${task.id}, ${task.attempt}, 600)`);
    }
    tried++;
    await db.asService((sql) =>
      sql`select private.finish_task(${task.id}, ${task.attempt}, ${outcome.outcome}, ${outcome.error ?? null})`
    );
  });
  return tried;
}
