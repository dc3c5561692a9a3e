import { readBalance } from "../../domain/credits/read-balance.ts";
import { type Database, openDatabase, type Sql } from "../../platform/database.ts";
import { type Bench, compared, type Measurement, median, ROUNDS, SHORT } from "../measure.ts";
import { openLedgerDatabase } from "./database.ts";
import { addEntries } from "./entries.ts";

const FEW = 1_000;
/** Who have that few. Among only two people Postgres would rather read the whole table for each. */
const CROWD = SHORT ? 20 : 200;
const MANY = SHORT ? 200_000 : 10_000_000;
const READS = SHORT ? 100 : 400;

/** A balance is one row, however long the history is. */
const balance: Bench = {
  name: "ledger-balance",
  title: "Ledger: read a balance",
  method:
    `The balance of an account with ${MANY.toLocaleString("en")} entries and, as the peer, of one with ${
      FEW.toLocaleString("en")
    }: as the ` +
    `product reads it, \`readBalance\` in a transaction under row level security, ${ROUNDS} rounds of ${READS} reads of ` +
    "each in turns, the median of each round. Beside it what other ledgers do: the sum over the account's entries, " +
    "under the same rules. The superuser writes the entries in bulk, past triggers and foreign keys, without hashes and " +
    "with shorter texts than real ones, which favours the sum.",
  async run(log) {
    const { sql, webUrl, close } = await openLedgerDatabase();
    const db = openDatabase(webUrl, { max: 1, statementTimeoutMs: 120_000 });
    try {
      const many = crypto.randomUUID();
      const crowd = Array.from({ length: CROWD }, () => crypto.randomUUID() as string);
      const people: [string, string] = [many, crowd[0]];
      const begun = performance.now();
      for (const few of crowd) await addEntries(sql, few, FEW);
      await addEntries(sql, many, MANY);
      await sql`vacuum analyze public.credit_accounts`;
      await sql`analyze public.credit_entries`;
      await sql`checkpoint`;
      log(`${MANY.toLocaleString("en")} entries written in ${Math.round((performance.now() - begun) / 1000)} s`);
      const measurements = [
        {
          metric: "balance, p50",
          ...await p50(db, people, READS, readBalance),
          target: { of: "ratio", is: "at most", limit: 1.2 } as const,
        },
        { metric: "`sum(amount)` instead, p50", ...await p50(db, people, 1, readSum), target: null },
      ].map((measured) => ({ ...measured, unit: "ms" }));
      for (const { metric, value, peer, ratio } of measurements) {
        log(`${metric}: ${value.toFixed(3)} and ${peer!.toFixed(3)} ms, ratio ${ratio!.toFixed(2)}`);
      }
      return measurements;
    } finally {
      await db.end();
      await close();
    }
  },
};

export default balance;

async function readSum(sql: Sql): Promise<unknown> {
  return await sql`select sum(amount) from public.credit_entries where user_id = (select auth.uid())`;
}

/** Milliseconds: the first person's against the second's. */
async function p50(
  db: Database,
  people: [string, string],
  reads: number,
  read: (sql: Sql) => Promise<unknown>,
): Promise<Pick<Measurement, "value" | "peer" | "ratio" | "spread">> {
  const rounds = people.map((): number[] => []);
  for (let round = -1; round < ROUNDS; round++) {
    const times = people.map((): number[] => []);
    for (let turn = 0; turn < reads * 2; turn++) {
      // By twos, each pair in the other order: 0 1 1 0 0 1 1 0.
      const person = ((turn + 1) >> 1) % 2;
      const begun = performance.now();
      await db.asUser({ sub: people[person] }, read);
      times[person].push(performance.now() - begun);
    }
    // The first is for the caches.
    if (round >= 0) times.forEach((own, person) => rounds[person].push(median(own)));
  }
  return compared(rounds[0], rounds[1]);
}
