import { z } from "zod";
import { enqueueBatch } from "../../../../domain/jobs/enqueue-batch.ts";
import { idempotencyKey } from "../../../../domain/idempotency.ts";
import { readJson } from "../../../../platform/http/body.ts";
import { requireSession } from "../../../../platform/http/session.ts";
import { handler } from "./$index.ts";

const newBatch = z.strictObject({
  model: z.string("Name a model.").max(100, "There is no such model."),
  inputs: z.array(z.unknown(), "Send 1 to 100 inputs."),
  expected_credits: z.int("Send a whole number of credits.").positive("Send a whole number of credits.").nullish(),
  idempotency_key: z.string("Send text.").nullish(),
});

export const handlers = handler({
  /** 202 with the ids of its jobs, in the order of their inputs; a repeat under the same key answers the same. */
  async POST(ctx) {
    const session = requireSession();
    const { model, inputs, expected_credits, idempotency_key } = await readJson(ctx.req, newBatch);
    const { id, jobs } = await enqueueBatch(ctx.state.services, session, {
      model,
      inputs,
      expectedCredits: expected_credits ?? undefined,
      idempotencyKey: idempotencyKey(ctx.req.headers, idempotency_key ?? undefined),
    });
    return Response.json({ id, jobs }, { status: 202, headers: { location: `/api/jobs/batch/${id}` } });
  },
});
