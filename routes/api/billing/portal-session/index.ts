import { openPortal } from "../../../../domain/billing/open-portal.ts";
import { requireSession } from "../../../../platform/http/session.ts";
import { handler } from "./$index.ts";

/** 200 `{url}`: Stripe's page for cards, addresses and tax ids of the signed-in person. 429, 502 */
export const handlers = handler({
  async POST({ state: { services, locale } }) {
    const session = requireSession();
    const { url } = await openPortal(services, session, { locale });
    return Response.json({ url });
  },
});
