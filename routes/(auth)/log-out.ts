import { logOut } from "../../domain/accounts/log-out.ts";
import { localePath } from "../../locales/mod.ts";
import { dropSession } from "../../platform/http/session.ts";
import { handler } from "./$log-out.ts";

/** POST only: a link or a prefetch must not be able to log anybody out. */
export const handlers = handler({
  async POST({ state: { services, session, locale }, redirect }) {
    if (session) await logOut(services, session);
    dropSession();
    return redirect(`${localePath(locale, "/log-in")}?signed-out`, 303);
  },
});
