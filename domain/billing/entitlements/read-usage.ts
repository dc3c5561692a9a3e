import type { Sql } from "../../../platform/database.ts";
import type { Entitlement } from "./entitlement.ts";

export interface Usage {
  entitlement: Entitlement;
  used: number;
  /** null: unlimited. */
  limit: number | null;
  /** null: it does not reset by itself. */
  resetsAt: Date | null;
}

/** Of pictures alone, for every page of the studio: whether they are unlimited, and whether the allowance is used up. */
export async function readGenerations(sql: Sql): Promise<Usage> {
  const [usage] = await sql<Usage[]>`
    select entitlement, used, maximum as limit, resets_at as "resetsAt" from public.read_usage()
    where entitlement = 'generations'`;
  return usage;
}

/** The signed-in person's use of everything their plan includes. */
export async function readUsage(sql: Sql): Promise<Usage[]> {
  return await sql<Usage[]>`
    select entitlement, used, maximum as limit, resets_at as "resetsAt" from public.read_usage()`;
}
