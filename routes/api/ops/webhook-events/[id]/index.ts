import { readWebhookEvent } from "../../../../../domain/ops/read-webhook-event.ts";
import { requireSession } from "../../../../../platform/http/session.ts";
import { handler } from "./$index.ts";

/** 200: the event, what is kept of it, and all that it led to. 404 */
export const handlers = handler({
  async GET({ params, state: { services } }) {
    const session = requireSession();
    return Response.json(await services.db.asUser(session.claims, (sql) => readWebhookEvent(sql, params.id)));
  },
});
