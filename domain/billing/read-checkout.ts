import type { Sql } from "../../platform/database.ts";
import { isUuid } from "../identifiers.ts";

/**
 * creating: Stripe has not been asked, or has not answered · open: waiting for the customer ·
 * processing: paid by a method that takes days · paid: credited · failed, expired: nothing was paid
 */
export type CheckoutStatus = "creating" | "open" | "processing" | "paid" | "failed" | "expired";

/** One intended purchase, at the price of its time. */
export interface Checkout {
  id: string;
  stripe_session_id: string | null;
  pack: string;
  credits: number;
  price_cents: number;
  status: CheckoutStatus;
  /** Stripe's page, for as long as the checkout is open. */
  url: string | null;
  expires_at: Date | null;
  created_at: Date;
  credited_at: Date | null;
}

/** One of the signed-in person's purchases, by its id or by that of Stripe's session; `null` if it is not theirs. */
export async function readCheckout(sql: Sql, id: string): Promise<Checkout | null> {
  const isThis = isUuid(id) ? sql`id = ${id}` : sql`stripe_session_id = ${id}`;
  const [checkout] = await sql<Checkout[]>`
    select id, stripe_session_id, pack, credits, price_cents, status, url, expires_at, created_at, credited_at
    from public.checkout_sessions
    where user_id = (select auth.uid()) and ${isThis}`;
  return checkout ?? null;
}
