import { type Profile, readProfile } from "../../domain/accounts/read-profile.ts";
import { type PlanState, readPlan } from "../../domain/billing/read-plan.ts";
import { readGenerations, type Usage } from "../../domain/billing/entitlements/read-usage.ts";
import { type Balance, readBalance } from "../../domain/credits/read-balance.ts";
import { localePath } from "../../locales/mod.ts";
import { currentRequest, type Session } from "../../platform/request.ts";
import type { State as SiteState } from "../_middleware.ts";
import { middleware } from "./$_middleware.ts";

export interface State extends SiteState {
  session: Session;
  /** The person, their balance and their plan, for the frame around every page. */
  profile: Profile;
  balance: Balance;
  plan: PlanState;
  /** What of the plan's pictures is used. */
  generations: Usage;
}

/** Only signed-in people come in; the others log in first and come back to where they wanted to go. */
export default middleware(async (ctx) => {
  const { session, services, locale } = ctx.state;
  if (!session) return toLogIn(ctx.req, ctx.url, locale);

  const [profile, balance, plan, generations] = await services.db.asUser(
    session.claims,
    (sql) => Promise.all([readProfile(sql), readBalance(sql), readPlan(sql), readGenerations(sql)]),
  );
  if (!profile) {
    // The token is good and the account is gone: without this the log-in page would send them back here.
    currentRequest().tokens = null;
    return toLogIn(ctx.req, ctx.url, locale);
  }
  return ctx.next({ ...ctx.state, session, profile, balance, plan, generations });
});

function toLogIn(req: Request, url: URL, locale: SiteState["locale"]): Response {
  // A form that was sent after the session ended cannot be sent again by a redirect; its page can be shown.
  const next = localePath(locale, url.pathname + (req.method === "GET" ? url.search : ""));
  const location = localePath(locale, `/log-in?${new URLSearchParams({ next })}`);
  return new Response(null, { status: 303, headers: { location } });
}
