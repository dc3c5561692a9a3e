import { openPortal } from "../../../domain/billing/open-portal.ts";
import { localePath } from "../../../locales/mod.ts";
import { readForm } from "../../../platform/http/body.ts";
import { handler } from "./$portal.ts";

/** Pages of ours that Stripe's page may lead back to. */
const BACK = ["/app/billing", "/app/billing/plan", "/app/billing/auto-topup"];

/** To Stripe's page for cards, address and tax id. Whoever comes by a link, or back, gets the overview. */
export const handlers = handler({
  GET: ({ state: { services, locale } }) =>
    Response.redirect(new URL(localePath(locale, "/app/billing"), services.config.webUrl), 303),

  POST: async ({ state: { services, session, locale }, req }) => {
    const back = (await readForm(req)).get("back");
    const returnTo = BACK.find((path) => path === back);
    return Response.redirect((await openPortal(services, session, { locale, returnTo })).url, 303);
  },
});
