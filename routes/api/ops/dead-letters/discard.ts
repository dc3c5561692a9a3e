import { z } from "zod";
import { discardJobs } from "../../../../domain/ops/handle-dead-letters.ts";
import { readJson } from "../../../../platform/http/body.ts";
import { requireSession } from "../../../../platform/http/session.ts";
import { handler } from "./$discard.ts";

const body = z.strictObject({
  jobs: z.array(z.string("Each must be the id of a job."), "Name 1 to 100 jobs."),
  reason: z.string("Give a reason of 3 to 500 characters."),
});

/**
 * 200 `{jobs: [{job_id, outcome, reason}]}`, in the order they were named: `discarded`, `stopped` when it still lived (all credits
 * are back), `already`, or `refused` with a reason. 404 for whoever is no operator, 422 {jobs, reason}
 */
export const handlers = handler({
  async POST({ req, state: { services } }) {
    const session = requireSession();
    const { jobs, reason } = await readJson(req, body);
    return Response.json({ jobs: await discardJobs(services, session, { jobs, reason }) });
  },
});
