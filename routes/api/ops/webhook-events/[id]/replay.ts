import { replayWebhook } from "../../../../../domain/ops/replay-webhook.ts";
import { requireSession } from "../../../../../platform/http/session.ts";
import { handler } from "./$replay.ts";

/** 202 `{status}`: `queued` for a worker, or `already` due. 404 */
export const handlers = handler({
  async POST({ params, state: { services } }) {
    const status = await replayWebhook(services, requireSession(), params.id);
    return Response.json({ status }, { status: 202 });
  },
});
