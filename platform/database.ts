import postgres from "postgres";
import { AppError } from "../domain/errors.ts";
import { fromDatabase } from "./database-errors.ts";
import { listenTo } from "./listen.ts";
import { knowArrays } from "./postgres-arrays.ts";
import { openSocket } from "./postgres-socket.ts";

/** Queries of one open transaction. `bigint` columns arrive as numbers, `timestamptz` as `Date`. */
export type Sql = postgres.TransactionSql<{ bigint: number }>;

/** What a single statement is written with, inside a transaction or not. */
export type Statements = postgres.ISql<{ bigint: number }>;

/** The verified claims of an access token; row level security reads `sub` from them. */
export type Claims = Record<string, unknown>;

/**
 * One Postgres, entered under four names. Every call is one transaction that commits when `run`
 * resolves, so `run` must not wait for anything but the database.
 *
 * @throws {AppError} for the codes of `database-errors.ts`
 */
export interface Database {
  /** As the signed-in person: row level security decides what exists. */
  asUser<T>(claims: Claims, run: (sql: Sql) => Promise<T>): Promise<T>;
  /** As a visitor. */
  asAnon<T>(run: (sql: Sql) => Promise<T>): Promise<T>;
  /** As the web app itself: the functions in `private` that were granted to `kredo_web`. */
  asWeb<T>(run: (sql: Sql) => Promise<T>): Promise<T>;
  /** As the job engine and the webhooks; only their connection may. */
  asService<T>(run: (sql: Sql) => Promise<T>): Promise<T>;
  /**
   * The same for a single statement that may run twice: where the connection begins as `service_role` it is one round
   * trip. It is sent again when the connection was lost or it lost a deadlock, and may have had its effect before.
   */
  onceAsService<Row extends object>(statement: (sql: Statements) => PromiseLike<Row[]>): Promise<Row>;
  /** The same, with all of its rows. */
  allAsService<Row extends object>(statement: (sql: Statements) => PromiseLike<Row[]>): Promise<Row[]>;
  /**
   * Over a connection of its own, for as long as the process lives. What is sent while that is lost is
   * lost too, so listeners also poll; `onState` says when they must.
   */
  listen(
    channel: string,
    onPayload: (payload: string) => void,
    onState?: (connected: boolean) => void,
  ): { close(): Promise<void> };
  end(): Promise<void>;
}

export interface DatabaseOptions {
  /** Connections. 8 fill two cores (measured, see docs). */
  max?: number;
  applicationName?: string;
  statementTimeoutMs?: number;
  /**
   * Whose rights connections begin with, instead of the login role's. What needs others still takes them for its transaction,
   * and `reset role` leads back here.
   */
  role?: "service_role";
}

/** Three more attempts, after 50, 100 and 200 ms. */
const LONGEST_PAUSE_MS = 200;

export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const { max = 8, applicationName = "kredo", statementTimeoutMs = 5_000, role } = options;
  const client = postgres<{ bigint: postgres.PostgresType<number> }>(url, {
    max,
    // postgres.js knows it, its types do not.
    ...{ socket: openSocket },
    connect_timeout: 5,
    idle_timeout: 60,
    fetch_types: false, // knowArrays
    // Half a second at most: after a restart of Postgres people should not wait for an exponential backoff.
    backoff: (attempt: number) => Math.min(0.05 * 2 ** attempt, 0.5),
    // Supabase's transaction pooler hands each transaction another connection, without our prepared statements.
    prepare: new URL(url).port !== "6543",
    types: { bigint: { to: 20, from: [20], parse: safeInteger, serialize: String } },
    connection: {
      application_name: applicationName,
      statement_timeout: statementTimeoutMs,
      idle_in_transaction_session_timeout: 10_000,
      ...role && { role, "request.jwt.claims": JSON.stringify({ role }) },
    },
    onnotice: () => {},
  });
  knowArrays(client.options);

  /**
   * The role travels in the same packet as the first query. If taking it fails, Postgres refuses the
   * rest of the transaction, so nothing ever runs under the login role by accident.
   */
  async function inRole<T>(role: string, claims: Claims, run: (sql: Sql) => Promise<T>): Promise<T> {
    return await transaction(async (sql) => {
      const entering = sql`
        select set_config('role', ${role}, true), set_config('request.jwt.claims', ${JSON.stringify(claims)}, true)`
        .execute();
      const [result] = await Promise.all([(async () => await run(sql))(), entering]);
      return result;
    });
  }

  /**
   * Begins again if the connection turned out to be dead before anything ran, as idle ones are after a
   * restart of Postgres. Once `run` has started, only the caller can know whether it may be repeated.
   */
  async function transaction<T>(run: (sql: Sql) => Promise<T>): Promise<T> {
    for (let pause = 50;; pause *= 2) {
      let started = false;
      try {
        return await client.begin((sql) => {
          started = true;
          return leavingLostOnesAlone(run(sql));
        }) as T;
      } catch (error) {
        const known = fromDatabase(error);
        const passing = known instanceof AppError && known.code === "unavailable";
        if (started || !passing || pause > LONGEST_PAUSE_MS) throw known;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  /** Not over TLS, where nothing keeps postgres.js from giving the answer of one statement to another after a reset (postgres-socket.ts). */
  const mayBegin = role === "service_role" && !wantsTls(url);

  /** Asked once, for some poolers forget what a client asks for at the beginning; then roles are taken as ever. */
  let begins: Promise<boolean> | undefined;
  function beginsAsService(): Promise<boolean> {
    if (!mayBegin) return Promise.resolve(false);
    begins ??= client`select current_user as role`.then(([found]) => found.role === role, (error) => {
      begins = undefined;
      throw error;
    });
    return begins;
  }

  async function allAsService<Row extends object>(statement: (sql: Statements) => PromiseLike<Row[]>): Promise<Row[]> {
    for (let pause = 50;; pause *= 2) {
      try {
        return await beginsAsService()
          ? await statement(client)
          : await inRole("service_role", { role: "service_role" }, async (sql) => await statement(sql));
      } catch (error) {
        const known = fromDatabase(error);
        const cause = known instanceof AppError && known.cause || known;
        if (pause > LONGEST_PAUSE_MS || !REPEATABLE.has((cause as { code?: string }).code ?? "")) throw known;
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  return {
    onceAsService: async (statement) => (await allAsService(statement))[0],
    allAsService,
    asUser: (claims, run) => inRole("authenticated", { ...claims, role: "authenticated" }, run),
    asAnon: (run) => inRole("anon", { role: "anon" }, run),
    asWeb: transaction,
    asService: (run) => inRole("service_role", { role: "service_role" }, run),
    listen: (channel, onPayload, onState) => listenTo(url, channel, { onPayload, onState }),
    end: () => client.end({ timeout: 5 }),
  };
}

/**
 * Where the connection is gone, `begin` rejects by itself. Told of the error too, postgres.js would send ROLLBACK to a
 * socket that is null, throw where nobody can catch it, and never use that place in the pool again
 * (`tests/integration/platform-database.test.ts` loses some hundreds).
 */
async function leavingLostOnesAlone<T>(running: Promise<T>): Promise<T> {
  try {
    return await running;
  } catch (error) {
    if (LOST.has((error as { code?: string }).code ?? "")) await new Promise(() => {});
    throw error;
  }
}

/** Whether a connection string asks for TLS. */
export function wantsTls(url: string): boolean {
  const { searchParams } = new URL(url);
  const mode = searchParams.get("sslmode") ?? searchParams.get("ssl") ?? "disable";
  return !["disable", "false", ""].includes(mode);
}

/** The server ended the session, or the socket closed. Safe to wait for ever on, as `run` talks to nothing but this connection. */
const LOST = new Set(["57P01", "57P02", "CONNECTION_CLOSED", "CONNECTION_DESTROYED", "ECONNRESET", "EPIPE"]);

/** Nothing of it was kept, or nobody knows; not for statements that took too long. */
const REPEATABLE = new Set([...LOST, "57P03", "ECONNREFUSED", "CONNECT_TIMEOUT", "40001", "40P01"]);

/** Credits and cents stay far below 2^53; a number above it is a bug that must not pass silently. */
function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`bigint ${text} does not fit a number`);
  return value;
}
