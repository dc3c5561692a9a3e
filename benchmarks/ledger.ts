import postgres from "postgres";
import { findPortBase } from "../sandbox/ports.ts";
import { startOwnStack } from "../tests/support/stack.ts";
import { type Bench, interleaved, type Measurement, ROUNDS } from "./measure.ts";

const CONNECTIONS = 8;
const ACCOUNTS = 64;
const SECONDS = 3;
const TARGET = { of: "ratio", is: "at least", limit: 0.85 } as const;
/** What reserving and settling one credit do to available and held. */
const MOVES = [[-1, 1], [0, -1]];

/** What double entry, holds, the hash chain and their checks cost over the least that books could be. */
const ledger: Bench = {
  name: "ledger",
  title: "Reserve and settle",
  method:
    `Reserve and settle one credit, each its own transaction, ${CONNECTIONS} connections on ${ACCOUNTS} accounts, ` +
    `${ROUNDS} rounds of ${SECONDS} s in turns on the same database. The peer keeps a balance and a list of amounts, with ` +
    "primary keys as the only indexes: two transactions of one UPDATE and one INSERT, written as postgres.js pipelines " +
    "them, and the same once more squeezed into one statement each.",
  async run(log) {
    const stack = await startOwnStack({ portBase: findPortBase(23_100, 23_900) });
    const sql = postgres(stack.info.dbAdmin, { max: CONNECTIONS, onnotice: () => {} });
    try {
      const users = await prepare(sql);
      const ours = () =>
        count(users, async (user) => {
          const hold = crypto.randomUUID();
          await sql`select private.reserve_credits(${user}, 1, ${hold})`;
          await sql`select private.settle_hold(${hold}, 1, ${`job:${hold}`}, ${
            sql.json({ model: "bench", outputs: 1 })
          })`;
        });
      const pipelined = () =>
        count(users, async (user) => {
          for (const [available, held] of MOVES) {
            await sql.begin((transaction) => [
              transaction`
                update bench.accounts set available = available + ${available}, held = held + ${held}
                where user_id = ${user} and available + ${available} >= 0`,
              transaction`insert into bench.entries (user_id, amount) values (${user}, ${available})`,
            ]);
          }
        });
      const squeezed = () =>
        count(users, async (user) => {
          for (const [available, held] of MOVES) {
            await sql`
              with account as (
                update bench.accounts set available = available + ${available}, held = held + ${held}
                where user_id = ${user} and available + ${available} >= 0
                returning user_id
              )
              insert into bench.entries (user_id, amount) select user_id, ${available} from account`;
          }
        });
      const measurements: Measurement[] = [];
      for (
        const { metric, peer, target } of [
          { metric: "against two transactions", peer: pipelined, target: TARGET },
          { metric: "against two single statements", peer: squeezed, target: null },
        ]
      ) {
        await ours();
        await peer();
        const measured = await interleaved(ROUNDS, ours, peer);
        log(
          `${metric}: ${Math.round(measured.value)} and ${Math.round(measured.peer!)} a second, ` +
            `ratio ${measured.ratio!.toFixed(2)}`,
        );
        measurements.push({ metric, unit: "pairs/s", ...measured, target });
      }
      return measurements;
    } finally {
      await sql.end();
      await stack.stop();
    }
  },
};

export default ledger;

/** How often all connections together manage the act in a second; each keeps to accounts of its own. */
async function count(users: readonly string[], act: (user: string) => Promise<void>): Promise<number> {
  const begun = performance.now();
  const end = begun + SECONDS * 1000;
  let done = 0;
  await Promise.all(Array.from({ length: CONNECTIONS }, async (_, connection) => {
    const own = users.filter((_, index) => index % CONNECTIONS === connection);
    for (let turn = 0; performance.now() < end; turn++) {
      await act(own[turn % own.length]);
      done++;
    }
  }));
  return done / ((performance.now() - begun) / 1000);
}

async function prepare(sql: postgres.Sql): Promise<string[]> {
  await sql`create schema bench`;
  await sql`
    create table bench.accounts (user_id uuid primary key, available bigint not null, held bigint not null default 0)
    with (fillfactor = 60)`;
  await sql`
    create table bench.entries (
      id bigint generated always as identity primary key, user_id uuid not null, amount bigint not null,
      created_at timestamptz not null default now())`;
  const users = Array.from({ length: ACCOUNTS }, () => crypto.randomUUID() as string);
  for (const user of users) {
    await sql`
      insert into auth.users (id, aud, role, email) values (${user}, 'authenticated', 'authenticated', ${`${user}@kredo.test`})`;
    await sql`
      select private.grant_credits(${user}, 10000000, 'topup', 'stripe', ${`checkout:${user}`}, '{}', ${`bench:${user}`})`;
    await sql`insert into bench.accounts (user_id, available) values (${user}, 10000000)`;
  }
  return users;
}
