import type { Services } from "../../platform/services.ts";

/** What the invariants found in the books. */
export interface LedgerHealth {
  /** False while a breach is open. */
  ok: boolean;
  /** Seconds since the invariant that waits longest was checked; null while one never was. */
  checked_seconds: number | null;
  /** Open breaches, all of them; `breaches` holds the first ten. */
  count: number;
  /** `account` and `seq` are null where a breach concerns no single account or entry. */
  breaches: { invariant: string; account: string | null; seq: number | null; since: string }[];
}

export interface Readiness {
  ready: boolean;
  checks: {
    database: boolean;
    auth: boolean;
    /** Seconds since a worker showed itself; null if none ever has. */
    worker_seen_seconds: number | null;
    /** How long the oldest job that is due has been waiting. */
    oldest_queued_seconds: number | null;
    /** Webhooks that failed and had no success since: all that are tried again, and those last tried within the hour. */
    failed_webhooks: number | null;
    /** Null when the database does not answer. */
    ledger: LedgerHealth | null;
  };
}

type FromDatabase = Omit<Readiness["checks"], "database" | "auth">;

const UNKNOWN: FromDatabase = {
  worker_seen_seconds: null,
  oldest_queued_seconds: null,
  failed_webhooks: null,
  ledger: null,
};

/**
 * Whether this instance may serve people. What it needs itself decides, and the books: credits are money, and
 * while they do not agree nobody should be served as if they did. A silent worker or a failed webhook is shown,
 * and so is a check that is overdue, but taking the web app out of rotation would not mend those.
 */
export async function readReadiness({ auth, db, log }: Pick<Services, "auth" | "db" | "log">): Promise<Readiness> {
  const [work, authAnswers] = await Promise.all([
    db.asWeb((sql) => sql<{ readiness: FromDatabase }[]>`select private.readiness()`).then(
      ([row]) => row.readiness,
      (error: unknown) => {
        log.warn("not ready: the database does not answer", { error });
        return null;
      },
    ),
    auth.answers(),
  ]);
  const checks = { database: work !== null, auth: authAnswers, ...(work ?? UNKNOWN) };
  return { ready: checks.database && checks.auth && checks.ledger?.ok === true, checks };
}
