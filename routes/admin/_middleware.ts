import { NotFoundError } from "fresh/errors";
import type { Profile } from "../../domain/accounts/read-profile.ts";
import { AppError } from "../../domain/errors.ts";
import { findOperator } from "../../domain/ops/find-operator.ts";
import { currentRequest, type Session } from "../../platform/request.ts";
import type { State as SiteState } from "../_middleware.ts";
import { middleware } from "./$_middleware.ts";

export interface State extends SiteState {
  session: Session;
  profile: Profile;
}

/** A 404 and not a 403, signed in or not: whoever is no operator learns nothing. The database refuses as well. */
export default middleware(async (ctx) => {
  const { session, services } = ctx.state;
  if (currentRequest().authUnavailable) throw new AppError("unavailable", { retryAfter: 5 });
  const profile = await findOperator(services, session);
  if (!session || !profile) throw new NotFoundError();
  return ctx.next({ ...ctx.state, session, profile });
});
