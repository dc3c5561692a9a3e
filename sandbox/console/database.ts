/** What the console shows of the stack's own database: jobs, line, inbox of webhooks, schedules. */
import type { Sql } from "postgres";

export interface DatabaseView {
  jobs: {
    id: string;
    status: string;
    model: string;
    attempts: number;
    credits: string;
    error: string | null;
    at: string;
  }[];
  jobCounts: { status: string; n: number }[];
  /** oldestSeconds: of those that have a place and could start. */
  line: { standing: number; waiting: number; running: number; oldestSeconds: number | null };
  workers: { name: string; seenSeconds: number }[];
  inbox: { source: string; type: string; verdict: string; effect: string | null; error: string | null; at: string }[];
  schedules: {
    name: string;
    schedule: string;
    active: boolean;
    status: string | null;
    message: string | null;
    at: string | null;
  }[];
}

export type DatabaseReading = { state: "up"; view: DatabaseView } | { state: "down"; why: string };

/** Never throws and never waits long: the console must work best when something else does not. */
export async function readDatabase(sql: Sql | null, timeoutMs = 1_500): Promise<DatabaseReading> {
  if (!sql) return { state: "down", why: "The database is not running." };
  let alarm: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    alarm = setTimeout(() => reject(new Error("The database does not answer.")), timeoutMs);
  });
  try {
    return { state: "up", view: await Promise.race([read(sql), timeout]) };
  } catch (error) {
    return { state: "down", why: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(alarm);
  }
}

async function read(sql: Sql): Promise<DatabaseView> {
  const [jobs, jobCounts, [line], workers, inbox, schedules] = await Promise.all([
    sql<DatabaseView["jobs"]>`
      select id, status, model, attempts, coalesce(credits_charged, credits_reserved)::text as credits,
             error_code as error, to_json(created_at)#>>'{}' as at
        from public.jobs order by created_at desc, id limit 8`,
    sql<DatabaseView["jobCounts"]>`select status, count(*)::int as n from public.jobs group by status order by status`,
    sql<DatabaseView["line"][]>`
      select count(place)::int as standing, count(waits_for)::int as waiting,
             (select count(*) from private.job_leases)::int as running,
             extract(epoch from now() - min(run_at) filter (where place is not null))::int as "oldestSeconds"
        from private.job_line`,
    sql<DatabaseView["workers"]>`
      select name, extract(epoch from now() - seen_at)::int as "seenSeconds"
        from private.workers order by seen_at desc limit 4`,
    sql<DatabaseView["inbox"]>`
      select source, type, verdict, effect, error, to_json(received_at)#>>'{}' as at
        from private.webhook_events order by received_at desc limit 8`,
    sql<DatabaseView["schedules"]>`
      select job.jobname as name, job.schedule, job.active, run.status, run.return_message as message,
             to_json(run.start_time)#>>'{}' as at
        from cron.job as job
        left join lateral (
          select status, return_message, start_time from cron.job_run_details as details
           where details.jobid = job.jobid order by details.runid desc limit 1) as run on true
       order by job.jobname`,
  ]);
  return { jobs, jobCounts, line, workers, inbox, schedules };
}
