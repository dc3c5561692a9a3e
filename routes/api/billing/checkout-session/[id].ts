import { readCheckout } from "../../../../domain/billing/read-checkout.ts";
import { AppError } from "../../../../domain/errors.ts";
import { requireSession } from "../../../../platform/http/session.ts";
import { handler } from "./$[id].ts";

/** 200 `{id, checkout, status, credits, …}`, by Stripe's id or ours; the success page asks until `status` is `paid`. */
export const handlers = handler({
  async GET({ params, state }) {
    const session = requireSession();
    const found = await state.services.db.asUser(session.claims, (sql) => readCheckout(sql, params.id));
    if (!found) throw new AppError("not_found");
    const { id: checkout, stripe_session_id: id, ...rest } = found;
    return Response.json({ id, checkout, ...rest });
  },
});
