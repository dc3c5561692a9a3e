import type { Sql } from "../../platform/database.ts";

/** What can be bought; `price_cents` in USD cents. */
export interface Pack {
  id: string;
  credits: number;
  price_cents: number;
}

/** The packs on sale, smallest first. Anybody may read them. */
export async function listPacks(sql: Sql): Promise<Pack[]> {
  return await sql<Pack[]>`select id, credits, price_cents from public.credit_packs where active order by position, id`;
}
