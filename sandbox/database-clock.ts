/**
 * The database's part of the sandbox's clock. SQL asks `private.clock()`, which adds `kredo.clock_offset` to the
 * real time in a database that a superuser has marked with `kredo.sandbox`; the offset belongs to the database, so that
 * every session that begins later has it without being told.
 */
import type postgres from "postgres";

/** The sandbox's own pool, which renders the console and has no business with the clock. */
export const SANDBOX_SESSIONS = "kredo-sandbox";

/** How long a transaction that is under way may go on in the old time before its session is ended. */
const PATIENCE_MS = 3_000;

/**
 * Moves the clock of the database that `sql` is connected to, as its superuser, to `offsetMs` milliseconds from the
 * real time; 0 takes the offset away. Resolves when no session of the app tells the old time any more.
 *
 * A session keeps the setting it began with, so those that exist are ended and their pools open new ones. Idle ones
 * first: the app notices nothing of these, while a transaction would fail. Listening sessions look at no clock.
 */
export async function moveDatabaseClock(
  sql: postgres.Sql,
  offsetMs: number,
  { patienceMs = PATIENCE_MS }: { patienceMs?: number } = {},
): Promise<void> {
  const milliseconds = Math.round(offsetMs);
  const [{ statement }] = await sql<{ statement: string }[]>`
    select case when ${milliseconds}::bigint = 0
      then format('alter database %I reset kredo.clock_offset', current_database())
      else format('alter database %1$I set kredo.sandbox = ''on''; alter database %1$I set kredo.clock_offset = %2$L',
        current_database(), ${`${milliseconds} milliseconds`}::text)
    end as statement`;
  await sql.unsafe(statement);
  const [{ moved }] = await sql<{ moved: string }[]>`select clock_timestamp()::text as moved`;

  const giveUp = performance.now() + patienceMs;
  for (;;) {
    const impatient = performance.now() >= giveUp;
    const left = await sql<{ ended: boolean }[]>`
      select case when state = 'idle' or ${impatient} then pg_terminate_backend(pid) else false end as ended
        from pg_stat_activity
       where datname = current_database()
         and usename in ('kredo_web', 'postgres')
         and backend_type = 'client backend'
         and application_name not in ('kredo-listen', ${SANDBOX_SESSIONS})
         and pid <> pg_backend_pid()
         and backend_start <= ${moved}::timestamptz`;
    if (left.length === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/**
 * What pg_cron would have done by now in the time that was skipped: lots end and months begin before Stripe tells of
 * its own. In a transaction with the setting, for the sessions of this pool still tell the old time.
 */
export async function catchUpBooks(sql: postgres.Sql, offsetMs: number): Promise<void> {
  await sql.begin(async (transaction) => {
    await transaction`select set_config('kredo.clock_offset', ${`${Math.round(offsetMs)} milliseconds`}, true)`;
    await transaction`
      select private.expire_grants(1000), private.activate_grants(1000), private.renew_allowances(1000)`;
  });
}
