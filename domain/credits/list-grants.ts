import { z } from "zod";
import type { Sql } from "../../platform/database.ts";
import { validationFailed } from "../errors.ts";
import { decodeCursor, encodeCursor, exactTime, type PageRequest, pageRequest, selectExactTime } from "../pages.ts";

export type GrantSource = "promo" | "stripe" | "plan" | "adjustment" | "creator" | "refund" | "dispute";

/** scheduled: not in the balance yet · active: something of it is left or held · spent, expired: nothing is */
export const GRANT_STATES = ["scheduled", "active", "spent", "expired"] as const;
export type GrantState = (typeof GRANT_STATES)[number];

/** Credits that came in together. What is neither remaining nor held was spent, paid a debt, or expired. */
export interface Grant {
  /** 1, 2, 3… per account. */
  number: number;
  source: GrantSource;
  /** 0 to 100; the higher is spent first. */
  priority: number;
  amount: number;
  remaining: number;
  /** What live reservations drew from it. If they give it back after `expires_at`, it expires then. */
  held: number;
  effective_at: Date;
  expires_at: Date | null;
  state: GrantState;
  /** The entry that brought it into the balance; null while it is scheduled. */
  entry_seq: number | null;
  ref: string;
}

export interface ListGrants extends PageRequest {
  state?: GrantState;
}

/** What a query string asks for. @throws {AppError} validation_failed */
export function parseListGrants(query: URLSearchParams): ListGrants {
  const state = z.enum(GRANT_STATES).optional().safeParse(query.get("state") || undefined);
  if (!state.success) throw validationFailed({ state: `must be one of ${GRANT_STATES.join(", ")}` });
  return { ...pageRequest(query), state: state.data };
}

/**
 * The signed-in person's lots: those that are being spent in the order of spending, then the scheduled ones as they
 * come, then the others, newest first.
 *
 * @throws {AppError} validation_failed {cursor}
 */
export async function listGrants(
  sql: Sql,
  { limit, cursor, state }: ListGrants,
): Promise<{ grants: Grant[]; nextCursor: string | null }> {
  const position = cursor ? decodeCursor(cursor, cursorShape) : null;
  const [group, rank, at, number] = position ?? [];
  const beyond = position
    ? sql`(k.part, k.rank, k.at, k.place) > (${group!}, ${rank!}, ${at!}::text::timestamptz, ${number!})`
    : sql`true`;
  const rows = await sql<(Grant & { part: number; rank: number; cursor_at: string; place: number })[]>`
    with held as (
      select d.number, sum(d.credits)::bigint as credits
      from public.credit_holds h, unnest(h.grants, h.grant_amounts) as d (number, credits)
      where h.user_id = (select auth.uid()) and h.state = 'held'
      group by d.number
    ), lots as (
      select g.number, g.source, g.priority, g.amount, g.remaining, coalesce(held.credits, 0) as held, g.effective_at,
        g.expires_at, g.entry_seq, g.ref,
        case
          when g.entry_seq is null then 'scheduled'
          -- Empty before its end and nothing to come back: spent, however long ago that end is by now.
          when g.expires_at <= case when held.credits is null then coalesce(g.closed_at, now()) else now() end then 'expired'
          when g.remaining = 0 and held.credits is null then 'spent'
          else 'active'
        end as state
      from public.credit_grants g
      left join held on held.number = g.number
      where g.user_id = (select auth.uid())
    ), keyed as (
      select lots.*,
        case state when 'active' then 0 when 'scheduled' then 1 else 2 end as part,
        case state when 'active' then -priority else 0 end as rank,
        case state when 'active' then coalesce(expires_at, 'infinity') when 'scheduled' then effective_at else '-infinity' end as at,
        case when state in ('active', 'scheduled') then number else -number end as place
      from lots
    )
    select number, source, priority, amount, remaining, held, effective_at, expires_at, state, entry_seq, ref,
      part, rank, place, case when isfinite(at) then ${selectExactTime(sql, "at")} else at::text end as cursor_at
    from keyed k
    where ${state ? sql`k.state = ${state}` : sql`true`} and ${beyond}
    order by k.part, k.rank, k.at, k.place
    limit ${limit + 1}`;
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    grants: page.map(({ part: _, rank: __, cursor_at: ___, place: ____, ...grant }) => grant),
    nextCursor: rows.length > limit && last ? encodeCursor([last.part, last.rank, last.cursor_at, last.place]) : null,
  };
}

const cursorShape = z.tuple([
  z.int().min(0).max(2),
  z.int().min(-100).max(0),
  z.union([exactTime, z.enum(["infinity", "-infinity"])]),
  z.int().min(-2_147_483_647).max(2_147_483_647),
]);
