import { connectionUrl } from "../../sandbox/postgres/mod.ts";
import postgres from "postgres";
import { startTestCluster, TEMPLATE } from "../../tests/support/cluster.ts";

export const CONNECTIONS = 8;

/** Postgres alone, with the settings and the migrations of `npm start`, and nothing that runs by itself. */
export interface LedgerDatabase {
  /** The superuser's connections, for what no role of ours may, and to call the ledger as its definer functions do. */
  sql: postgres.Sql;
  /** The same, but one and always the same session. */
  session: postgres.Sql;
  /** As the web server logs in. */
  webUrl: string;
  /** One session in each of that many copies of the database as it is now. Ends `sql` and `session`. */
  copies(count: number): Promise<postgres.Sql[]>;
  /** Removes the data too. */
  close(): Promise<void>;
}

export async function openLedgerDatabase(): Promise<LedgerDatabase> {
  const cluster = await startTestCluster({ durable: true });
  const port = Number(new URL(cluster.adminUrl).port);
  const pools: postgres.Sql[] = [];
  const open = (database: string, max: number) => {
    const pool = postgres(connectionUrl("supabase_admin", port, database), { max, onnotice: () => {} });
    pools.push(pool);
    return pool;
  };
  const close = async () => {
    await Promise.all(pools.map((pool) => pool.end({ timeout: 5 })));
    await cluster.stop();
  };
  try {
    const admin = open("postgres", 1);
    await admin.unsafe(`create database bench template ${TEMPLATE} owner postgres`);
    const [sql, session] = [open("bench", CONNECTIONS), open("bench", 1)];
    await assertDurable(sql);
    const copies = async (count: number) => {
      // A database is copied while nobody is connected to it.
      await Promise.all([sql.end(), session.end()]);
      const names = Array.from({ length: count }, (_, copy) => `bench_${copy}`);
      for (const name of names) await admin.unsafe(`create database ${name} template bench owner postgres`);
      return names.map((name) => open(name, 1));
    };
    return { sql, session, webUrl: connectionUrl("kredo_web", port, "bench"), copies, close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function assertDurable(sql: postgres.Sql): Promise<void> {
  for (const setting of ["fsync", "synchronous_commit", "full_page_writes"]) {
    const [{ value }] = await sql`select current_setting(${setting}) as value`;
    if (value !== "on") throw new Error(`${setting} is ${value}: commits of this database prove nothing.`);
  }
}

/** Credit accounts with enough to spend for any bench, opened by the ledger's own function. Returns their ids. */
export async function openAccounts(sql: postgres.Sql, count: number): Promise<string[]> {
  const users = Array.from({ length: count }, () => crypto.randomUUID() as string);
  await sql`insert into public.credit_accounts (user_id) select unnest(${users}::uuid[])`;
  await sql`
    select private.grant_credits(id, 10000000, 'grant', 'promo', 'signup', '{"rule": "benchmark"}', concat('bench:', id))
    from unnest(${users}::uuid[]) as id`;
  return users;
}

/** How often two transactions waited for each other until one was sacrificed. */
export async function deadlocks(sql: postgres.Sql): Promise<number> {
  // A session hands in its counts at most once a second, and at once when asked.
  await sql`select pg_stat_force_next_flush()`;
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  const [{ count }] = await sql`
    select deadlocks::int as count from pg_stat_database where datname = current_database()`;
  return count;
}
