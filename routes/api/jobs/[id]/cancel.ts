import { cancelJob } from "../../../../domain/jobs/cancel-job.ts";
import { requireSession } from "../../../../platform/http/session.ts";
import { handler } from "./$cancel.ts";

export const handlers = handler({
  /** 200 with the job as it is now: canceled, or ended before. */
  async POST(ctx) {
    const session = requireSession();
    return Response.json(await cancelJob(ctx.state.services, session, ctx.params.id));
  },
});
