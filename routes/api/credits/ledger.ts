import { listEntries } from "../../../domain/credits/list-entries.ts";
import { pageRequest } from "../../../domain/pages.ts";
import { requireSession } from "../../../platform/http/session.ts";
import { handler } from "./$ledger.ts";

/** 200 `{entries, next_cursor, previous_cursor}`, newest first; `?limit=1..100&cursor=` */
export const handlers = handler({
  async GET({ url, state }) {
    const session = requireSession();
    const page = pageRequest(url.searchParams);
    const { entries, nextCursor, previousCursor } = await state.services.db.asUser(
      session.claims,
      (sql) => listEntries(sql, page),
    );
    return Response.json({ entries, next_cursor: nextCursor, previous_cursor: previousCursor });
  },
});
