import { z } from "zod";
import { requeueJobs } from "../../../../domain/ops/handle-dead-letters.ts";
import { readJson } from "../../../../platform/http/body.ts";
import { requireSession } from "../../../../platform/http/session.ts";
import { handler } from "./$requeue.ts";

const body = z.strictObject({ jobs: z.array(z.string("Each must be the id of a job."), "Name 1 to 100 jobs.") });

/**
 * 200 `{jobs: [{job_id, outcome, reason, new_job}]}`, in the order they were named: `requeued` on us, `already` with what was made
 * before, or `refused` with a reason. 404 for whoever is no operator, 422 {jobs}
 */
export const handlers = handler({
  async POST({ req, state: { services } }) {
    const session = requireSession();
    const { jobs } = await readJson(req, body);
    return Response.json({ jobs: await requeueJobs(services, session, jobs) });
  },
});
