import process from "node:process";
import type postgres from "postgres";
import { alone, type Bench, compared, inTurns, type Measurement, median, ROUNDS, SHORT } from "../measure.ts";
import { type Act, CAUSE, divide, openPeer, pipelined, rate, reserveAndSettle } from "./acts.ts";
import { openAccounts, openLedgerDatabase } from "./database.ts";
import { readAppendEntry } from "./hashing.ts";

const PAIRS = SHORT ? 200 : 2_000;
const TABLES = ["credit_accounts", "credit_entries", "credit_holds", "credit_grants"];

/** Why the pairs cost what they cost. */
const profile: Bench = {
  name: "ledger-profile",
  title: "Ledger: where the time of a pair goes",
  method:
    `One pair (reserve and settle one credit) on one connection, without anybody else, ${ROUNDS} rounds of ${
      PAIRS.toLocaleString("en")
    } in turns; the ` +
    'peer is the pipelined one from above, and less is better. "Executing" is a loop inside the server, of the ledger\'s two ' +
    "calls or the peer's four statements, that commits after each transaction with `synchronous_commit` off; " +
    '"waiting for the disk" is what the same loop takes longer with it on; "to and fro" is what remains of a pair that a ' +
    "client sends. A part of executing is what the loop takes less in a copy of the database without it; a function's own " +
    "time is that of `track_functions`, which itself costs some. The client's CPU is that of the benchmark's process " +
    "with eight connections busy: it has the same cores as Postgres, so what it spends is missing there.",
  async run(log) {
    const { sql, session, copies, close } = await openLedgerDatabase();
    try {
      const users = await openAccounts(session, PAIRS);
      await openPeer(session, users);
      await createLoops(session);
      const measurements = [
        ...await layers(session, users),
        await walOf(session, users),
        await clientCpu(sql, users),
      ];
      const [whole, ...others] = await copies(1 + Object.keys(PARTS).length);
      measurements.push(...await parts(whole, others), ...await functions(whole));
      for (const { metric, value, unit, peer } of measurements) {
        log(`${metric}: ${value.toFixed(1)} ${unit}${peer === null ? "" : ` (peer ${peer.toFixed(1)})`}`);
      }
      return measurements;
    } finally {
      await close();
    }
  },
};

export default profile;

/** The pairs as procedures, so that the server repeats them by itself. */
async function createLoops(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`
    create procedure bench.ours(p_count int) language plpgsql as $$
    declare
      v_user uuid;
      v_hold uuid;
      v_cause jsonb := '${JSON.stringify(CAUSE)}';
    begin
      for v_user in select user_id from bench.accounts limit p_count loop
        v_hold := gen_random_uuid();
        perform private.reserve_credits(v_user, 1, v_hold);
        commit;
        perform private.settle_hold(v_hold, 1, concat('job:', v_hold), v_cause);
        commit;
      end loop;
    end $$;
    create procedure bench.peer(p_count int) language plpgsql as $$
    declare
      v_user uuid;
    begin
      for v_user in select user_id from bench.accounts limit p_count loop
        update bench.accounts set available = available - 1, held = held + 1 where user_id = v_user and available - 1 >= 0;
        insert into bench.entries (user_id, amount) values (v_user, -1);
        commit;
        update bench.accounts set available = available + 0, held = held - 1 where user_id = v_user and available + 0 >= 0;
        insert into bench.entries (user_id, amount) values (v_user, 0);
        commit;
      end loop;
    end $$`).simple();
  // Plans are made for tables with something in them, as they are in a database that is used.
  for (const procedure of ["ours", "peer"]) await sql.unsafe(`call bench.${procedure}(${PAIRS})`);
  await sql`vacuum analyze`;
}

/** Microseconds of a pair in the server. */
function loop(sql: postgres.Sql, procedure: "ours" | "peer", synchronousCommit: "on" | "off") {
  return async () => {
    await sql.unsafe(`set synchronous_commit = ${synchronousCommit}`);
    const took = await microseconds(() => sql.unsafe(`call bench.${procedure}(${PAIRS})`));
    await sql`reset synchronous_commit`;
    return took;
  };
}

async function layers(sql: postgres.Sql, users: string[]): Promise<Measurement[]> {
  const sent = (act: Act) => () =>
    microseconds(async () => {
      for (const user of users) await act(user);
    });
  const acts = [
    loop(sql, "ours", "off"),
    loop(sql, "ours", "on"),
    sent(reserveAndSettle(sql)),
    loop(sql, "peer", "off"),
    loop(sql, "peer", "on"),
    sent(pipelined(sql)),
  ];
  for (const act of acts) await act();
  const [executing, flushing, whole, peerExecuting, peerFlushing, peerWhole] = await inTurns(ROUNDS, acts);
  return [
    cost("a pair, sent by a client", "µs", whole, peerWhole),
    cost("… executing", "µs", executing, peerExecuting),
    cost("… waiting for the disk, twice", "µs", less(flushing, executing), less(peerFlushing, peerExecuting)),
    cost("… messages to and fro", "µs", less(whole, flushing), less(peerWhole, peerFlushing)),
  ];
}

async function walOf(sql: postgres.Sql, users: string[]): Promise<Measurement> {
  const bytes = (act: Act) => async () => {
    const [{ before }] = await sql`select pg_current_wal_insert_lsn() as before`;
    for (const user of users) await act(user);
    const [{ written }] = await sql`select (pg_current_wal_insert_lsn() - ${before})::float8 as written`;
    return written / users.length;
  };
  // The first touch of a page after a checkpoint writes all of it; this is what comes after.
  const [ours, peer] = await inTurns(2, [bytes(reserveAndSettle(sql)), bytes(pipelined(sql))]);
  return cost("WAL of a pair", "bytes", ours, peer);
}

async function clientCpu(sql: postgres.Sql, users: string[]): Promise<Measurement> {
  const spent = (act: Act) => async () => {
    const before = process.cpuUsage();
    const begun = performance.now();
    const done = await rate(divide(users), SHORT ? 0.3 : 1, act) * (performance.now() - begun) / 1000;
    const { user, system } = process.cpuUsage(before);
    return (user + system) / done;
  };
  const acts = [spent(reserveAndSettle(sql)), spent(pipelined(sql))];
  for (const act of acts) await act();
  const [ours, peer] = await inTurns(ROUNDS, acts);
  return cost("the client's CPU for a pair", "µs", ours, peer);
}

/** What can be taken away and leaves something that still reserves and settles. */
const PARTS: Record<string, (sql: postgres.Sql) => Promise<unknown>> = {
  "SHA-256 of the entry": async (sql) => await sql.unsafe((await readAppendEntry(sql)).notHashing),
  "foreign keys": (sql) => dropConstraints(sql, "f"),
  "check constraints": (sql) => dropConstraints(sql, "c"),
  "indexes besides primary keys": dropIndexes,
};

async function parts(whole: postgres.Sql, others: readonly postgres.Sql[]): Promise<Measurement[]> {
  const names = Object.keys(PARTS);
  for (const [part, name] of names.entries()) await PARTS[name](others[part]);
  const acts = [whole, ...others].map((sql) => loop(sql, "ours", "off"));
  for (const act of acts) await act();
  const [all, ...without] = await inTurns(ROUNDS, acts);
  return names.map((name, part) => ({
    metric: `of executing: ${name}`,
    unit: "µs",
    ...alone(less(all, without[part])),
    target: null,
  }));
}

async function dropConstraints(sql: postgres.Sql, type: "c" | "f"): Promise<void> {
  await runEach(
    sql,
    await sql<{ statement: string }[]>`
      select format('alter table %s drop constraint %I', conrelid::regclass, conname) as statement from pg_constraint
      where contype = ${type} and conrelid = any(${TABLES.map((table) => `public.${table}`)}::regclass[])`,
  );
}

async function dropIndexes(sql: postgres.Sql): Promise<void> {
  await runEach(
    sql,
    await sql<{ statement: string }[]>`
      select format('drop index %s', i.indexrelid::regclass) as statement from pg_index i
      where i.indrelid = any(${TABLES.map((table) => `public.${table}`)}::regclass[])
        and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`,
  );
}

async function runEach(sql: postgres.Sql, rows: { statement: string }[]): Promise<void> {
  for (const { statement } of rows) await sql.unsafe(statement);
}

/** The time that Postgres counts as each function's own, in all its calls for one pair. */
async function functions(sql: postgres.Sql): Promise<Measurement[]> {
  const own = new Map<string, number[]>();
  await sql`set track_functions = 'all'`;
  for (let round = 0; round < ROUNDS; round++) {
    await sql`select pg_stat_reset()`;
    await loop(sql, "ours", "off")();
    await sql`select pg_stat_force_next_flush()`;
    const rows = await sql<{ name: string; ms: number }[]>`
      select funcname as name, self_time as ms from pg_stat_user_functions where schemaname = 'private'`;
    for (const { name, ms } of rows) own.set(name, [...own.get(name) ?? [], ms * 1000 / PAIRS]);
  }
  return [...own].sort(([, a], [, b]) => median(b) - median(a)).map(([name, times]) => ({
    metric: `of executing: \`${name}\` itself`,
    unit: "µs",
    ...alone(times),
    target: null,
  }));
}

async function microseconds(run: () => PromiseLike<unknown>): Promise<number> {
  const begun = performance.now();
  await run();
  return (performance.now() - begun) * 1000 / PAIRS;
}

function less(figures: number[], by: number[]): number[] {
  return figures.map((figure, round) => figure - by[round]);
}

function cost(metric: string, unit: string, ours: number[], peer: number[]): Measurement {
  return { metric, unit, ...compared(ours, peer), target: null };
}
