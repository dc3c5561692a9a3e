import type { Database } from "../../platform/database.ts";
import { type Limit, takeLimit } from "../../platform/limits.ts";
import type { Session } from "../../platform/request.ts";
import { validationFailed } from "../errors.ts";
import { requestHash } from "../idempotency.ts";
import { parseInput } from "./input.ts";
import { readModel } from "./list-models.ts";
import { readJob } from "./read-job.ts";
import type { JobWithStory } from "./types.ts";

export interface EnqueueJob {
  model: string;
  /** Not yet checked; the model's schema decides. */
  input: unknown;
  /** The whole price that was shown, in credits. If it is another one by now, nothing happens. */
  expectedCredits?: number;
  /** Not before this, at most 30 days ahead. A time that is past means now. */
  runAt?: Date;
  /** Same key and same request: the first job again, and no second reservation. */
  idempotencyKey?: string;
}

/** Of requests, whatever becomes of them; how many jobs a minute there may be is the plan's to say, in the database. */
const perPerson: Limit = { bucket: "jobs", hits: 300, seconds: 60 };

/**
 * Reserves the price and queues a job, both or neither.
 *
 * @throws {AppError} validation_failed, insufficient_credits, account_in_debt, account_suspended,
 *   idempotency_conflict, rate_limited, conflict {credits, expected_credits}
 */
export async function enqueueJob(
  { db }: { db: Database },
  session: Session,
  { model: slug, input, expectedCredits, runAt, idempotencyKey }: EnqueueJob,
): Promise<{ job: JobWithStory; replayed: boolean }> {
  await takeLimit(db, perPerson, session.userId);
  return await db.asUser(session.claims, async (sql) => {
    const model = await readModel(sql, slug);
    if (!model) throw validationFailed({ model: "There is no such model." });
    if (!model.runnable) throw validationFailed({ model: "This model is not available yet." });
    const parsed = parseInput(model, input);
    if (!parsed.ok) throw validationFailed(parsed.fields);

    // Postgres counts no year 0; whatever is past means now.
    const run_at = runAt && new Date(Math.max(0, runAt.getTime())).toISOString();
    const request = { model: model.slug, input: parsed.input, expected_credits: expectedCredits, run_at };
    const hash = idempotencyKey === undefined ? null : await requestHash(request);
    const [{ job_id, replayed }] = await sql<{ job_id: string; replayed: boolean }[]>`
      select * from public.enqueue_job(${model.slug}, ${sql.json(parsed.input)}, ${idempotencyKey ?? null}, ${hash},
        ${expectedCredits ?? null}, ${run_at ?? null})`;
    const job = await readJob(sql, job_id);
    if (!job) throw new Error(`Job ${job_id} was queued and cannot be read by its owner.`);
    return { job, replayed };
  });
}
