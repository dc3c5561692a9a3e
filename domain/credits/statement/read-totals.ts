import type { Claims, Database } from "../../../platform/database.ts";
import type { EntryKind } from "../list-entries.ts";

/** What came in and went out by one kind of entries, in credits; `wentOut` is negative. */
export interface KindTotal {
  kind: EntryKind;
  entries: number;
  cameIn: number;
  wentOut: number;
  first: Date;
  last: Date;
}

/** Over the first `entries` entries of the signed-in person. */
export function readTotals(db: Database, claims: Claims, entries: number): Promise<KindTotal[]> {
  return db.asUser(claims, (sql) =>
    sql<KindTotal[]>`
      select kind, count(*) as entries,
        coalesce(sum(amount) filter (where amount > 0), 0)::bigint as "cameIn",
        coalesce(sum(amount) filter (where amount < 0), 0)::bigint as "wentOut",
        min(created_at) as first, max(created_at) as last
      from public.credit_entries
      where user_id = (select auth.uid()) and seq <= ${entries}
      group by kind
      order by min(seq)`);
}
