import type { Sql } from "../../platform/database.ts";

export interface DaySpend {
  /** UTC, `2026-11-21`. */
  day: string;
  credits: number;
}

/** What the signed-in person spent on each of the last `days` days, today included, oldest first. */
export async function dailySpend(sql: Sql, days: number): Promise<DaySpend[]> {
  return await sql<DaySpend[]>`
    with today as (select (now() at time zone 'utc')::date as day)
    select to_char(d.day, 'YYYY-MM-DD') as day, coalesce(-sum(e.amount), 0)::bigint as credits
    from today, generate_series(today.day - ${days - 1}::int, today.day, interval '1 day') as d(day)
    left join public.credit_entries e
      on e.user_id = (select auth.uid()) and e.kind = 'settle'
      and e.created_at >= d.day at time zone 'utc' and e.created_at < (d.day + interval '1 day') at time zone 'utc'
    group by d.day order by d.day`;
}
