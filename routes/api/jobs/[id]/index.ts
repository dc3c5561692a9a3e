import { AppError } from "../../../../domain/errors.ts";
import { readJob } from "../../../../domain/jobs/read-job.ts";
import { requireSession } from "../../../../platform/http/session.ts";
import { handler } from "./$index.ts";

export const handlers = handler({
  async GET(ctx) {
    const session = requireSession();
    const job = await ctx.state.services.db.asUser(session.claims, (sql) => readJob(sql, ctx.params.id));
    if (!job) throw new AppError("not_found");
    return Response.json(job);
  },
});
