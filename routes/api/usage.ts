import { readUsage } from "../../domain/billing/entitlements/read-usage.ts";
import { requireSession } from "../../platform/http/session.ts";
import { handler } from "./$usage.ts";

/** 200 `{generations: {used, limit, resets_at}, …}`, one for each entitlement; `limit` null: unlimited, `resets_at` null: never. */
export const handlers = handler({
  async GET({ state: { services } }) {
    const session = requireSession();
    const usage = await services.db.asUser(session.claims, readUsage);
    return Response.json(Object.fromEntries(
      usage.map(({ entitlement, used, limit, resetsAt }) => [entitlement, { used, limit, resets_at: resetsAt }]),
    ));
  },
});
