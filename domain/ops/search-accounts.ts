import type { Sql } from "../../platform/database.ts";

/** An account that was found, and how. */
export interface FoundAccount {
  user_id: string;
  /** Null once the person is erased; so are the next three. */
  email: string | null;
  display_name: string | null;
  role: string | null;
  status: string | null;
  available: number;
  held: number;
  debt: number;
  matched: "account" | "email" | "job" | "checkout" | "adjustment";
  /** The entry that the job, purchase or adjustment led to, if any. */
  entry_seq: number | null;
}

/** Characters below which a search finds nothing. */
export const SHORTEST_SEARCH = 3;

/**
 * Accounts by the beginning of an e-mail address or id, or by the whole id of a job, purchase, payment or adjustment.
 * @throws {AppError} not_found for whoever is no operator
 */
export async function searchAccounts(sql: Sql, query: string, limit: number): Promise<FoundAccount[]> {
  return await sql<FoundAccount[]>`select * from public.operator_search(${query}, ${limit})`;
}
