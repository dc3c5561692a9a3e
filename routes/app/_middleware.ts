import { type Account, readAccount } from "../../domain/accounts/read-account.ts";
import { localePath } from "../../locales/mod.ts";
import type { Session } from "../../platform/request.ts";
import type { State as SiteState } from "../_middleware.ts";
import { middleware } from "./$_middleware.ts";

export interface State extends SiteState {
  session: Session;
  /** The person and their balance, for the frame around every page. */
  account: Account;
}

/** Only signed-in people come in; the others log in first and come back to where they wanted to go. */
export default middleware(async (ctx) => {
  const { session, services, locale } = ctx.state;
  if (!session) {
    // A form that was sent after the session ended cannot be sent again by a redirect: its page can.
    const next = localePath(locale, ctx.url.pathname + (ctx.req.method === "GET" ? ctx.url.search : ""));
    return new Response(null, {
      status: 303,
      headers: { location: localePath(locale, `/log-in?${new URLSearchParams({ next })}`) },
    });
  }
  const account = await services.db.asUser(session.claims, readAccount);
  return ctx.next({ ...ctx.state, session, account });
});
