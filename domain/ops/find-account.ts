import type { Sql } from "../../platform/database.ts";

/**
 * The id of the account that an id or an e-mail address names.
 * @throws {AppError} not_found for whoever is no operator
 */
export async function findAccount(sql: Sql, name: string): Promise<string | null> {
  const [{ id }] = await sql<{ id: string | null }[]>`select public.operator_account_id(${name}) as id`;
  return id;
}
