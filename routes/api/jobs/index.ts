import { z } from "zod";
import { enqueueJob } from "../../../domain/jobs/enqueue-job.ts";
import { idempotencyKey } from "../../../domain/idempotency.ts";
import { listJobs, parseListJobs } from "../../../domain/jobs/list-jobs.ts";
import { readJson } from "../../../platform/http/body.ts";
import { requireSession } from "../../../platform/http/session.ts";
import { handler } from "./$index.ts";

const newJob = z.strictObject({
  model: z.string("Name a model.").max(100, "There is no such model."),
  input: z.unknown().refine((input) => input !== undefined, "This field is required."),
  run_at: z.iso.datetime({ offset: true, error: "Send a time such as 2026-12-24T18:00:00Z." }).nullish(),
  expected_credits: z.int("Send a whole number of credits.").positive("Send a whole number of credits.").nullish(),
  idempotency_key: z.string("Send text.").nullish(),
});

export const handlers = handler({
  /**
   * 201 with the job; a repeat under the same idempotency key answers the same. With `expected_credits`, the price
   * that was shown, 409 `conflict` if it is another one by now. With `run_at` it starts then or later.
   */
  async POST(ctx) {
    const session = requireSession();
    const { db } = ctx.state.services;
    const { model, input, run_at, expected_credits, idempotency_key } = await readJson(ctx.req, newJob);
    const key = idempotencyKey(ctx.req.headers, idempotency_key ?? undefined);
    const expectedCredits = expected_credits ?? undefined;
    const runAt = run_at ? new Date(run_at) : undefined;
    const { job } = await enqueueJob({ db }, session, { model, input, expectedCredits, runAt, idempotencyKey: key });
    return Response.json(job, { status: 201, headers: { location: `/api/jobs/${job.id}` } });
  },

  /** Newest first. `limit`, `status` and `cursor` in the query. */
  async GET(ctx) {
    const session = requireSession();
    const page = parseListJobs(ctx.url.searchParams);
    const { jobs, nextCursor, previousCursor } = await ctx.state.services.db.asUser(
      session.claims,
      (sql) => listJobs(sql, page),
    );
    return Response.json({ jobs, next_cursor: nextCursor, previous_cursor: previousCursor });
  },
});
