/** Calendar time in UTC as Stripe and the database count it. Seconds since 1970. */

export const DAY = 86_400;

/** The same day and time some months later; the last of a month when that has no such day. */
export function addMonths(at: number, months: number): number {
  const date = new Date(at * 1000);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() + months);
  const last = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, last));
  return date.getTime() / 1000;
}

export interface Window {
  starts: number;
  ends: number;
}

/** The month, counted from an anchor, that holds a moment. */
export function monthWindow(anchor: number, at: number): Window {
  const [from, to] = [new Date(anchor * 1000), new Date(at * 1000)];
  let months = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth();
  if (addMonths(anchor, months) > at) months -= 1;
  return { starts: addMonths(anchor, months), ends: addMonths(anchor, months + 1) };
}
