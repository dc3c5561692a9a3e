import type { Sql } from "../../platform/database.ts";
import type { Entitlement } from "./plans.ts";

export interface Usage {
  entitlement: Entitlement;
  used: number;
  /** null: unlimited. */
  limit: number | null;
  /** null: it does not reset by itself. */
  resetsAt: Date | null;
}

/** The signed-in person's use of everything their plan includes. */
export async function readUsage(sql: Sql): Promise<Usage[]> {
  return await sql<Usage[]>`
    select entitlement, used, maximum as limit, resets_at as "resetsAt" from public.read_usage()`;
}
