import type postgres from "postgres";
import { CONNECTIONS } from "./database.ts";

/** Something done to one account. */
export type Act = (user: string) => Promise<void>;

/** What reserving and settling one credit do to available and held. */
const MOVES = [[-1, 1], [0, -1]];

/** As the job engine writes it. */
export const CAUSE = { model: "seedream-4-5", outputs: 1, credits_per_output: 1, price: "model:seedream-4-5@1" };

/** Reserve and settle one credit: two transactions, one call each, as the product does. */
export function reserveAndSettle(sql: postgres.Sql): Act {
  return async (user) => {
    const hold = crypto.randomUUID();
    await sql`select private.reserve_credits(${user}, 1, ${hold})`;
    await sql`select private.settle_hold(${hold}, 1, ${`job:${hold}`}, ${sql.json(CAUSE)})`;
  };
}

/** The least that books can be: a balance and a list of amounts, with primary keys as the only indexes. */
export async function openPeer(sql: postgres.Sql, users: readonly string[]): Promise<void> {
  await sql`create schema bench`;
  await sql`
    create table bench.accounts (user_id uuid primary key, available bigint not null, held bigint not null default 0)
    with (fillfactor = 60)`;
  await sql`
    create table bench.entries (
      id bigint generated always as identity primary key, user_id uuid not null, amount bigint not null,
      created_at timestamptz not null default now())`;
  await sql`insert into bench.accounts (user_id, available) select unnest(${users}::uuid[]), 10000000`;
}

/** Two transactions of an UPDATE and an INSERT that travel together: three round trips each. */
export function pipelined(sql: postgres.Sql): Act {
  return async (user) => {
    for (const [available, held] of MOVES) {
      await sql.begin((transaction) => [
        transaction`
          update bench.accounts set available = available + ${available}, held = held + ${held}
          where user_id = ${user} and available + ${available} >= 0`,
        transaction`insert into bench.entries (user_id, amount) values (${user}, ${available})`,
      ]);
    }
  };
}

/** The same as pgbench sends it, each statement after the answer to the one before: four round trips each. */
export function oneByOne(sql: postgres.Sql): Act {
  return async (user) => {
    for (const [available, held] of MOVES) {
      await sql.begin(async (transaction) => {
        await transaction`
          update bench.accounts set available = available + ${available}, held = held + ${held}
          where user_id = ${user} and available + ${available} >= 0`;
        await transaction`insert into bench.entries (user_id, amount) values (${user}, ${available})`;
      });
    }
  };
}

/** The same squeezed into one statement, and so one round trip each. */
export function squeezed(sql: postgres.Sql): Act {
  return async (user) => {
    for (const [available, held] of MOVES) {
      await sql`
        with account as (
          update bench.accounts set available = available + ${available}, held = held + ${held}
          where user_id = ${user} and available + ${available} >= 0
          returning user_id
        )
        insert into bench.entries (user_id, amount) select user_id, ${available} from account`;
    }
  };
}

/** Each connection's own accounts. */
export function divide(users: readonly string[]): string[][] {
  return Array.from(
    { length: CONNECTIONS },
    (_, connection) => users.filter((_, index) => index % CONNECTIONS === connection),
  );
}

/** How often all connections together manage the act in a second, each on its accounts in turn. */
export async function rate(shares: readonly string[][], seconds: number, act: Act): Promise<number> {
  const begun = performance.now();
  const end = begun + seconds * 1000;
  let done = 0;
  await Promise.all(shares.map(async (own) => {
    for (let turn = 0; performance.now() < end; turn++) {
      await act(own[turn % own.length]);
      done++;
    }
  }));
  return done / ((performance.now() - begun) / 1000);
}
