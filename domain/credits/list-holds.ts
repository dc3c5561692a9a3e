import type { Sql } from "../../platform/database.ts";

/** Credits reserved for a job that has not ended. */
export interface Hold {
  /** The job's id. */
  id: string;
  amount: number;
  model: string;
  outputs_requested: number;
  created_at: Date;
}

/** What the signed-in person's `held` consists of, newest first. */
export async function listHolds(sql: Sql): Promise<Hold[]> {
  return await sql<Hold[]>`
    select h.id, h.amount, j.model, j.outputs_requested, h.created_at
    from public.credit_holds h
    join public.jobs j on j.id = h.id
    where h.user_id = (select auth.uid()) and h.state = 'held'
    order by h.created_at desc, h.id`;
}
