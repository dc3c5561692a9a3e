import { listWebhookEvents } from "../../../../domain/ops/list-webhook-events.ts";
import { webhookFilter } from "../../../../domain/ops/webhook-filter.ts";
import { pageRequest } from "../../../../domain/pages.ts";
import { requireSession } from "../../../../platform/http/session.ts";
import { handler } from "./$index.ts";

/**
 * 200 `{events, next_cursor}`, the latest first: `status`, `type`, `object` (its id, or the event's), `from`, `until` (days, UTC),
 * `limit`, `cursor`. 404 for whoever is no operator, 422
 */
export const handlers = handler({
  async GET({ url, state: { services } }) {
    const session = requireSession();
    const asked = { ...webhookFilter(url.searchParams), ...pageRequest(url.searchParams) };
    const { events, nextCursor } = await services.db.asUser(session.claims, (sql) => listWebhookEvents(sql, asked));
    return Response.json({ events, next_cursor: nextCursor });
  },
});
