import { localePath } from "../../locales/locale.ts";
import type { Locale, Session } from "../../platform/request.ts";
import { type Limit, takeLimit } from "../../platform/limits.ts";
import { fromStripe } from "../../platform/stripe-errors.ts";
import { ensureCustomer } from "./ensure-customer.ts";
import type { BillingServices } from "./open-page.ts";

const perPerson: Limit = { bucket: "portal", hits: 20, seconds: 60 };

/**
 * Stripe's page for the signed-in person: card, tax id, invoices, cancel, resume. `returnTo` is a path of ours.
 *
 * @throws {AppError} rate_limited, provider_unavailable
 */
export async function openPortal(
  services: BillingServices,
  session: Session,
  { locale, returnTo = "/app/billing" }: { locale: Locale; returnTo?: string },
): Promise<{ url: string }> {
  const { config, db, stripe } = services;
  await takeLimit(db, perPerson, session.userId);
  const [{ configuration }] = await db.asWeb((sql) =>
    sql<{ configuration: string | null }[]>`
      select private.stripe_id_of(${config.stripe.livemode}, 'portal') as configuration`
  );
  try {
    const { url } = await stripe.billingPortal.sessions.create({
      customer: await ensureCustomer(services, session, locale),
      return_url: config.webUrl + localePath(locale, returnTo),
      locale,
      ...configuration && { configuration },
    });
    return { url };
  } catch (error) {
    throw fromStripe(error);
  }
}
