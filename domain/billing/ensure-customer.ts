import type { Services } from "../../platform/services.ts";
import type { Locale, Session } from "../../platform/request.ts";
import { stripeUnavailable } from "../../platform/stripe-errors.ts";

type CustomerServices = Pick<Services, "config" | "db" | "stripe">;

/**
 * The person's customer at Stripe, made the first time. Whose a payment is, is read from this pair ever after.
 * Two requests that come here first get the same one: Stripe's idempotency key is the person.
 *
 * @throws what Stripe's client throws, {AppError} provider_unavailable
 */
export async function ensureCustomer(
  { config, db, stripe }: CustomerServices,
  session: Session,
  locale: Locale,
): Promise<string> {
  const { livemode } = config.stripe;
  const [{ customer }] = await db.asWeb((sql) =>
    sql<{ customer: string | null }[]>`
      select private.stripe_customer_of(${livemode}, ${session.userId}) as customer`
  );
  if (customer) return customer;
  const pending = making.get(session.userId);
  if (pending) return await pending;
  const made = make({ config, db, stripe }, session, locale).finally(() => making.delete(session.userId));
  making.set(session.userId, made);
  return await made;
}

const making = new Map<string, Promise<string>>();

async function make({ config, db, stripe }: CustomerServices, session: Session, locale: Locale): Promise<string> {
  const made = await stripe.customers.create({
    email: session.email || undefined,
    preferred_locales: [locale],
    metadata: { user_id: session.userId },
  }, { idempotencyKey: `customer:${session.userId}:${locale}:${session.email}` });
  // The library takes any JSON for a success, also that of a proxy's error page.
  if (!made.id) throw stripeUnavailable(new Error("the answer holds no customer"));
  const [{ kept }] = await db.asWeb((sql) =>
    sql<{ kept: string }[]>`
      select private.note_stripe_customer(${config.stripe.livemode}, ${session.userId}, ${made.id}) as kept`
  );
  return kept;
}
