import { randomUUID } from "node:crypto";
import process from "node:process";
import postgres from "postgres";
import { connectionUrl } from "../../sandbox/postgres/mod.ts";
import { startTestCluster, TEMPLATE, type TestCluster } from "./cluster.ts";

type Numbers = { bigint: number };
export type Sql = postgres.TransactionSql<Numbers>;
type Run<T> = (sql: Sql) => Promise<T> | PromiseLike<T>;

/** A database of one test file. Each `as…` is one transaction under that role, committed when `run` resolves. */
export interface TestDatabase {
  name: string;
  /** As `postgres`, the owner of our tables. */
  url: string;
  adminUrl: string;
  /** As superuser, outside any transaction: to set up what no role may, and to look. */
  sql: postgres.Sql<Numbers>;
  /** As the signed-in person with this id. */
  asUser<T>(user: string, run: Run<T>): Promise<T>;
  /** As a visitor. */
  asAnon<T>(run: Run<T>): Promise<T>;
  /** As the job engine and the webhooks. */
  asService<T>(run: Run<T>): Promise<T>;
  /** As the web server itself. */
  asWeb<T>(run: Run<T>): Promise<T>;
  /** As the owner of our tables, under whom migrations and scheduled jobs run. */
  asPostgres<T>(run: Run<T>): Promise<T>;
  /** Moves the business's clock for the transactions of roles that begin from now on: "40 days"; null sets it right. */
  moveClock(offset: string | null): void;
  /** Registers a person as Auth does. Returns their id. */
  createUser(email?: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * A copy of the migrated template, in a fraction of a second. Uses the run's Postgres (KREDO_TEST_DATABASE_URL)
 * or, when a file is run by itself, starts one and stops it with the last database. A test that breaks its Postgres brings
 * its own.
 */
export async function freshDatabase(
  options: { max?: number; clock?: "real"; cluster?: TestCluster; template?: string } = {},
): Promise<TestDatabase> {
  const { cluster: theirs } = options;
  const cluster = theirs ? { adminUrl: theirs.adminUrl, release: () => Promise.resolve() } : await takeCluster();
  const port = Number(new URL(cluster.adminUrl).port);
  const name = `test_${randomUUID().replaceAll("-", "")}`;

  const admin = postgres(cluster.adminUrl, { max: 1, onnotice: () => {} });
  await admin.unsafe(
    `create database ${name} template ${options.template ?? TEMPLATE} owner postgres strategy file_copy`,
  );

  // What a real project is not: there the clock cannot be moved.
  if (options.clock !== "real") await admin.unsafe(`alter database ${name} set kredo.sandbox = 'on'`);

  // Each role logs in as in production, for what a session may become depends on who logged in.
  const open = (url: string) => openPool(url, { max: options.max ?? 10 });
  const adminUrl = connectionUrl("supabase_admin", port, name);
  const url = connectionUrl("postgres", port, name);
  const [sql, owner, web] = [open(adminUrl), open(url), open(connectionUrl("kredo_web", port, name))];
  type Pool = typeof sql;

  let clockOffset = "";
  const inRole = <T>(pool: Pool, role: string, claims: Record<string, unknown>, run: Run<T>): Promise<T> =>
    pool.begin(async (transaction) => {
      await transaction`
        select set_config('role', ${role}, true), set_config('request.jwt.claims', ${JSON.stringify(claims)}, true),
          set_config('kredo.clock_offset', coalesce(nullif(${clockOffset}, ''), current_setting('kredo.clock_offset', true), ''), true)`;
      return await run(transaction);
    }) as Promise<T>;

  return {
    name,
    url,
    adminUrl,
    sql,
    asUser: (user, run) => inRole(web, "authenticated", { sub: user, role: "authenticated" }, run),
    asAnon: (run) => inRole(web, "anon", { role: "anon" }, run),
    asService: (run) => inRole(owner, "service_role", { role: "service_role" }, run),
    asWeb: (run) => inRole(web, "kredo_web", {}, run),
    asPostgres: (run) => inRole(owner, "postgres", {}, run),
    moveClock: (offset) => void (clockOffset = offset ?? ""),

    async createUser(email) {
      const id = randomUUID();
      await inRole(sql, "supabase_auth_admin", {}, (transaction) =>
        transaction`
          insert into auth.users (id, aud, role, email, email_confirmed_at, raw_app_meta_data, raw_user_meta_data)
          values (${id}, 'authenticated', 'authenticated', ${email ?? `${id}@example.test`}, now(),
            '{"provider": "email", "providers": ["email"]}', '{}')`);
      return id;
    },

    async close() {
      await Promise.all([sql, owner, web].map((pool) => pool.end({ timeout: 5 })));
      await admin.unsafe(`drop database if exists ${name} with (force)`);
      await admin.end({ timeout: 5 });
      await cluster.release();
    },
  };
}

/** Connections of a test's own; bigint arrives as a number. Whoever opens them ends them. */
export function openPool(url: string, options: { max: number; connect_timeout?: number; fetch_types?: boolean }) {
  return postgres<{ bigint: postgres.PostgresType<number> }>(url, {
    ...options,
    types: { bigint: { to: 20, from: [20], parse: Number, serialize: String } },
    onnotice: () => {},
  });
}

let own: Promise<TestCluster> | null = null;
let users = 0;

async function takeCluster(): Promise<{ adminUrl: string; release(): Promise<void> }> {
  const given = process.env.KREDO_TEST_DATABASE_URL;
  if (given) return { adminUrl: given, release: () => Promise.resolve() };

  own ??= startTestCluster();
  users++;
  const cluster = await own;
  return {
    adminUrl: cluster.adminUrl,
    async release() {
      if (--users > 0) return;
      own = null;
      await cluster.stop();
    },
  };
}
