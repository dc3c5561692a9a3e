import { listCheckpoints } from "../../../domain/credits/checkpoints/list-checkpoints.ts";
import { pageRequest } from "../../../domain/pages.ts";
import { handler } from "./$checkpoints.ts";

/** 200 `{checkpoints, next_cursor}` for everybody, newest first; `?limit=1..100&cursor=`. docs/checkpoints.md has the format. */
export const handlers = handler({
  async GET({ url, state }) {
    const page = pageRequest(url.searchParams);
    const { checkpoints, nextCursor, final } = await state.services.db.asAnon((sql) => listCheckpoints(sql, page));
    const cacheControl = `public, max-age=${final ? 86_400 : 60}`;
    return Response.json({ checkpoints, next_cursor: nextCursor }, { headers: { "cache-control": cacheControl } });
  },
});
