import type { Sql } from "../../platform/database.ts";
import { isUuid } from "../identifiers.ts";
import type { BillingInterval, PaidPlan } from "./plans.ts";

/**
 * creating: Stripe has not been asked, or has not answered · open: waiting for the customer ·
 * processing: paid by a method that takes days · paid: credited · failed, expired: nothing was paid
 */
export type CheckoutStatus = "creating" | "open" | "processing" | "paid" | "failed" | "expired";

/** One intended purchase, at the price of its time. */
export interface Checkout {
  id: string;
  /** auto: a pack, bought by auto top-up · card: nothing is bought, a card is kept for it. */
  kind: "pack" | "auto" | "plan" | "card";
  stripe_session_id: string | null;
  /** Of kinds pack and auto. */
  pack: string | null;
  /** Of kind plan. */
  plan: PaidPlan | null;
  interval: BillingInterval | null;
  credits: number;
  price_cents: number;
  status: CheckoutStatus;
  /** Stripe's page, for as long as the checkout is open. */
  url: string | null;
  expires_at: Date | null;
  created_at: Date;
  credited_at: Date | null;
}

/** One of the signed-in person's purchases, by its id or that of Stripe's session; `null` if it is not theirs. */
export async function readCheckout(sql: Sql, id: string): Promise<Checkout | null> {
  const isThis = isUuid(id) ? sql`id = ${id}` : sql`stripe_session_id = ${id}`;
  const [checkout] = await sql<Checkout[]>`
    select id, kind, stripe_session_id, pack, plan, cycle as interval, credits, price_cents, status, url, expires_at,
      created_at, credited_at
    from public.checkout_sessions
    where user_id = (select auth.uid()) and ${isThis}`;
  return checkout ?? null;
}
