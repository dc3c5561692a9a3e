import { AppError } from "../../../domain/errors.ts";
import { findOperator } from "../../../domain/ops/find-operator.ts";
import { noSuchAddress } from "../../../platform/http/problem.ts";
import { currentRequest } from "../../../platform/request.ts";
import { middleware } from "./$_middleware.ts";

/** Before anything is read of a request: whoever is no operator is told what is told of an address that leads nowhere. */
export default middleware(async (ctx) => {
  // While Auth is down an operator must not be told that all of this is gone.
  if (currentRequest().authUnavailable) throw new AppError("unavailable", { retryAfter: 5 });
  if (!await findOperator(ctx.state.services, ctx.state.session)) throw noSuchAddress();
  return ctx.next();
});
