import postgres from "postgres";
import { nextRun } from "./schedule.ts";

/** pg_cron advises at most this many at once on a small machine; the others wait their turn. */
const AT_ONCE = 8;
const LONGEST_SLEEP_MS = 1_000;
/** At the end a running job gets this long to finish; then it is recorded as failed. */
const PATIENCE_SECONDS = 2;

interface Job {
  jobid: string;
  schedule: string;
  command: string;
  database: string;
  username: string;
}

interface Plan {
  schedule: string;
  next: Date | null;
  /** Came due while it was still running: runs again as soon as it ends, once however often that happened. */
  due: boolean;
  running: boolean;
}

export interface JobRunner {
  /** Look at cron.job now: something changed there. */
  wake(): void;
  /** The database is back: whatever was running there is not any more. */
  recover(): Promise<void>;
  stop(): Promise<void>;
}

/** Runs the rows of `cron.job` when they are due, each in a session of its own as the user who scheduled it. */
export function runJobs(sql: postgres.Sql, adminUrl: string, log: (line: string) => void): JobRunner {
  const plans = new Map<string, Plan>();
  const runs = new Map<string, Promise<void>>();
  let stopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let looking: Promise<void> = Promise.resolve();

  function lookIn(milliseconds: number): void {
    clearTimeout(timer);
    if (!stopped) timer = setTimeout(() => looking = look(), milliseconds);
  }

  async function look(): Promise<void> {
    try {
      const jobs = await sql<Job[]>`
        select jobid, schedule, command, database, username from cron.job
        where active and database = current_database()`;
      startDue(jobs);
    } catch {
      // No pg_cron yet, or no database for the moment: both are looked at again in a second.
    }
    const soonest = Math.min(...[...plans.values()].map((plan) => plan.next?.getTime() ?? Infinity));
    lookIn(Math.max(0, Math.min(LONGEST_SLEEP_MS, soonest - Date.now())));
  }

  function startDue(jobs: Job[]): void {
    const now = new Date();
    const known = new Set(jobs.map((job) => job.jobid));
    for (const [jobid, plan] of plans) if (!known.has(jobid) && !plan.running) plans.delete(jobid);

    for (const job of jobs) {
      let plan = plans.get(job.jobid);
      if (plan?.schedule !== job.schedule) {
        plan = { schedule: job.schedule, next: nextOf(job, now), due: false, running: plan?.running ?? false };
        plans.set(job.jobid, plan);
      }
      if (plan.next && plan.next <= now) {
        plan.due = true;
        plan.next = nextOf(job, now);
      }
      if (plan.due && !plan.running && runs.size < AT_ONCE) start(job, plan);
    }
  }

  function nextOf(job: Job, after: Date): Date | null {
    try {
      return nextRun(job.schedule, after);
    } catch {
      log(`job ${job.jobid} has a schedule nobody understands: ${job.schedule}`);
      return null;
    }
  }

  function start(job: Job, plan: Plan): void {
    plan.due = false;
    plan.running = true;
    const key = crypto.randomUUID();
    const ended = run(job).catch((error) => log(`job ${job.jobid} left no record: ${error.message}`)).finally(() => {
      plan.running = false;
      runs.delete(key);
      if (plan.due) lookIn(0);
    });
    runs.set(key, ended);
  }

  const runids = new Set<string>();
  const sessions = new Set<postgres.Sql>();

  async function run(job: Job): Promise<void> {
    const session = postgres(adminUrl, {
      max: 1,
      fetch_types: false,
      connection: { application_name: "pg_cron" },
      onnotice: () => {},
    });
    sessions.add(session);
    try {
      const [{ pid }] = await session`select pg_backend_pid() as pid`;
      const [{ runid }] = await sql<{ runid: string }[]>`
        insert into cron.job_run_details (jobid, job_pid, database, username, command, status, start_time)
        values (${job.jobid}, ${pid}, ${job.database}, ${job.username}, ${job.command}, 'running', clock_timestamp())
        returning runid`;
      runids.add(runid);
      try {
        const [status, message] = await execute(session, job);
        await sql`
          update cron.job_run_details set status = ${status}, return_message = ${message}, end_time = clock_timestamp()
          where runid = ${runid}`;
      } finally {
        runids.delete(runid);
      }
    } finally {
      sessions.delete(session);
      await session.end({ timeout: 1 });
    }
  }

  async function recover(): Promise<void> {
    await sql`
      update cron.job_run_details set status = 'failed', return_message = 'server restarted', end_time = clock_timestamp()
      where status in ('starting', 'running') and not runid = any(${[...runids]})`.catch(() => {});
  }

  lookIn(0);
  return {
    wake: () => lookIn(0),
    recover,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await looking;
      await Promise.all([...sessions].map((session) => session.end({ timeout: PATIENCE_SECONDS })));
      await Promise.all(runs.values());
    },
  };
}

/** Session authorization, not a role: the command must not be able to become the superuser again by `reset role`. */
async function execute(session: postgres.Sql, job: Job): Promise<["succeeded" | "failed", string]> {
  try {
    await session`set session authorization ${session(job.username)}`;
    const result = await session.unsafe(job.command).simple();
    // Of several statements the last one speaks.
    const last = Array.isArray(result[0]) ? result.at(-1) : result;
    const { command, count } = last as unknown as postgres.RowList<postgres.Row[]>;
    return [
      "succeeded",
      command === "SELECT" ? `${count} row${count === 1 ? "" : "s"}` : `${command} ${count ?? ""}`.trim(),
    ];
  } catch (error) {
    return ["failed", `ERROR: ${(error as Error).message}`];
  }
}
