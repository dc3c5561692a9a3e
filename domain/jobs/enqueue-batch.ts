import type { Database } from "../../platform/database.ts";
import { type Limit, takeLimit } from "../../platform/limits.ts";
import type { Session } from "../../platform/request.ts";
import { type FieldErrors, validationFailed } from "../errors.ts";
import { requestHash } from "../idempotency.ts";
import { parseInput } from "./input.ts";
import { readModel } from "./list-models.ts";
import { jobIdsOfBatch } from "./read-batch.ts";
import type { JobInput } from "./types.ts";

/** Jobs in a batch. The database says the same. */
export const BATCH_LIMIT = 100;

export interface EnqueueBatch {
  model: string;
  /** Not yet checked; the model's schema decides on each. */
  inputs: unknown[];
  /** The whole price that was shown, in credits. If it is another one by now, nothing happens. */
  expectedCredits?: number;
  /** Same key and same request: the first batch again, and no second reservation. */
  idempotencyKey?: string;
}

/** Of requests; how many jobs a minute there may be is the plan's to say, in the database. */
const perPerson: Limit = { bucket: "batches", hits: 60, seconds: 60 };

/**
 * Reserves the price of up to a hundred jobs of one model and queues them in the order of their inputs, all or none.
 *
 * @throws {AppError} as enqueueJob; validation_failed names fields as `inputs[3].prompt`
 */
export async function enqueueBatch(
  { db }: { db: Database },
  session: Session,
  { model: slug, inputs, expectedCredits, idempotencyKey }: EnqueueBatch,
): Promise<{ id: string; jobs: string[]; replayed: boolean }> {
  await takeLimit(db, perPerson, session.userId);
  if (inputs.length < 1 || inputs.length > BATCH_LIMIT) {
    throw validationFailed({ inputs: `Send 1 to ${BATCH_LIMIT} inputs.` });
  }
  return await db.asUser(session.claims, async (sql) => {
    const model = await readModel(sql, slug);
    if (!model) throw validationFailed({ model: "There is no such model." });
    if (!model.runnable) throw validationFailed({ model: "This model is not available yet." });

    const checked: JobInput[] = [];
    const wrong: FieldErrors = {};
    for (const [n, input] of inputs.entries()) {
      const parsed = parseInput(model, input);
      if (parsed.ok) checked.push(parsed.input);
      else for (const [field, text] of Object.entries(parsed.fields)) wrong[fieldOf(n, field)] = text;
    }
    if (Object.keys(wrong).length > 0) throw validationFailed(wrong);

    const request = { model: model.slug, inputs: checked, expected_credits: expectedCredits };
    const hash = idempotencyKey === undefined ? null : await requestHash(request);
    const [{ batch_id: id, replayed }] = await sql<{ batch_id: string; replayed: boolean }[]>`
      select * from public.enqueue_batch(${model.slug}, ${sql.json(checked)}, ${idempotencyKey ?? null}, ${hash},
        ${expectedCredits ?? null})`;
    return { id, jobs: await jobIdsOfBatch(sql, id), replayed };
  });
}

/** `parseInput` says `input` of what is no object at all. */
function fieldOf(n: number, field: string): string {
  return field === "input" ? `inputs[${n}]` : `inputs[${n}].${field}`;
}
