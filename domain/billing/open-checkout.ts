import type Stripe from "stripe";
import { localePath } from "../../locales/locale.ts";
import { formatCredits } from "../../locales/units.ts";
import { type Limit, takeLimitWithin } from "../../platform/limits.ts";
import type { Locale, Session } from "../../platform/request.ts";
import type { Services } from "../../platform/services.ts";
import { fromStripe, stripeUnavailable } from "../../platform/stripe-errors.ts";
import { requestHash } from "../idempotency.ts";

export interface CheckoutRequest {
  /** Id of a pack. Price and credits come from the database and the buyer from the session, never from outside. */
  pack: string;
  idempotencyKey?: string;
  /** Language of Stripe's page, and of the pages it leads back to. */
  locale: Locale;
}

export interface OpenedCheckout {
  /** Stripe's id of the session. */
  id: string;
  /** Where to send the customer. */
  url: string;
  /** Our id of the purchase; the ledger will name it as `checkout:<id>`. */
  checkout: string;
}

type CheckoutServices = Pick<Services, "config" | "db" | "stripe">;

const perPerson: Limit = { bucket: "checkout", hits: 20, seconds: 60 };

interface Intent {
  checkout_id: string;
  stripe_session_id: string | null;
  url: string | null;
  credits: number;
  price_cents: number;
  replayed: boolean;
}

/**
 * Opens Stripe's page for one pack. The intent is written down first and Stripe is asked under a key made
 * from it, so that whatever is lost on the way, asking again with the same idempotency key ends in one
 * intent and one session.
 *
 * @throws {AppError} validation_failed {pack}, idempotency_conflict, account_suspended, rate_limited, provider_unavailable
 */
export async function openCheckout(
  services: CheckoutServices,
  session: Session,
  { pack, idempotencyKey, locale }: CheckoutRequest,
): Promise<OpenedCheckout> {
  // The language is part of the request: Stripe refuses a key that comes back with other return addresses.
  const hash = await requestHash({ pack, locale });
  const intent = await services.db.asWeb(async (sql) => {
    const [written] = await sql<Intent[]>`
      select checkout_id, stripe_session_id, url, credits, price_cents, replayed
      from private.open_checkout(${session.userId}, ${pack}, ${idempotencyKey ?? null}, ${hash})`;
    // Repeats are free: a client that retries does what we ask of it. A new intent over the limit is undone.
    if (!written.replayed) await takeLimitWithin(sql, perPerson, session.userId);
    return written;
  });
  if (intent.stripe_session_id && intent.url) {
    return { id: intent.stripe_session_id, url: intent.url, checkout: intent.checkout_id };
  }
  return await askOnce(intent.checkout_id, () => askStripe(services, session, intent, pack, locale));
}

const asking = new Map<string, Promise<OpenedCheckout>>();

/** Repeats that come while Stripe is being asked wait for that answer; Stripe would refuse most of them as concurrent. */
function askOnce(checkout: string, ask: () => Promise<OpenedCheckout>): Promise<OpenedCheckout> {
  const pending = asking.get(checkout);
  if (pending) return pending;
  const call = ask().finally(() => asking.delete(checkout));
  asking.set(checkout, call);
  return call;
}

async function askStripe(
  { config, db, stripe }: CheckoutServices,
  session: Session,
  { checkout_id, credits, price_cents }: Intent,
  pack: string,
  locale: Locale,
): Promise<OpenedCheckout> {
  const page = (path: string) => config.webUrl + localePath(locale, path);
  const metadata = { user_id: session.userId, pack, checkout_id };
  const parameters: Stripe.Checkout.SessionCreateParams = {
    mode: "payment",
    client_reference_id: checkout_id,
    customer_email: session.email || undefined,
    locale,
    metadata,
    payment_intent_data: { metadata },
    line_items: [{
      quantity: 1,
      price_data: {
        currency: "usd",
        unit_amount: price_cents,
        product_data: { name: `Kredo: ${formatCredits(credits, locale)}` },
      },
    }],
    success_url: `${page("/app/billing/success")}?session_id={CHECKOUT_SESSION_ID}`,
    cancel_url: `${page("/app/billing/cancel")}?checkout=${checkout_id}`,
  };
  try {
    const created = await stripe.checkout.sessions.create(parameters, { idempotencyKey: `checkout:${checkout_id}` });
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
