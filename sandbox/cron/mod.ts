import postgres from "postgres";
import { listenTo } from "../../platform/listen.ts";
import { runJobs } from "./jobs.ts";
import { sendRequests } from "./requests.ts";

export interface CronOptions {
  /** Superuser's URL: jobs run as whoever scheduled them. */
  adminUrl: string;
  log?: (line: string) => void;
}

export interface Cron {
  /** Running jobs get two seconds to end, requests in flight are given up. */
  stop(): Promise<void>;
}

/**
 * The background workers of pg_cron and pg_net: runs due jobs, sends queued requests.
 * Woken by notifications, looks by itself every second, and outlives restarts of Postgres.
 */
export function startCron({ adminUrl, log = () => {} }: CronOptions): Cron {
  const sql = postgres(adminUrl, {
    max: 4,
    idle_timeout: 60,
    connect_timeout: 5,
    backoff: (attempt: number) => Math.min(0.05 * 2 ** attempt, 1),
    connection: { application_name: "kredo-cron" },
    onnotice: () => {},
  });
  const jobs = runJobs(sql, adminUrl, log);
  const requests = sendRequests(sql);
  const listeners = [
    listenTo(adminUrl, "pg_cron", {
      onPayload: jobs.wake,
      onState: (connected) => connected && jobs.recover(),
    }),
    // What was committed while nobody listened is found by looking.
    listenTo(adminUrl, "pg_net", { onPayload: requests.wake, onState: (connected) => connected && requests.wake() }),
  ];

  return {
    async stop() {
      await Promise.all(listeners.map((listener) => listener.close()));
      await Promise.all([jobs.stop(), requests.stop()]);
      await sql.end({ timeout: 2 });
    },
  };
}
