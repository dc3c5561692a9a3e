import process from "node:process";
import type postgres from "postgres";
import { alone, type Bench, compared, inTurns, type Measurement, median, ROUNDS, SHORT } from "../measure.ts";
import { type Act, CAUSE, divide, openPeer, pipelined, rate, reserveAndSettle } from "./acts.ts";
import { openAccounts, openLedgerDatabase } from "./database.ts";
import { readAppendEntry } from "./hashing.ts";

/** Each is touched once in a run, so that no row's versions pile up within one transaction. */
const PAIRS = SHORT ? 300 : 3_000;
const COMMITTED_PAIRS = PAIRS / 3;
const TABLES = ["credit_accounts", "credit_entries", "credit_holds", "credit_grants"];

/** Why the pairs cost what they cost. */
const profile: Bench = {
  name: "ledger-profile",
  title: "Ledger: where the time of a pair goes",
  method:
    `One pair (reserve and settle one credit) on one connection, without anybody else, ${ROUNDS} rounds in turns; the peer is the pipelined one from ` +
    'above, and less is better. "Executing" is a loop in the server that commits nothing, of the ledger\'s two calls or the ' +
    'peer\'s four statements; "committing" is what the same loop takes longer when it commits after each; "to and fro" is ' +
    "what remains of a pair sent by the client. The parts of executing are what a loop takes less without them, in a " +
    "transaction that drops them and is rolled back; those of functions are their own time by `track_functions`, which " +
    "itself costs some. The client's CPU is that of the benchmark's process with eight connections busy: it shares the " +
    "machine's cores with Postgres, so what it spends is missing there.",
  async run(log) {
    const { sql: pool, session: sql, close } = await openLedgerDatabase();
    try {
      const users = await openAccounts(sql, PAIRS);
      await openPeer(sql, users);
      await createLoops(sql);
      const measurements = [
        ...await layers(sql, users),
        ...await walOf(sql, users),
        ...await clientCpu(pool, users),
        ...await parts(sql),
        ...await functions(sql),
      ];
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

/** The pairs as procedures, so that the server repeats them by itself and commits only if asked to. */
export async function createLoops(sql: postgres.Sql): Promise<void> {
  await sql.unsafe(`
    create procedure bench.ours(p_count int, p_commit boolean) language plpgsql as $$
    declare
      v_user uuid;
      v_hold uuid;
      v_cause jsonb := '${JSON.stringify(CAUSE)}';
    begin
      for v_user in select user_id from bench.accounts order by user_id limit p_count loop
        v_hold := gen_random_uuid();
        perform private.reserve_credits(v_user, 1, v_hold);
        if p_commit then commit; end if;
        perform private.settle_hold(v_hold, 1, concat('job:', v_hold), v_cause);
        if p_commit then commit; end if;
      end loop;
    end $$;
    create procedure bench.peer(p_count int, p_commit boolean) language plpgsql as $$
    declare
      v_user uuid;
    begin
      for v_user in select user_id from bench.accounts order by user_id limit p_count loop
        update bench.accounts set available = available - 1, held = held + 1 where user_id = v_user and available - 1 >= 0;
        insert into bench.entries (user_id, amount) values (v_user, -1);
        if p_commit then commit; end if;
        update bench.accounts set available = available + 0, held = held - 1 where user_id = v_user and available + 0 >= 0;
        insert into bench.entries (user_id, amount) values (v_user, 0);
        if p_commit then commit; end if;
      end loop;
    end $$`).simple();
}

async function layers(sql: postgres.Sql, users: string[]): Promise<Measurement[]> {
  const loop = (name: string, count: number, commit: boolean) => () =>
    microseconds(count, () => sql.unsafe(`call bench.${name}(${count}, ${commit})`));
  const sent = (act: Act) => () =>
    microseconds(COMMITTED_PAIRS, async () => {
      for (const user of users.slice(0, COMMITTED_PAIRS)) await act(user);
    });
  const acts = [
    ...["ours", "peer"].flatMap((
      name,
    ) => [rolledBack(sql, loop(name, PAIRS, false)), loop(name, COMMITTED_PAIRS, true)]),
    sent(reserveAndSettle(sql)),
    sent(pipelined(sql)),
  ];
  for (const act of acts) await act();
  const [executing, committing, peerExecuting, peerCommitting, whole, peerWhole] = await inTurns(ROUNDS, acts);
  const minus = (figures: number[], less: number[]) => figures.map((figure, round) => figure - less[round]);
  return [
    cost("a pair, sent by a client", "µs", whole, peerWhole),
    cost("… executing", "µs", executing, peerExecuting),
    cost("… committing twice", "µs", minus(committing, executing), minus(peerCommitting, peerExecuting)),
    cost("… messages to and fro", "µs", minus(whole, committing), minus(peerWhole, peerCommitting)),
  ];
}

async function walOf(sql: postgres.Sql, users: string[]): Promise<Measurement[]> {
  const bytes = (act: Act) => async () => {
    const [{ before }] = await sql`select pg_current_wal_insert_lsn() as before`;
    for (const user of users) await act(user);
    const [{ written }] = await sql`select (pg_current_wal_insert_lsn() - ${before})::float8 as written`;
    return written / users.length;
  };
  const acts = [bytes(reserveAndSettle(sql)), bytes(pipelined(sql))];
  // The first touch of a page after a checkpoint writes all of it; what is wanted is what comes after.
  for (const act of acts) await act();
  const [ours, peer] = await inTurns(2, acts);
  return [cost("WAL of a pair", "bytes", ours, peer)];
}

async function clientCpu(sql: postgres.Sql, users: string[]): Promise<Measurement[]> {
  const spent = (act: Act) => async () => {
    const before = process.cpuUsage();
    const begun = performance.now();
    const done = await rate(divide(users), SHORT ? 0.3 : 1, act) * (performance.now() - begun) / 1000;
    const { user, system } = process.cpuUsage(before);
    return (user + system) / done;
  };
  const [ours, peer] = await inTurns(ROUNDS, [spent(reserveAndSettle(sql)), spent(pipelined(sql))]);
  return [cost("the client's CPU for a pair", "µs", ours, peer)];
}

/** By elimination: what the loop takes less when something is not there. */
async function parts(sql: postgres.Sql): Promise<Measurement[]> {
  const { notHashing } = await readAppendEntry(sql);
  const without: Record<string, () => PromiseLike<unknown>> = {
    "of executing: SHA-256 of the entry": () => sql.unsafe(notHashing),
    "of executing: foreign keys": () => sql`set local session_replication_role = replica`,
    "of executing: check constraints": () => dropAll(sql, "constraint"),
    "of executing: indexes besides primary keys": () => dropAll(sql, "index"),
  };
  const loop = () => microseconds(PAIRS, () => sql.unsafe(`call bench.ours(${PAIRS}, false)`));
  const acts = [
    rolledBack(sql, loop),
    ...Object.values(without).map((remove) =>
      rolledBack(sql, async () => {
        await remove();
        return await loop();
      })
    ),
  ];
  for (const act of acts) await act();
  const [whole, ...rest] = await inTurns(ROUNDS, acts);
  return Object.keys(without).map((metric, part) => ({
    metric,
    unit: "µs",
    ...alone(whole.map((figure, round) => figure - rest[part][round])),
    target: null,
  }));
}

async function dropAll(sql: postgres.Sql, what: "constraint" | "index"): Promise<void> {
  const statements = what === "constraint"
    ? await sql<{ drop: string }[]>`
      select format('alter table %s drop constraint %I', conrelid::regclass, conname) as drop from pg_constraint
      where contype = 'c' and conrelid = any(${TABLES.map((table) => `public.${table}`)}::regclass[])`
    : await sql<{ drop: string }[]>`
      select format('drop index %s', i.indexrelid::regclass) as drop from pg_index i
      where i.indrelid = any(${TABLES.map((table) => `public.${table}`)}::regclass[])
        and not exists (select from pg_constraint c where c.conindid = i.indexrelid)`;
  await sql.unsafe(statements.map(({ drop }) => drop).join(";\n")).simple();
}

/** The time that Postgres counts as each function's own, in all its calls for one pair. */
async function functions(sql: postgres.Sql): Promise<Measurement[]> {
  const own = new Map<string, number[]>();
  for (let round = 0; round < ROUNDS; round++) {
    await rolledBack(sql, async () => {
      await sql`set local track_functions = 'all'`;
      await sql.unsafe(`call bench.ours(${PAIRS}, false)`);
      const rows = await sql<{ name: string; ms: number }[]>`
        select funcname as name, self_time as ms from pg_stat_xact_user_functions where schemaname = 'private'`;
      for (const { name, ms } of rows) own.set(name, [...own.get(name) ?? [], ms * 1000 / PAIRS]);
      return 0;
    })();
  }
  return [...own].sort(([, a], [, b]) => median(b) - median(a)).map(([name, times]) => ({
    metric: `of executing: ${name} itself`,
    unit: "µs",
    ...alone(times),
    target: null,
  }));
}

function rolledBack(sql: postgres.Sql, act: () => Promise<number>): () => Promise<number> {
  return async () => {
    await sql`begin`;
    try {
      return await act();
    } finally {
      await sql`rollback`;
    }
  };
}

async function microseconds(count: number, run: () => PromiseLike<unknown>): Promise<number> {
  const begun = performance.now();
  await run();
  return (performance.now() - begun) * 1000 / count;
}

function cost(metric: string, unit: string, ours: number[], peer: number[]): Measurement {
  return { metric, unit, ...compared(ours, peer), target: null };
}
