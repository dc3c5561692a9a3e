import type { Services } from "../../platform/services.ts";

export interface Readiness {
  ready: boolean;
  checks: {
    database: boolean;
    auth: boolean;
    /** Seconds since a worker showed itself; null if none ever has. */
    worker_seen_seconds: number | null;
    /** How long the oldest job that is due has been waiting. */
    oldest_queued_seconds: number | null;
    /** Webhooks whose effect failed in the last hour. */
    failed_webhooks: number | null;
  };
}

type Work = Pick<Readiness["checks"], "worker_seen_seconds" | "oldest_queued_seconds" | "failed_webhooks">;

const UNKNOWN: Work = { worker_seen_seconds: null, oldest_queued_seconds: null, failed_webhooks: null };

/**
 * Whether this instance can serve people. Only what it needs itself decides; a silent worker or a failed
 * webhook is shown, but taking the web app out of rotation would not mend it.
 */
export async function readReadiness({ auth, db, log }: Pick<Services, "auth" | "db" | "log">): Promise<Readiness> {
  const [work, authAnswers] = await Promise.all([
    db.asWeb((sql) => sql<{ readiness: Work }[]>`select private.readiness()`).then(
      ([row]) => row.readiness,
      (error: unknown) => {
        log.warn("not ready: the database does not answer", { error });
        return null;
      },
    ),
    auth.answers(),
  ]);
  const { worker_seen_seconds, oldest_queued_seconds, failed_webhooks } = work ?? UNKNOWN;
  return {
    ready: work !== null && authAnswers,
    checks: { database: work !== null, auth: authAnswers, worker_seen_seconds, oldest_queued_seconds, failed_webhooks },
  };
}
