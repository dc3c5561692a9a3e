import { formatCredits } from "../../locales/units.ts";
import type { Locale, Session } from "../../platform/request.ts";
import { requestHash } from "../idempotency.ts";
import {
  type BillingServices,
  type Intent,
  limitIntents,
  type OpenedCheckout,
  openPage,
  taxParameters,
} from "./open-page.ts";

export interface CheckoutRequest {
  /** Id of a pack. Price and credits come from the database and the buyer from the session, never from outside. */
  pack: string;
  idempotencyKey?: string;
  /** Language of Stripe's page, and of the pages it leads back to. */
  locale: Locale;
}

interface PackIntent extends Intent {
  credits: number;
  price_cents: number;
}

/**
 * Opens Stripe's page for one pack. The intent is written down first; the same idempotency key ends in one intent and
 * one session.
 *
 * @throws {AppError} validation_failed {pack}, idempotency_conflict, account_suspended, rate_limited, provider_unavailable
 */
export async function openCheckout(
  services: BillingServices,
  session: Session,
  { pack, idempotencyKey, locale }: CheckoutRequest,
): Promise<OpenedCheckout> {
  // The language is part of the request: Stripe refuses a key that comes back with other return addresses.
  const hash = await requestHash({ pack, locale });
  const intent = await services.db.asWeb(async (sql) => {
    const [written] = await sql<PackIntent[]>`
      select checkout_id, stripe_session_id, url, credits, price_cents, replayed
      from private.open_checkout(${session.userId}, ${pack}, ${idempotencyKey ?? null}, ${hash})`;
    await limitIntents(sql, session, written);
    return written;
  });
  const metadata = { user_id: session.userId, pack, checkout_id: intent.checkout_id };
  return await openPage(services, session, intent, locale, {
    mode: "payment",
    metadata,
    payment_intent_data: { metadata },
    invoice_creation: { enabled: true, invoice_data: { metadata } },
    line_items: [{
      quantity: 1,
      price_data: {
        currency: "usd",
        unit_amount: intent.price_cents,
        product_data: { name: `Kredo: ${formatCredits(intent.credits, locale)}` },
        ...services.config.stripe.tax && { tax_behavior: "exclusive" },
      },
    }],
    ...taxParameters(services),
  });
}
