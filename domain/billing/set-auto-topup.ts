import type { Locale, Session } from "../../platform/request.ts";
import { type BillingServices, type Intent, limitIntents, openPage } from "./open-page.ts";

export interface AutoTopupRequest {
  /** Credits available, below which a pack is bought. */
  threshold: number;
  pack: string;
  /** At most this much a calendar month (UTC), in USD cents. */
  capCents: number;
  locale: Locale;
}

/** needs_card: nothing is charged until a card was left on Stripe's page at `url`. */
export type AutoTopupOutcome = { state: "on" } | { state: "needs_card"; url: string };

/** @throws {AppError} validation_failed {threshold, pack, cap}, account_suspended, rate_limited, provider_unavailable */
export async function setAutoTopup(
  services: BillingServices,
  session: Session,
  { threshold, pack, capCents, locale }: AutoTopupRequest,
): Promise<AutoTopupOutcome> {
  const [{ state }] = await services.db.asUser(session.claims, (sql) =>
    sql<{ state: "on" | "needs_card" }[]>`
      select public.set_auto_topup(${threshold}::bigint, ${pack}, ${capCents}::bigint) as state`);
  if (state === "on") return { state };
  return { state, ...await openCardPage(services, session, locale) };
}

/** Stripe's page for the card that auto top-up charges, the first one or another. @throws {AppError} rate_limited, provider_unavailable */
export async function openCardPage(
  services: BillingServices,
  session: Session,
  locale: Locale,
): Promise<{ url: string }> {
  const intent = await services.db.asWeb(async (sql) => {
    const [{ checkout_id }] = await sql<{ checkout_id: string }[]>`
      select private.open_card_checkout(${session.userId}) as checkout_id`;
    const written: Intent = { checkout_id, stripe_session_id: null, url: null, replayed: false };
    await limitIntents(sql, session, written);
    return written;
  });
  const { checkout_id } = intent;
  const metadata = { user_id: session.userId, checkout_id, kind: "card" };
  const { url } = await openPage(services, session, intent, locale, {
    mode: "setup",
    currency: "usd",
    metadata,
    setup_intent_data: { metadata },
  });
  return { url };
}

export async function stopAutoTopup({ db }: Pick<BillingServices, "db">, session: Session): Promise<void> {
  await db.asUser(session.claims, (sql) => sql`select public.stop_auto_topup()`);
}
