import type { Sql } from "../../platform/database.ts";

export interface DaySpend {
  /** UTC, `2026-11-21`. */
  day: string;
  credits: number;
}

/** What the signed-in person spent on each of the last `days` days, today included, oldest first. */
export async function dailySpend(sql: Sql, days: number): Promise<DaySpend[]> {
  // Summed before the days are joined: joined row by row, every entry is compared with every day.
  return await sql<DaySpend[]>`
    with span as (
      select today - ${days - 1}::int as first, today as last
      from (select (now() at time zone 'utc')::date as today) as t
    ), spent as (
      select (e.created_at at time zone 'utc')::date as day, -sum(e.amount)::bigint as credits
      from public.credit_entries e
      where e.user_id = (select auth.uid()) and e.kind = 'settle'
        and e.created_at >= (select first from span)::timestamp at time zone 'utc'
      group by 1
    )
    select to_char(d.day, 'YYYY-MM-DD') as day, coalesce(s.credits, 0) as credits
    from span, generate_series(span.first, span.last, interval '1 day') as d(day)
    left join spent s on s.day = d.day
    order by d.day`;
}
