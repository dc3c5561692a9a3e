import { cancelBatch } from "../../../../../domain/jobs/cancel-batch.ts";
import { requireSession } from "../../../../../platform/http/session.ts";
import { handler } from "./$cancel.ts";

export const handlers = handler({
  /** 200 with the batch as it is now: what lived is canceled, what had ended stays as it was. */
  async POST(ctx) {
    const session = requireSession();
    return Response.json(await cancelBatch(ctx.state.services, session, ctx.params.id));
  },
});
