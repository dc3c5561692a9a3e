import type Stripe from "stripe";
import { localePath } from "../../locales/locale.ts";
import { type Limit, takeLimitWithin } from "../../platform/limits.ts";
import type { Sql } from "../../platform/database.ts";
import type { Locale, Session } from "../../platform/request.ts";
import type { Services } from "../../platform/services.ts";
import { fromStripe, stripeUnavailable } from "../../platform/stripe-errors.ts";
import { ensureCustomer } from "./ensure-customer.ts";

export type BillingServices = Pick<Services, "config" | "db" | "stripe">;

export interface OpenedCheckout {
  /** Stripe's id of the session. */
  id: string;
  /** Where to send the customer. */
  url: string;
  /** Our id of the purchase; the ledger will name it as `checkout:<id>`. */
  checkout: string;
}

/** A purchase as it was written down, before or after Stripe was asked. */
export interface Intent {
  checkout_id: string;
  stripe_session_id: string | null;
  url: string | null;
  replayed: boolean;
}

const perPerson: Limit = { bucket: "checkout", hits: 20, seconds: 60 };

/** Repeats are free: a client that retries does what we ask of it. A new intent over the limit is undone. */
export async function limitIntents(sql: Sql, session: Session, { replayed }: Intent): Promise<void> {
  if (!replayed) await takeLimitWithin(sql, perPerson, session.userId);
}

const asking = new Map<string, Promise<OpenedCheckout>>();

/**
 * Stripe's page for an intent. Stripe is asked under a key made from it, so that whatever is lost on the way, asking
 * again ends in one session. Repeats that come meanwhile wait for that answer; Stripe would refuse most of them as
 * concurrent.
 *
 * @throws {AppError} provider_unavailable
 */
export async function openPage(
  services: BillingServices,
  session: Session,
  intent: Intent,
  locale: Locale,
  parameters: Stripe.Checkout.SessionCreateParams,
): Promise<OpenedCheckout> {
  if (intent.stripe_session_id && intent.url) {
    return { id: intent.stripe_session_id, url: intent.url, checkout: intent.checkout_id };
  }
  const pending = asking.get(intent.checkout_id);
  if (pending) return await pending;
  const call = ask(services, session, intent, locale, parameters).finally(() => asking.delete(intent.checkout_id));
  asking.set(intent.checkout_id, call);
  return await call;
}

async function ask(
  services: BillingServices,
  session: Session,
  { checkout_id }: Intent,
  locale: Locale,
  parameters: Stripe.Checkout.SessionCreateParams,
): Promise<OpenedCheckout> {
  const { config, db, stripe } = services;
  const page = (path: string) => config.webUrl + localePath(locale, path);
  try {
    const created = await stripe.checkout.sessions.create({
      client_reference_id: checkout_id,
      customer: await ensureCustomer(services, session, locale),
      locale,
      success_url: `${page("/app/billing/success")}?session_id={CHECKOUT_SESSION_ID}`,
      cancel_url: `${page("/app/billing/cancel")}?checkout=${checkout_id}`,
      ...parameters,
    }, { idempotencyKey: `checkout:${checkout_id}` });
    // The library takes any JSON for a success, also that of a proxy's error page.
    if (!created.id || !created.url) throw stripeUnavailable(new Error("the answer holds no session"));
    await db.asWeb((sql) =>
      sql`select private.attach_checkout(${checkout_id}, ${created.id}, ${created.url}, ${new Date(
        created.expires_at * 1000,
      )})`
    );
    return { id: created.id, url: created.url, checkout: checkout_id };
  } catch (error) {
    throw fromStripe(error);
  }
}

/** Address and tax id are asked for on Stripe's page, where the tax they lead to is shown. */
export function taxParameters({ config }: BillingServices): Stripe.Checkout.SessionCreateParams {
  return {
    billing_address_collection: "auto",
    customer_update: { address: "auto", name: "auto" },
    tax_id_collection: { enabled: true },
    ...config.stripe.tax && { automatic_tax: { enabled: true } },
  };
}
