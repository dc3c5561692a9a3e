import type { Sql } from "../../platform/database.ts";

/** What will be written off at one moment if it is not spent before. */
export interface Expiring {
  credits: number;
  at: Date;
}

/** The ends of the signed-in person's lots that still have something in them, soonest first. */
export async function listExpiring(sql: Sql, limit: number): Promise<Expiring[]> {
  return await sql<Expiring[]>`
    select sum(remaining)::bigint as credits, expires_at as at
    from public.credit_grants
    where user_id = (select auth.uid()) and closed_at is null and entry_seq is not null and expires_at > now()
    group by expires_at
    order by expires_at
    limit ${limit}`;
}
