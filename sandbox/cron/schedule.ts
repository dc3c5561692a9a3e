import { Cron } from "croner";

const NICKNAMES: Record<string, string> = {
  "@yearly": "0 0 1 1 *",
  "@annually": "0 0 1 1 *",
  "@monthly": "0 0 1 * *",
  "@weekly": "0 0 * * 0",
  "@daily": "0 0 * * *",
  "@midnight": "0 0 * * *",
  "@hourly": "0 * * * *",
};

/**
 * The first moment after `after` at which a pg_cron schedule is due, or null when there is none (30 February).
 * A schedule is five cron fields in GMT, where `$` is the last day of the month, or an interval of 1–59 seconds.
 * When both day fields are restricted a day that fits either is due, as in every cron.
 *
 * @throws when the schedule is neither.
 */
export function nextRun(schedule: string, after: Date): Date | null {
  const interval = /^([1-9]|[1-5]\d) seconds?$/i.exec(schedule);
  if (interval) return new Date(after.getTime() + Number(interval[1]) * 1000);

  const fields = (NICKNAMES[schedule.toLowerCase()] ?? schedule).replace("$", "L");
  return new Cron(fields, { mode: "5-part", timezone: "UTC" }).nextRun(after);
}
