import { AppError } from "../../../../../domain/errors.ts";
import { readBatch } from "../../../../../domain/jobs/read-batch.ts";
import { requireSession } from "../../../../../platform/http/session.ts";
import { handler } from "./$index.ts";

export const handlers = handler({
  async GET(ctx) {
    const session = requireSession();
    const batch = await ctx.state.services.db.asUser(session.claims, (sql) => readBatch(sql, ctx.params.id));
    if (!batch) throw new AppError("not_found");
    return Response.json(batch);
  },
});
