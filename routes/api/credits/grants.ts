import { listExpiring } from "../../../domain/credits/list-expiring.ts";
import { listGrants, parseListGrants } from "../../../domain/credits/list-grants.ts";
import { requireSession } from "../../../platform/http/session.ts";
import { handler } from "./$grants.ts";

/**
 * 200 `{grants, next_cursor, expiring}`: the lots, those that are spent next first; `expiring` is what ends soonest,
 * `{credits, at}` or null. `?state=scheduled|active|spent|expired&limit=1..100&cursor=`
 */
export const handlers = handler({
  async GET({ url, state }) {
    const session = requireSession();
    const query = parseListGrants(url.searchParams);
    const [{ grants, nextCursor }, [expiring]] = await state.services.db.asUser(
      session.claims,
      (sql) => Promise.all([listGrants(sql, query), listExpiring(sql, 1)]),
    );
    return Response.json({ grants, next_cursor: nextCursor, expiring: expiring ?? null });
  },
});
