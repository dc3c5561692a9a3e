import { z } from "zod";
import { openCheckout } from "../../../../domain/billing/open-checkout.ts";
import { openPlanCheckout } from "../../../../domain/billing/open-plan-checkout.ts";
import { INTERVALS, PAID_PLANS } from "../../../../domain/billing/plans.ts";
import { idempotencyKey } from "../../../../domain/idempotency.ts";
import { readJson } from "../../../../platform/http/body.ts";
import { requireSession } from "../../../../platform/http/session.ts";
import { handler } from "./$index.ts";

const body = z.strictObject({
  pack: z.string("Choose a pack.").max(50, "There is no such pack.").optional(),
  plan: z.enum(PAID_PLANS, `Choose ${PAID_PLANS.join(" or ")}.`).optional(),
  interval: z.enum(INTERVALS, `Choose ${INTERVALS.join(" or ")}.`).optional(),
  idempotency_key: z.string().optional(),
}).transform(({ pack, plan, interval, idempotency_key }, context) => {
  const refuse = (field: string, message: string) => {
    context.addIssue({ code: "custom", path: [field], message });
    return z.NEVER;
  };
  if (pack !== undefined) {
    if (plan ?? interval) return refuse("pack", "Order a pack or a plan, not both at once.");
    return { idempotency_key, pack };
  }
  if (!plan) return refuse(interval ? "plan" : "pack", "Choose a pack, or a plan and its interval.");
  if (!interval) return refuse("interval", `Choose ${INTERVALS.join(" or ")}.`);
  return { idempotency_key, plan, interval };
});

/** `{pack}` or `{plan, interval}` → 201 `{id, url, checkout}`; the same `Idempotency-Key` and body give the same session. 409, 422, 429, 502 */
export const handlers = handler({
  async POST({ req, state }) {
    const session = requireSession();
    const { idempotency_key, ...order } = await readJson(req, body);
    const { services, locale } = state;
    const request = { idempotencyKey: idempotencyKey(req.headers, idempotency_key), locale };
    const opened = order.pack !== undefined
      ? await openCheckout(services, session, { ...order, ...request })
      : await openPlanCheckout(services, session, { ...order, ...request });
    return Response.json(opened, { status: 201 });
  },
});
