/** Billing's calendar, in seconds since 1970, UTC. */

export const minute = 60;
export const hour = 60 * minute;
export const day = 24 * hour;

/** The same day and time so many months on; the month's last day where it has no such day. */
export function addMonths(seconds: number, months: number): number {
  const from = new Date(seconds * 1000);
  const to = new Date(from);
  to.setUTCDate(1);
  to.setUTCMonth(to.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate();
  to.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return to.getTime() / 1000;
}

/**
 * The end of the period that contains `from`, in a row of periods begun at `anchor`. Counted from the anchor, not
 * from the last period: what began on 31 January is due on 28 February and on 31 March.
 */
export function periodEnd(anchor: number, from: number, interval: string, count = 1): number {
  if (interval === "day" || interval === "week") {
    const length = (interval === "day" ? day : 7 * day) * count;
    return anchor + (Math.floor((from - anchor) / length) + 1) * length;
  }
  const months = (interval === "year" ? 12 : 1) * count;
  let periods = 1;
  while (addMonths(anchor, periods * months) <= from) periods++;
  return addMonths(anchor, periods * months);
}
