import type postgres from "postgres";
import { alone, type Bench, compared, inTurns, type Measurement, ROUNDS, SHORT } from "../measure.ts";
import { CAUSE, divide, oneByOne, openPeer, pipelined, rate, reserveAndSettle, squeezed } from "./acts.ts";
import { CONNECTIONS, deadlocks, openAccounts, openLedgerDatabase } from "./database.ts";
import { readAppendEntry } from "./hashing.ts";
import { measureSizes } from "./sizes.ts";

const ACCOUNTS = SHORT ? 500 : 10_000;
const SECONDS = SHORT ? 0.4 : 2;
/** A difference of a few per cent needs more rounds to be seen than one of fifteen. */
const CHAIN_ROUNDS = SHORT ? ROUNDS : 11;
const BATCH = 50;
const SETTLEMENTS = SHORT ? 800 : 8_000;

/** What lots, holds, double entry, the hash chain and their checks cost over the least that books could be. */
const pairs: Bench = {
  name: "ledger",
  title: "Ledger: reserve and settle",
  method:
    `Reserve and settle one credit, each its own transaction and one call, ${CONNECTIONS} connections of one process, ` +
    `${ROUNDS} rounds of ${SECONDS} s in turns. The database is that of \`npm start\`: \`fsync\`, \`synchronous_commit\` and ` +
    "`full_page_writes` are on, which is checked before anything is measured. The peer keeps a balance and a list of amounts in " +
    "the same database, with primary keys as the only indexes and no other rule: two transactions of one UPDATE and one " +
    "INSERT. The aim is against those as postgres.js pipelines them (UPDATE and INSERT travel together); beside it the same " +
    "sent statement by statement, as pgbench does, and squeezed into a single statement each. On many accounts each " +
    'connection has its own; on the hot one all eight wait for the same row. "Without the chain" is the same function ' +
    `with 32 zero bytes in place of the SHA-256, swapped in and out between ${CHAIN_ROUNDS} rounds. A batch is ` +
    `\`private.settle_holds\` with ${BATCH} reservations, made before the clock starts. Sizes are those after all of this, ` +
    "with the dead rows that it left.",
  async run(log) {
    const { sql, close } = await openLedgerDatabase();
    try {
      const users = await openAccounts(sql, ACCOUNTS);
      await openPeer(sql, users);
      const own = divide(users);
      // Plans are made for tables with something in them, as they are in a database that is used.
      for (const act of [reserveAndSettle, pipelined]) await rate(own, SECONDS, act(sql));
      await sql`vacuum analyze`;
      const hot = own.map(() => [users[0]]);
      const tell = (measured: Measurement) => {
        const ratio = measured.ratio === null ? "" : `, ratio ${measured.ratio.toFixed(2)}`;
        log(`${measured.metric}: ${Math.round(measured.value)} ${measured.unit}${ratio}`);
        return measured;
      };
      const measurements = [
        ...await againstPeers(sql, own, `${ACCOUNTS.toLocaleString("en")} accounts`),
        ...await againstPeers(sql, hot, "one hot account"),
        await countDeadlocks(sql),
        await againstNoChain(sql, own),
        await batched(sql, own),
        ...await measureSizes(sql),
      ];
      return measurements.map(tell);
    } finally {
      await close();
    }
  },
};

export default pairs;

async function againstPeers(sql: postgres.Sql, shares: string[][], where: string): Promise<Measurement[]> {
  const acts = [reserveAndSettle, pipelined, oneByOne, squeezed].map((act) => act(sql));
  for (const act of acts) await rate(shares, SECONDS / 2, act);
  const [ours, ...peers] = await inTurns(ROUNDS, acts.map((act) => () => rate(shares, SECONDS, act)));
  const names = ["two transactions, pipelined", "the same statement by statement", "two single statements"];
  return names.map((name, peer) => ({
    metric: `${where}, against ${name}`,
    unit: "pairs/s",
    ...compared(ours, peers[peer]),
    target: peer === 0 ? { of: "ratio", is: "at least", limit: 0.85 } : null,
  }));
}

async function countDeadlocks(sql: postgres.Sql): Promise<Measurement> {
  const count = await deadlocks(sql);
  if (count > 0) throw new Error(`${count} deadlocks: locks are not taken in one order.`);
  return {
    metric: "deadlocks in all of this",
    unit: "",
    ...alone([count]),
    target: { of: "value", is: "at most", limit: 0 },
  };
}

async function againstNoChain(sql: postgres.Sql, shares: string[][]): Promise<Measurement> {
  const { hashing, notHashing } = await readAppendEntry(sql);
  const act = reserveAndSettle(sql);
  const measure = (definition: string) => async () => {
    await sql.unsafe(definition);
    // Every session compiles the function anew.
    await rate(shares, 0.2, act);
    return await rate(shares, SECONDS, act);
  };
  try {
    const [on, off] = await inTurns(CHAIN_ROUNDS, [measure(hashing), measure(notHashing)]);
    return {
      metric: "against ours without the chain",
      unit: "pairs/s",
      ...compared(on, off),
      target: { of: "ratio", is: "at least", limit: 0.95 },
    };
  } finally {
    await sql.unsafe(hashing);
  }
}

async function batched(sql: postgres.Sql, shares: string[][]): Promise<Measurement> {
  const single = async (hold: string) => {
    await sql`select private.settle_hold(${hold}, 1, ${`job:${hold}`}, ${sql.json(CAUSE)})`;
  };
  const batch = async (holds: string[]) => {
    await sql`
      select private.settle_holds(${holds}::uuid[], array_fill(1::bigint, array[${holds.length}::int]),
        ${holds.map((hold) => `job:${hold}`)}::text[], array_fill(${
      sql.json(CAUSE)
    }::jsonb, array[${holds.length}::int]))`;
  };
  const oneEach = () =>
    settle(async (holds) => {
      for (const hold of holds) await single(hold);
    });
  const fifty = () =>
    settle(async (holds) => {
      for (let from = 0; from < holds.length; from += BATCH) await batch(holds.slice(from, from + BATCH));
    });
  /** Settlements a second; the reservations are there before the clock starts. */
  async function settle(each: (holds: string[]) => Promise<void>): Promise<number> {
    const held = await Promise.all(shares.map((own) => reserve(sql, own, SETTLEMENTS / CONNECTIONS)));
    const begun = performance.now();
    await Promise.all(held.map(each));
    return SETTLEMENTS / ((performance.now() - begun) / 1000);
  }
  await oneEach();
  await fifty();
  const [batches, singles] = await inTurns(ROUNDS, [fifty, oneEach]);
  return {
    metric: `settled ${BATCH} at a time, against one by one`,
    unit: "settlements/s",
    ...compared(batches, singles),
    target: { of: "ratio", is: "at least", limit: 2 },
  };
}

async function reserve(sql: postgres.Sql, users: string[], count: number): Promise<string[]> {
  const holds = Array.from({ length: count }, () => crypto.randomUUID() as string);
  const owners = holds.map((_, index) => users[index % users.length]);
  await sql`
    select private.reserve_credits(owner, 1, hold) from unnest(${owners}::uuid[], ${holds}::uuid[]) as r(owner, hold)`;
  return holds;
}
