import { deadLetterFilter } from "../../../../domain/ops/dead-letter-filter.ts";
import { listDeadLetters } from "../../../../domain/ops/list-dead-letters.ts";
import { pageRequest } from "../../../../domain/pages.ts";
import { requireSession } from "../../../../platform/http/session.ts";
import { handler } from "./$index.ts";

/**
 * 200 `{dead_letters, next_cursor}`, the latest first: `state` (open unless it says requeued, discarded or all), `error`, `model`,
 * `user` (id or e-mail address), `from`, `until` (days, UTC), `limit`, `cursor`. 404 for whoever is no operator, 422
 */
export const handlers = handler({
  async GET({ url, state: { services } }) {
    const session = requireSession();
    const asked = { ...deadLetterFilter(url.searchParams), ...pageRequest(url.searchParams) };
    const { letters, nextCursor } = await services.db.asUser(session.claims, (sql) => listDeadLetters(sql, asked));
    return Response.json({ dead_letters: letters, next_cursor: nextCursor });
  },
});
