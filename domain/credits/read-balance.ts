import type { Sql } from "../../platform/database.ts";

/** Credits. `available` can be spent, `held` is reserved for running jobs, `debt` is owed after a refund. */
export interface Balance {
  available: number;
  held: number;
  debt: number;
}

/** The signed-in person's balance. One row, however long the ledger is. */
export async function readBalance(sql: Sql): Promise<Balance> {
  const [balance] = await sql<Balance[]>`
    select available, held, debt from public.credit_accounts where user_id = (select auth.uid())`;
  return balance ?? { available: 0, held: 0, debt: 0 };
}
