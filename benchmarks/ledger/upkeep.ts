import type postgres from "postgres";
import { alone, type Bench, type Measurement, ROUNDS, SHORT } from "../measure.ts";
import { fillLedger } from "../../tests/support/ledger-volume.ts";
import type { Sql } from "../../tests/support/database.ts";
import { openLedgerDatabase } from "./database.ts";

const ACCOUNTS = SHORT ? 1_000 : 10_000;
const BATCH = SHORT ? 100 : 1_000;
const ENTRIES_EACH = 100;
const ENTRIES = ACCOUNTS * ENTRIES_EACH;
const DAYS = 30;

/** What the books cost while nobody spends: lots that end, and checks that never do. */
const upkeep: Bench = {
  name: "ledger-upkeep",
  title: "Ledger: expiry and invariants",
  method:
    `A database with ${ENTRIES.toLocaleString("en")} entries of ${
      ACCOUNTS.toLocaleString("en")
    } accounts over ${DAYS} days, each ` +
    "with a true chain, lots, reservations and a paid purchase, written in bulk and vacuumed; days that are over are closed. " +
    `Invariants: what pg_cron runs every minute, one slice of each, ${ROUNDS} minutes' worth; it must find nothing wrong. ` +
    `Expiry: \`private.expire_grants(${BATCH.toLocaleString("en")})\` as pg_cron runs it, one lot of each account.`,
  async run(log) {
    const { session: sql, close } = await openLedgerDatabase();
    try {
      const begun = performance.now();
      await fill(sql);
      log(`${ENTRIES.toLocaleString("en")} entries written in ${Math.round((performance.now() - begun) / 1000)} s`);
      const measurements = [...await invariants(sql), ...await expiry(sql)];
      for (const { metric, value, unit } of measurements) log(`${metric}: ${value.toFixed(1)} ${unit}`);
      return measurements;
    } finally {
      await close();
    }
  },
};

export default upkeep;

async function fill(sql: postgres.Sql): Promise<void> {
  await sql.begin((transaction) =>
    fillLedger(transaction as unknown as Sql, { accounts: ACCOUNTS, entriesEach: ENTRIES_EACH, days: DAYS })
  );
  await sql`vacuum analyze`;
  for (let closed = false; !closed;) {
    // Not while anybody might still be writing into them.
    [{ closed }] = await sql`select private.close_credit_days() is not null as closed`;
  }
}

async function invariants(sql: postgres.Sql): Promise<Measurement[]> {
  const whole: number[] = [];
  const walkers = new Map<string, { ms: number[]; checked: number }>();
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now();
    // With a number of seconds, none of them rests because its last slice took long.
    await sql`select private.run_invariants(0)`;
    whole.push(performance.now() - begun);
    const slices = await sql<{ name: string; ms: number; checked: number }[]>`
      select distinct on (invariant) invariant as name, checked,
        (extract(epoch from finished_at - started_at) * 1000)::float8 as ms
      from private.invariant_runs order by invariant, id desc`;
    for (const { name, ms, checked } of slices) {
      // Without a checkpoint there is none to check.
      if (checked === 0) continue;
      walkers.set(name, { ms: [...walkers.get(name)?.ms ?? [], ms], checked });
    }
  }
  const reservations = await settledReservations(sql);
  const breaches = await sql`select invariant, place, detail from private.invariant_breaches limit 5`;
  if (breaches.length > 0) throw new Error(`The history breaks invariants: ${JSON.stringify(breaches)}`);
  return [
    { metric: "one run of the invariants", unit: "ms", ...alone(whole), target: null },
    ...[...walkers].map(([name, { ms, checked }]): Measurement => ({
      metric: `… ${name}, ${checked.toLocaleString("en")} checked`,
      unit: "ms",
      ...alone(ms),
      target: null,
    })),
    reservations,
  ];
}

/** The walker over settlements goes through all entries before it turns to reservations, which cost more. */
async function settledReservations(sql: postgres.Sql): Promise<Measurement> {
  await sql`update private.invariants set position = 'hold/' where name = 'settlements'`;
  const times: number[] = [];
  let checked = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now();
    await sql`select private.run_invariant('settlements', false)`;
    times.push(performance.now() - begun);
    [{ checked }] = await sql<{ checked: number }[]>`
      select last_checked as checked from private.invariants where name = 'settlements'`;
  }
  const metric = `… settlements, ${checked.toLocaleString("en")} reservations checked`;
  return { metric, unit: "ms", ...alone(times), target: null };
}

async function expiry(sql: postgres.Sql): Promise<Measurement[]> {
  // Over before the last of them is granted, so all are due when the sweep comes.
  await sql`
    select private.grant_credits(user_id, 100, 'grant', 'plan', 'plan:month', '{"rule": "a month of the plan"}',
      concat('bench:', user_id), 60, null, now() + interval '1 second')
    from public.credit_accounts`;
  await sql`select pg_sleep(1)`;
  const batchesARound = ACCOUNTS / BATCH / ROUNDS;
  const rates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const begun = performance.now();
    for (let batch = 0; batch < batchesARound; batch++) {
      const [{ expired }] = await sql`select private.expire_grants(${BATCH}) as expired`;
      if (expired !== BATCH) throw new Error(`expire_grants expired ${expired} lots of ${BATCH} that were due.`);
    }
    rates.push(batchesARound * BATCH / ((performance.now() - begun) / 1000));
  }
  return [{ metric: "lots that expire", unit: "lots/s", ...alone(rates), target: null }];
}
