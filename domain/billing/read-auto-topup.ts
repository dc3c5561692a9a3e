import type { Sql } from "../../platform/database.ts";

export interface AutoTopup {
  state: "off" | "needs_card" | "on";
  threshold: number;
  pack: string;
  capCents: number;
  card: { brand: string; last4: string } | null;
  failures: number;
  retryAt: Date | null;
  /** Why it switched itself off. */
  offReason: "failures" | "authentication" | "no_card" | null;
  /** Charged, or being charged, this calendar month (UTC), in USD cents. */
  spentCents: number;
}

/** The signed-in person's auto top-up; null if it was never set. */
export async function readAutoTopup(sql: Sql): Promise<AutoTopup | null> {
  const [row] = await sql<(Omit<AutoTopup, "card"> & { brand: string | null; last4: string | null })[]>`
    select t.state, t.threshold, t.pack, t.cap_cents as "capCents", t.card_brand as brand, t.card_last4 as last4, t.failures,
      t.retry_at as "retryAt", t.off_reason as "offReason", public.read_topups_of_month() as "spentCents"
    from public.auto_topups t where t.user_id = (select auth.uid())`;
  if (!row) return null;
  const { brand, last4, ...topup } = row;
  return { ...topup, card: brand && last4 ? { brand, last4 } : null };
}
