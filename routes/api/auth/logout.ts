import { logOut } from "../../../domain/accounts/log-out.ts";
import { dropSession, requireSession } from "../../../platform/http/session.ts";
import { handler } from "./$logout.ts";

/** 204. The access token itself stays valid until it expires, at most an hour. */
export const handlers = handler({
  async POST({ state }) {
    await logOut(state.services, requireSession());
    dropSession();
    return new Response(null, { status: 204 });
  },
});
