import { retryTask } from "../../../../../domain/ops/retry-task.ts";
import { requireSession } from "../../../../../platform/http/session.ts";
import { handler } from "./$retry.ts";

/** 202 `{status}`: `queued` for a worker, or `already` due. 404, 409 when it is done */
export const handlers = handler({
  async POST({ params, state: { services } }) {
    return Response.json({ status: await retryTask(services, requireSession(), params.id) }, { status: 202 });
  },
});
