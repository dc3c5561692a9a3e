import type { Sql } from "../../platform/database.ts";

/** The signed checkpoint that holds an account, and with it every entry up to `seq`. */
export interface Anchor {
  checkpoint: number;
  seq: number;
  taken_at: Date;
}

/** Of the signed-in person's account; `null` before its first checkpoint. */
export async function readAnchor(sql: Sql): Promise<Anchor | null> {
  const [anchor] = await sql<Anchor[]>`
    select (p.proof #>> '{checkpoint,number}')::int as checkpoint, (p.proof ->> 'seq')::bigint as seq,
      to_timestamp((p.proof #>> '{checkpoint,taken_at}')::numeric / 1000000) as taken_at
    from public.checkpoint_proof() as p (proof)
    where p.proof is not null`;
  return anchor ?? null;
}
